"""Looking at an XML file: which elements are the records, where the header stands, what each record holds.

Here: structure and a sample of one document, through the one hardened parser. Not here: fields (`fields.py`), reading
packages and judging them (`connectors/files_xml.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO

from lxml import etree

from connectors.files_element import ElementReader, hardened
from connectors.files_source import FilesStream
from hub.errors import HubError
from hub.scaffold.fields import read_as
from hub.scaffold.observed import table_of
from hub.scaffold.proposal import Flow
from hub.scaffold.streams import Seen
from hub.scaffold.words import Vocabulary

_MOST_BYTES = 50 * 1024 * 1024
_SAMPLE = 500


def look(files: Sequence[tuple[str, BinaryIO]], words: Vocabulary) -> Seen:
    """The records of XML documents of one sender, (name, file) each. Raises HubError for what is none, or holds no
    dossiers."""
    roots = [_parsed(file, name) for name, file in files]
    root, name = roots[0], files[0][0]
    path = _records(root, words)
    if not path:
        raise HubError(f"{name}: no element looks like a dossier", "give a file that holds some dossiers")
    elements = [element for each in roots for element in each.findall(path)][:_SAMPLE]
    stream = FilesStream("dossier", lists=_repeated(elements))
    reader = ElementReader(stream)
    records = [value for element in elements if isinstance(value := reader.value(element, ""), dict)]
    header, package = _header(root, path, words)

    def read(flow: Flow) -> Mapping[str, Any]:
        if not header:
            flow.unsure["read header"] = "no header was found, and the hub needs one: ask for one with number and time"
        if package:
            flow.unsure["read package"] = "what the header calls its parts"
        flow.version, flow.unsure = "", {k: v for k, v in flow.unsure.items() if k != "version"}
        flow.cursor_format = "%Y%m%d%H%M%S"
        return {"kind": "xml", "record": path, "header": header or "TieuDe"} | ({"package": package} if package else {})

    return Seen(table_of(path.rpartition("/")[2], records), read)


def _parsed(file: BinaryIO, name: str) -> Any:
    parser = hardened([])
    data = file.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise HubError(f"{name}: larger than {_MOST_BYTES:,} bytes", "give a smaller file of the same sender")
    if b"<!DOCTYPE" in data.replace(b"\0", b"")[:65536]:
        raise HubError(f"{name}: holds a DOCTYPE, which the hub refuses", "ask the sender for files without one")
    try:
        parser.feed(data)
        return parser.close()
    except etree.LxmlError as error:
        line = error.position[0] if isinstance(error, etree.ParseError) and error.position else 0
        raise HubError(f"{name}:{line}: not well-formed XML", "open the file in an editor and look there") from None


def _records(root: Any, words: Vocabulary) -> str:
    """The path below the root of the elements that look most like dossiers."""
    found: Counter[str] = Counter()
    for element in root.iter():
        if isinstance(element.tag, str) and len(element) >= 3:
            found[_path(element)] += 1
    reader = ElementReader(FilesStream("dossier"))
    best = (0.0, "")
    for path in found:
        if not path:
            continue
        sample = [v for e in root.findall(path)[:50] if isinstance(v := reader.value(e, ""), dict)]
        reading = read_as(table_of(path, sample), "dossier", words)
        if len(reading.fields) >= 3:
            best = max(best, (sum(fed.score for fed in reading.fields.values()), path))
    return best[1]


def _path(element: Any) -> str:
    names = [element.tag, *(above.tag for above in element.iterancestors())]
    return "/".join(reversed(names[:-1]))


def _repeated(elements: list[Any]) -> frozenset[str]:
    """Dotted paths of what comes more than once in one parent of any record, and so is a list in all of them. Lists
    that never hold two are known by a parent with one kind of child, which has children itself."""
    lists: set[str] = set()

    def walk(element: Any, path: str) -> None:
        tags = Counter(child.tag for child in element if isinstance(child.tag, str))
        for child in element:
            if not isinstance(child.tag, str):
                continue
            below = f"{path}.{child.tag}" if path else child.tag
            if tags[child.tag] > 1 or (path and len(tags) == 1 and len(child)):
                lists.add(below)
            walk(child, below)

    for element in elements:
        walk(element, "")
    return frozenset(lists)


def _header(root: Any, records: str, words: Vocabulary) -> tuple[str, dict[str, str]]:
    """The path of the header, and what it calls number, sender, time and count where that is not our own name."""
    above = records.split("/")[0]
    for child in root:
        if not isinstance(child.tag, str) or child.tag == above or not len(child):
            continue
        leaves = [e.tag for e in child if isinstance(e.tag, str) and not len(e)]
        wanted = {
            "id": [frozenset({"package", "code"}), frozenset({"package", "id"}), frozenset({"id"})],
            "agency": [frozenset({"agency", "code"}), frozenset({"agency"})],
            "sent_at": [frozenset({"date", "submit"}), frozenset({"date", "officer"}), frozenset({"date"})],
            "count": [frozenset({"set"}), frozenset({"total"})],
        }
        names: dict[str, str] = {}
        for part, patterns in wanted.items():
            scored = [(words.likeness(tag, patterns), tag) for tag in leaves if tag not in names.values()]
            best = max(scored, default=(0.0, ""))
            if best[0] >= 0.5:
                names[part] = best[1]
        usual = {"id": "MaGoi", "agency": "MaDonVi", "sent_at": "NgayGui", "count": "SoLuong"}
        missing = {} if any(len(e) for e in child) else {"entries": ""}
        changed = {part: names.get(part, "") for part in usual if names.get(part, "") != usual[part]}
        return child.tag, changed | missing if changed or missing else {}
    return "", {}
