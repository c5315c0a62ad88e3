"""Reading a node tree by a declared shape: the msgspec structs of `hub/mapping.py` and `hub/source.py`.

Here: unknown and missing entries, types, texts. Not here: YAML itself (`registry_yaml`), meaning (`registry_checks`).
A tree is read by its shape and not by YAML's guesses: what is declared as text is the text of the file, so that
`0`, `00`, `no` and `2024-01-01` stay what was written. msgspec alone would stop at the first mistake and know no
line. Here a value that cannot be read is reported and stood in for by the simplest one of its type, so that the
rest of the file is checked too.
"""

from __future__ import annotations

import math
import re
import types
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin

import msgspec
import yaml

from hub.registry_yaml import Document, Where, entries, mark_of, near, plain

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_SET_BY_HUB = "digest"  # a field of the shapes that no file may set


def read(document: Document, shape: Any, node: yaml.Node, where: Where = (), *, secrets: bool = False) -> Any:
    """The node as plain values that msgspec.convert takes for `shape`; what is wrong goes to the document's problems.

    A text may stand for a list of one. `secrets`: a text may also be written {env: NAME} and stays that.
    """
    return _Reader(document, secrets).value(node, shape, where)


def is_secret(value: Any) -> bool:
    """Whether a plain value of a connection names a secret."""
    return isinstance(value, dict) and value.keys() == {"env"} and isinstance(value["env"], str)


@cache
def fields_of(shape: type[msgspec.Struct]) -> dict[str, msgspec.structs.FieldInfo]:
    """The entries that a file may have for a shape, by their names in the file."""
    return {field.encode_name: field for field in msgspec.structs.fields(shape) if field.name != _SET_BY_HUB}


class _Reader:
    def __init__(self, document: Document, secrets: bool) -> None:
        self._document = document
        self._secrets = secrets

    def value(self, node: yaml.Node, shape: Any, where: Where) -> Any:
        self._document.marks.setdefault(where, mark_of(node))
        origin = get_origin(shape)
        if shape is Any:
            return plain(node)
        if origin in (Union, types.UnionType):
            return self._one_of(node, get_args(shape), where)
        if origin is Literal:
            return self._choice(node, get_args(shape), where)
        if origin is list:
            return self._list(node, get_args(shape)[0], where)
        if origin is dict:
            return self._dict(node, get_args(shape)[1], where)
        if isinstance(shape, type) and issubclass(shape, msgspec.Struct):
            return self._struct(node, shape, where)
        if self._secrets and shape is str and isinstance(node, yaml.MappingNode):
            return self._secret(node, where)
        return self._scalar(node, shape, where)

    def _wrong(self, node: yaml.Node, where: Where, sentence: str, shape: Any) -> Any:
        self._document.problems.add(where, mark_of(node), sentence)
        return _simplest(shape)

    def _one_of(self, node: yaml.Node, shapes: tuple[Any, ...], where: Where) -> Any:
        structs = [each for each in shapes if isinstance(each, type) and issubclass(each, msgspec.Struct)]
        if len(structs) > 1:  # one shape per family of systems
            family = self._document.family
            return self.value(node, next(s for s in structs if s.__struct_config__.tag == family), where)
        tag = node.tag.rpartition(":")[2]
        if tag == "null" and types.NoneType in shapes:
            return None
        if tag == "bool" and bool in shapes:
            return self.value(node, bool, where)
        return self.value(node, next(each for each in shapes if each not in (types.NoneType, bool)), where)

    def _choice(self, node: yaml.Node, names: tuple[str, ...], where: Where) -> Any:
        text = node.value if isinstance(node, yaml.ScalarNode) else ""
        if text in names:
            return text
        quoted = [name or '""' for name in names]
        return self._wrong(node, where, f"unknown value {text!r}{near(text, quoted)}", Literal[names])

    def _list(self, node: yaml.Node, shape: Any, where: Where) -> Any:
        if isinstance(node, yaml.ScalarNode) and shape is str and not node.tag.endswith(":null"):
            return [node.value]
        if not isinstance(node, yaml.SequenceNode):
            return self._wrong(node, where, "must be a list", list[shape])
        return [self.value(item, shape, (*where, number)) for number, item in enumerate(node.value)]

    def _dict(self, node: yaml.Node, shape: Any, where: Where) -> Any:
        if not isinstance(node, yaml.MappingNode):
            return self._wrong(node, where, "must be a mapping: lines of the form name: value", dict[str, shape])
        values = {}
        for name, key, item in entries(node):
            self._document.marks[*where, name] = mark_of(key)
            values[name] = self.value(item, shape, (*where, name))
        return values

    def _struct(self, node: yaml.Node, shape: type[msgspec.Struct], where: Where) -> Any:
        if not isinstance(node, yaml.MappingNode):
            return self._wrong(node, where, f"must be a mapping with {', '.join(fields_of(shape))}", shape)
        fields = fields_of(shape)
        values = _tagged(shape)
        for name, key, item in entries(node):
            self._document.marks[*where, name] = mark_of(key)
            if name in fields:
                values[name] = self.value(item, fields[name].type, (*where, name))
            else:
                self._document.add((*where, name), "unknown entry" + near(name, fields))
        for name, field in fields.items():
            if field.required and name not in values:
                self._document.add((*where, name), "missing")
                values[name] = _simplest(field.type)
        return values

    def _secret(self, node: yaml.MappingNode, where: Where) -> Any:
        value = plain(node)
        if is_secret(value):
            return value
        return self._wrong(node, where, "must be a text or the name of a secret: {env: NAME}", str)

    def _scalar(self, node: yaml.Node, shape: Any, where: Where) -> Any:
        if not isinstance(node, yaml.ScalarNode):
            found = "a list" if isinstance(node, yaml.SequenceNode) else "a mapping"
            return self._wrong(node, where, f"must be {_NAMES[shape]}, not {found}", shape)
        if node.tag.endswith(":null"):
            return self._wrong(node, where, "is empty", shape)
        try:
            return _READ[shape](node)
        except (ValueError, OverflowError):
            return self._wrong(node, where, f"must be {_NAMES[shape]}, not {node.value!r}", shape)


