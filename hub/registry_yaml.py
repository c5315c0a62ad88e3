"""YAML of the registry: files as trees of nodes that know their file and line, and the list of what is wrong in them.

Here: finding and opening files, syntax, doubled names, laying one tree over another, wording of problems. Not here:
which entries there are (`registry_shapes`) and what they mean (`registry_checks`, `registry_sources`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml
from rapidfuzz.distance import OSA

import schemas
from hub.errors import HubError

Where = tuple[str | int, ...]
_ROOT = Path(schemas.__file__).parent.parent
FAMILIES = ("rest", "odbc", "files")
_LISTED = 12  # more names than this help nobody in one line


class Problems:
    """What is wrong, one sentence per place.

    A place below one already named adds nothing new. Neither does what an override inherits: it is read again as
    overrides.<id>.…, with the line or the sentence that the file's own entry was named with.
    """

    def __init__(self) -> None:
        self._found: dict[Where, tuple[str, int, str]] = {}

    def add(self, where: Where, mark: tuple[str, int], sentence: str) -> None:
        """Note a problem at `where`, in the file and line of `mark`."""
        named = any(where[:length] in self._found for length in range(1, len(where) + 1))
        inherited = self._found.get(where[2:]) if where[:1] == ("overrides",) else None
        if not named and not (inherited and (inherited[:2] == mark or inherited[2] == sentence)):
            self._found[where] = (*mark, sentence)

    def take(self, other: Problems) -> None:
        """Add those of another file."""
        self._found |= other._found

    def lines(self) -> list[str]:
        """`file:line: where: sentence`, in the order of the file."""
        ordered = sorted(self._found.items(), key=lambda item: item[1][:2])
        return [_sentence(file, line, where, text) for where, (file, line, text) in ordered]


class Document:
    """The root of a file, and where each entry that was read by shape stands."""

    def __init__(self, root: yaml.MappingNode) -> None:
        self.root: yaml.Node = root
        self.problems = Problems()
        self.marks: dict[Where, tuple[str, int]] = {(): mark_of(root)}

    def inherit(self, base: Document) -> None:
        """Lay this file over another one, whose problems become this one's."""
        self.root = laid_over(self.root, base.root)
        self.problems.take(base.problems)

    @property
    def family(self) -> str:
        """The family of systems that the file is about; "rest" when it names none that is known."""
        named = (str(node.value) for name, _, node in entries(self.root) if name == "family")
        first = next(named, "")
        return first if first in FAMILIES else FAMILIES[0]

    def add(self, where: Where, sentence: str) -> None:
        """Note a problem at an entry, or at the nearest entry above that the file has."""
        above = (where[:length] for length in range(len(where), -1, -1))
        self.problems.add(where, next(self.marks[place] for place in above if place in self.marks), sentence)


def shown(path: Path) -> str:
    """A file's name in messages: short for the packaged ones."""
    return str(path.relative_to(_ROOT)) if path.is_relative_to(_ROOT) else str(path)


def _sentence(file: str, line: int, where: Where, text: str) -> str:
    """`file:line: streams.dossier.children[0].path: text`."""
    dotted = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in where).removeprefix(".")
    return f"{file}:{line}: {dotted}: {text}" if where else f"{file}:{line}: {text}"


def near(name: str, names: Iterable[str]) -> str:
    """The end of a sentence about an unknown name: the nearest right one, else the short list of all."""
    known = sorted(set(names))
    if not known:
        return ""
    best = max(known, key=lambda right: OSA.normalized_similarity(name.casefold(), right.casefold()))
    if OSA.normalized_similarity(name.casefold(), best.casefold()) >= 0.6:
        return f" — did you mean {best}?"
    return f" — known: {', '.join(known)}" if len(known) <= _LISTED else ""


def yaml_files(folder: Path) -> list[Path]:
    """The files of a registry folder, by name. Raises HubError when there is none or one would be overlooked."""
    if not folder.is_dir():
        raise HubError(f"{shown(folder)} is not a folder", "set HUB_SOURCES and HUB_MAPPINGS to existing folders")
    if wrong := sorted(folder.glob("*.yaml")):
        raise HubError(f"{shown(wrong[0])}: would not be read", "rename it to end in .yml")
    if not (found := sorted(folder.glob("*.yml"))):
        raise HubError(f"{shown(folder)} holds no .yml file", "set HUB_SOURCES and HUB_MAPPINGS to filled folders")
    return found


