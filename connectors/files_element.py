"""XML from outside: the settings of its one parser, and elements as members of a record.

Here: hardening, names with their namespaces, values, lists and groups. Not here: packages (`files_xml`). With other
settings of the same library a file of this machine was read into a field by an external entity; therefore nobody
else makes a parser for what comes from outside.
"""

from __future__ import annotations

from typing import Any

from lxml import etree

from connectors.files_source import FilesStream

_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_NAMES = 10_000  # remembered at most: names are the sender's to choose


def hardened(tags: list[str]) -> etree.XMLPullParser:
    """The one parser of everything that comes from outside; events only for `tags`."""
    return etree.XMLPullParser(
        events=("start", "end"),
        tag=tags,
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        attribute_defaults=False,
        dtd_validation=False,
        remove_comments=True,  # the canonical form of the manifest leaves them out; their text pieces join
    )


class ElementReader:
    """Turns elements of one stream into texts, lists and members.

    Children are members by name, attributes are "@name"; what comes more than once, or is listed, is a list; an
    empty element is "", a missing one is missing, one that is nil is null.
    """

    def __init__(self, stream: FilesStream) -> None:
        self._namespaces, self._lists = stream.namespaces, stream.lists
        self._prefixes = {uri: f"{prefix}:" if prefix else "" for prefix, uri in stream.namespaces.items()}
        self._groups = stream.groups | {parent for path in stream.lists for parent in _parents(path)}
        self._known_names: dict[tuple[str, str], tuple[str, str, bool]] = {}

    def tag(self, name: str) -> str:
        prefix, _, local = name.rpartition(":")
        uri = self._namespaces.get(prefix, "")
        return f"{{{uri}}}{local}" if uri else local

    def _name(self, tag: str) -> str:
        if not tag.startswith("{"):
            return tag
        uri, _, local = tag[1:].partition("}")
        prefix = self._prefixes.get(uri)
        return tag if prefix is None else prefix + local

    def _below(self, path: str, tag: str) -> tuple[str, str, bool]:
        """The name of a child in its parent, its path, and whether it is an item of a list."""
        name = self._name(tag)
        below = f"{path}.{name}" if path else name
        found = (name, below, below in self._lists)
        if len(self._known_names) < _NAMES:
            self._known_names[path, tag] = found
        return found

    def value(self, element: Any, path: str) -> Any:
        """An element as text, or as members when it has any; None when it says that it is nil."""
        if not len(element) and not element.attrib:
            return self._plain(element.text or "", path)
        members: dict[str, Any] = {}
        for name, text in element.attrib.items():
            if not name.startswith(_XSI):
                members["@" + self._name(name)] = text
            elif name == _XSI + "nil" and text in ("true", "1"):
                return None
        repeated: set[str] = set()
        between = element.text or ""
        for child in element:
            if tail := child.tail:
                between += tail
            tag = child.tag
            if not isinstance(tag, str):  # a processing instruction
                continue
            name, below, listed = self._known_names.get((path, tag)) or self._below(path, tag)
            value = self.value(child, below)
            if listed:
                members.setdefault(name, []).append(value)
            elif name not in members:
                members[name] = value
            elif name in repeated:
                members[name].append(value)
            else:
                members[name] = [members[name], value]
                repeated.add(name)
        if not members:
            return self._plain(between, path)
        if between.strip():
            members["#text"] = between
        return members

    def _plain(self, text: str, path: str) -> Any:
        return {} if path in self._groups and not text.strip() else text


def _parents(path: str) -> list[str]:
    parts = path.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts))]
