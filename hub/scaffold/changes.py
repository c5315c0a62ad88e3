"""Edits of a mapping's text for what has drifted: the least lines that a person would write, as a unified diff.

Here: where an entry stands in the file, and the lines to add or change. Not here: what has drifted
(`hub/drifting.py`), what a field probably means (`fields.py`). The file is edited as text, so that comments and order
stay; an entry that the file inherits from another mapping is edited there.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from hub.registry_yaml import entries
from hub.scaffold.write import quoted


@dataclass
class Edits:
    """The text of one mapping file and what is to be changed in it. Lines count from 0."""

    path: Path
    text: str
    before: dict[int, list[str]] = field(default_factory=dict)  # lines to put in before a line
    replaced: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, path: Path) -> Edits:
        return cls(path, path.read_text(encoding="utf-8"))

    @property
    def root(self) -> yaml.Node | None:
        return yaml.compose(self.text, Loader=yaml.SafeLoader)

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    def node(self, *where: str) -> yaml.Node | None:
        """The value at an entry of the file; None when the file itself does not have it."""
        node = self.root
        for name in where:
            node = next((value for key, _, value in entries(node) if key == name), None) if node else None
        return node

    def put_in(self, line: int, text: str) -> None:
        if text not in self.before.setdefault(line, []):
            self.before[line].append(text)

    def code(self, field_: str, code: str, meaning: int | None, records: int) -> bool:
        """A line of a value map; of a code that nobody knows a comment for a person."""
        node = self.node("values", field_)
        if node is None:
            return False
        told = f"{quoted(code)}: which code? seen in {records} records"
        block = isinstance(node, yaml.MappingNode) and not node.flow_style and node.value
        if block:
            indent, line = node.value[0][0].start_mark.column, _end(node)
            text = f"{quoted(code)}: {meaning}  # unsure: by its name" if meaning is not None else f"# unsure: {told}"
            self.put_in(line, " " * indent + text)
        elif meaning is None:
            line = node.start_mark.line
            self.put_in(line, " " * _indent(self.lines[line]) + f"# unsure: {field_} {told}")
        else:
            line = node.end_mark.line
            here = self.replaced.get(line, self.lines[line])
            close = here.rindex("}")
            comma = ", " if isinstance(node, yaml.MappingNode) and node.value else ""
            self.replaced[line] = here[:close] + f"{comma}{quoted(code)}: {meaning}" + here[close:]
        return True

    def format(self, text: str) -> bool:
        """A further way of writing times."""
        node = self.node("formats", "time")
        if not isinstance(node, yaml.SequenceNode) or any(item.value == text for item in node.value):
            return False
        line = node.end_mark.line
        here = self.replaced.get(line, self.lines[line])
        if "]" not in here:
            return False
        close = here.rindex("]")
        if quoted(text) not in here:
            self.replaced[line] = here[:close] + f", {quoted(text)}" + here[close:]
        return True

    def feed(self, where: tuple[str, ...], number: int | None, canonical: str, path: str, why: str) -> bool:
        """A field that a new source field feeds; `number` is the place of the child."""
        node = self._fields(where, number)
        if node is None:
            return False
        known = next((value for name, _, value in entries(node) if name == canonical), None)
        tail = f"  # unsure: {why}" if why else ""
        if isinstance(node, yaml.MappingNode) and node.flow_style:
            line = node.end_mark.line
            here = self.replaced.get(line, self.lines[line])
            close = here.rindex("}")
            added = f", {canonical}: {quoted(path)}" if known is None else ""
            self.replaced[line] = here[:close] + added + here[close:] + tail
            return known is None
        first = node.value[0][0].start_mark
        if known is None:
            self.put_in(_end(node), " " * first.column + f"{canonical}: {quoted(path)}{tail}")
            return True
        told = [item.value for item in known.value] if isinstance(known, yaml.SequenceNode) else [known.value]
        if known.start_mark.line == known.end_mark.line:
            indent = " " * first.column
            self.replaced[known.start_mark.line] = f"{indent}{canonical}: {quoted([*told, path])}{tail}"
        return True

    def rename(self, where: tuple[str, ...], number: int | None, old: str, new: str) -> bool:
        """A source field that has another name now: both, while some records still have the old one."""
        node = self._fields(where, number)
        for name, _, value in entries(node) if node is not None else ():
            told = [item.value for item in value.value] if isinstance(value, yaml.SequenceNode) else [value.value]
            if old in told and value.start_mark.line == value.end_mark.line:
                line = value.start_mark.line
                here = self.replaced.get(line, self.lines[line])
                both = quoted([new, *told])
                start = here.index(name) + len(name)
                colon = here.index(":", start) + 1
                spelled = here[value.start_mark.column : value.end_mark.column]
                self.replaced[line] = here[:colon] + here[colon:].replace(spelled, both, 1) + f"  # unsure: was {old}"
                return True
        return False

    def ignore(self, where: tuple[str, ...], path: str) -> bool:
        """A comment beside the stream's fields about a field that nothing is known of."""
        node = self._fields(where, None)
        if node is None:
            return False
        self.put_in(_end(node), " " * _indent(self.lines[node.start_mark.line]) + f"# unsure: ignore {quoted(path)}?")
        return True

    def diff(self) -> str:
        """A unified diff that `git apply` and `patch` take; "" when nothing changes."""
        changed: list[str] = []
        for number, line in enumerate([*self.lines, ""]):
            changed += self.before.get(number, [])
            changed.append(self.replaced.get(number, line))
        old, new = self.lines, changed[:-1] if not changed[-1] else changed
        name = self.path.name
        return "\n".join(difflib.unified_diff(old, new, f"a/{name}", f"b/{name}", lineterm="", n=2))

    def _fields(self, where: tuple[str, ...], number: int | None) -> yaml.Node | None:
        if number is None:
            return self.node(*where, "fields")
        children = self.node(*where, "children")
        if not isinstance(children, yaml.SequenceNode) or number >= len(children.value):
            return None
        return next((value for name, _, value in entries(children.value[number]) if name == "fields"), None)


def _end(node: yaml.Node) -> int:
    """The line after the last entry of a block; the mark of its end stands where the next entry begins."""
    last = node.value[-1][1] if isinstance(node, yaml.MappingNode) and node.value else node
    mark = last.end_mark
    return int(mark.line + 1 if mark.column or mark.line == last.start_mark.line else mark.line)


def _indent(line: str) -> int:
    return len(line) - len(re.sub(r"^ +", "", line))