def parse(path: Path) -> Document:
    """The file as a tree. Raises HubError with file and line for what is not one YAML mapping in UTF-8."""
    name = shown(path)
    try:
        text = unicodedata.normalize("NFC", path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise HubError(f"{name}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise HubError(f"{name}:{line}: not UTF-8 text: save the file as UTF-8") from error
    try:
        root = _composed(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        tab = mark is not None and text.splitlines()[mark.line : mark.line + 1] and "\\t" in str(error.problem)
        reason = "a tab: indent with spaces" if tab else f"not YAML: {error.problem or error.context}"
        raise HubError(f"{name}:{line}: {reason}") from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise HubError(f"{name}:{line}: a control character, which YAML forbids: delete it") from error
    if root is None:
        raise HubError(f"{name}: is empty")
    if not isinstance(root, yaml.MappingNode):
        raise HubError(f"{name}:{root.start_mark.line + 1}: not a mapping: write lines of the form name: value")
    _name(root, name)
    document = Document(root)
    _settle(document, root, (), name, ())
    return document


def _composed(text: str) -> yaml.Node | None:
    """The root node. libyaml reads ten times as fast; where it finds a fault, PyYAML's own reader words it better."""
    if fast := getattr(yaml, "CSafeLoader", None):
        try:
            return yaml.compose(text, Loader=fast)
        except yaml.YAMLError:
            pass
    return yaml.compose(text, Loader=yaml.SafeLoader)


def _name(node: yaml.Node, file: str) -> None:
    """Put the file's name into the node's mark; marks of libyaml cannot be written to."""
    mark = node.start_mark
    node.start_mark = yaml.Mark(file, mark.index, mark.line, mark.column, None, 0)


def _settle(document: Document, node: yaml.Node, where: Where, file: str, above: tuple[yaml.Node, ...]) -> None:
    """Write the file's name into the nodes; find doubled names and anchors that contain themselves."""
    _name(node, file)
    if node in above:
        raise HubError(_sentence(file, node.start_mark.line + 1, where, "the anchor contains itself"))
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            _name(key, file)
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise HubError(_sentence(file, line, where, "a name cannot be a list or a mapping"))
            if key.tag.endswith(":merge"):
                document.problems.add(
                    (*where, key.value), (file, line), "is not used here: write the entries themselves"
                )
            if key.value in seen:
                doubled = f"stands here and in line {seen[key.value]}: keep one"
                document.problems.add((*where, key.value), (file, line), doubled)
            seen[key.value] = line
            _settle(document, value, (*where, key.value), file, (*above, node))
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            _settle(document, item, (*where, number), file, (*above, node))


def mark_of(node: yaml.Node) -> tuple[str, int]:
    """File and line (from 1) of a node."""
    return node.start_mark.name, node.start_mark.line + 1


def entries(node: yaml.Node) -> Iterator[tuple[str, yaml.Node, yaml.Node]]:
    """Name, node of the name and node of the value of each entry of a mapping; nothing for other nodes."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield key.value, key, value


def laid_over(upper: yaml.Node, lower: yaml.Node) -> yaml.Node:
    """Mappings are merged entry by entry, anything else of `upper` replaces `lower`; nodes keep their places."""
    if not (isinstance(upper, yaml.MappingNode) and isinstance(lower, yaml.MappingNode)):
        return upper
    merged = {name: (key, value) for name, key, value in entries(lower)}
    for name, key, value in entries(upper):
        merged[name] = (key, laid_over(value, merged[name][1]) if name in merged else value)
    return yaml.MappingNode(upper.tag, list(merged.values()), upper.start_mark, upper.end_mark)


def plain(node: yaml.Node) -> Any:
    """The node as JSON values: numbers, truth values and null as YAML reads them, everything else text."""
    if isinstance(node, yaml.MappingNode):
        return {name: plain(value) for name, _, value in entries(node)}
    if isinstance(node, yaml.SequenceNode):
        return [plain(item) for item in node.value]
    if node.tag.rpartition(":")[2] not in ("int", "float", "bool", "null"):
        return node.value
    try:
        return yaml.SafeLoader("").construct_object(node)
    except (ValueError, KeyError):  # a kind that somebody wrote before a text of another kind: !!int x
        return node.value