def _tagged(shape: type[msgspec.Struct]) -> dict[str, Any]:
    """What tells msgspec which of several shapes is meant."""
    config = shape.__struct_config__
    return {config.tag_field: config.tag} if config.tag_field else {}


def _typed(kind: type) -> Callable[[yaml.ScalarNode], Any]:
    def read_typed(node: yaml.ScalarNode) -> Any:
        value = plain(node)
        if type(value) is not kind:
            raise ValueError(node.tag)
        return value

    return read_typed


def _number(node: yaml.ScalarNode) -> float:
    value = plain(node)
    if type(value) not in (int, float) or not math.isfinite(value):
        raise ValueError(node.tag)
    return float(value)


def _span(node: yaml.ScalarNode) -> timedelta:
    match = re.fullmatch(r"([1-9]\d*|0)([smhd])", node.value)
    if not match:
        raise ValueError(node.value)
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


_READ: dict[Any, Callable[[yaml.ScalarNode], Any]] = {
    str: lambda node: node.value,
    int: _typed(int),
    float: lambda node: _number(node),
    bool: _typed(bool),
    date: lambda node: date.fromisoformat(node.value),
    timedelta: _span,
}
_NAMES = {
    str: "a text",
    int: "a whole number",
    float: "a number like 0.1",
    bool: "true or false",
    date: "a date like 2025-07-01",
    timedelta: "a time like 60s, 10m, 2h or 1d",
}


def _simplest(shape: Any) -> Any:
    """What stands in for a value that could not be read."""
    origin = get_origin(shape)
    if origin is Literal:
        return get_args(shape)[0]
    if origin in (Union, types.UnionType):
        return _simplest(get_args(shape)[0])
    if origin in (list, dict):
        return origin()
    if isinstance(shape, type) and issubclass(shape, msgspec.Struct):
        required = {name: _simplest(field.type) for name, field in fields_of(shape).items() if field.required}
        return _tagged(shape) | required
    return {str: "", int: 0, bool: False, date: date.min, timedelta: timedelta(seconds=1)}[shape]
