"""JSON Schemas of mapping and source files, for editors that complete and underline while somebody types.

Here: the shapes of `hub/mapping.py` and `hub/source.py` as schemas, with their docstrings as descriptions, and the
canonical fields by record type. Not here: what a schema cannot say — paths, SQL, formats, references between entries —
which the registry tells (`registry_checks.py`). What is declared as text may be written without quotes, so numbers
and truth values are texts, too; a text may stand for a list of one.
"""

from __future__ import annotations

import inspect
import json
import re
import types
from datetime import date, timedelta
from itertools import zip_longest
from typing import Any, Literal, Union, get_args, get_origin

import msgspec

from hub.mapping import Child, FilesRead, Mapping, OdbcRead, Read, Stream
from hub.registry_shapes import fields_of
from hub.source import CONNECTIONS, Declared, SourceFile
from schemas.fields import FIELDS

Schema = dict[str, Any]
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEXT: Schema = {"type": ["string", "number", "boolean"]}
_SECRET: Schema = {
    "type": "object",
    "properties": {"env": {"type": "string", "description": "Name of the variable that holds the value."}},
    "required": ["env"],
    "additionalProperties": False,
}
_PLAIN: dict[Any, Schema] = {
    str: _TEXT,
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    date: {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"},
    timedelta: {"type": "string", "pattern": r"^(0|[1-9]\d*)[smhd]$"},
    Any: {},
}
_READS: dict[str, type[msgspec.Struct]] = {"rest": Read, "odbc": OdbcRead, "files": FilesRead}
_VALUES = sorted({name for fields in FIELDS.values() for name, kind in fields.items() if kind == "value"})


def mapping_schema() -> Schema:
    """The schema of `schemas/mappings/*.yml`. A mapping that extends another may leave out what that one says."""
    strict, loose = _Shapes("", required=True), _Shapes("Partial", required=False)
    whole, part = strict.reference(Mapping), loose.reference(Mapping)
    families = []
    for family, read in _READS.items():
        streams = {"additionalProperties": {"properties": {"read": strict.reference(read)}}}
        families.append({"if": _is("family", family), "then": {"properties": {"streams": streams}}})
    loose.reads = [loose.reference(read) for read in _READS.values()]
    definitions = {**strict.done(), **loose.done()}
    definitions["PartialStream"]["properties"]["read"] = {"anyOf": loose.reads}
    return {
        "$schema": _DIALECT,
        "title": "Mapping: what the records of one vendor's software mean",
        "if": {"required": ["extends"]},
        "then": part,
        "else": {"allOf": [whole, *families]},
        "$defs": definitions,
    }


def source_schema() -> Schema:
    """The schema of `schemas/sources/*.yml`."""
    shapes, loose = _Shapes("", required=True, secrets=True), _Shapes("Partial", required=False, secrets=True)
    whole = shapes.reference(SourceFile)
    families = [
        {"if": _is("family", family), "then": {"properties": {"connection": shapes.reference(connection)}}}
        for family, connection in CONNECTIONS.items()
    ]
    override = loose.reference(Declared)
    connections = [loose.reference(connection) for connection in CONNECTIONS.values()]
    definitions = {**shapes.done(), **loose.done()}
    definitions["PartialDeclared"]["properties"]["connection"] = {"anyOf": connections}
    definitions["SourceFile"]["properties"]["overrides"] = {"type": "object", "additionalProperties": override}
    return {
        "$schema": _DIALECT,
        "title": "Source file: which systems are read, how they are reached, how often",
        "allOf": [whole, *families],
        "oneOf": [{"required": ["sources"]}, {"required": ["for_each", "id"]}],
        "$defs": definitions,
    }


def written(schema: Schema) -> str:
    """The schema as the text of a file."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def _is(name: str, value: str) -> Schema:
    return {"properties": {name: {"const": value}}, "required": [name]}


class _Shapes:
    """Definitions of structs; `required` asks for what a file has to say, `secrets` lets texts be {env: NAME}."""

    def __init__(self, prefix: str, *, required: bool, secrets: bool = False) -> None:
        self._prefix, self._required, self._secrets = prefix, required, secrets
        self._made: dict[str, Schema] = {}
        self.reads: list[Schema] = []

    def done(self) -> dict[str, Schema]:
        return self._made

    def reference(self, shape: type[msgspec.Struct]) -> Schema:
        name = self._prefix + shape.__name__
        if name not in self._made:
            self._made[name] = {}
            self._made[name].update(self._struct(shape))
        return {"$ref": f"#/$defs/{name}"}

    def _struct(self, shape: type[msgspec.Struct]) -> Schema:
        fields, told = fields_of(shape), _descriptions(shape)
        properties: dict[str, Schema] = {}
        for name, field in fields.items():
            made = dict(self._type(field.type))
            if told.get(name):
                made["description"] = told[name]
            properties[name] = made
        first = (inspect.getdoc(shape) or "").partition("\n\n")[0]
        schema: Schema = {"type": "object", "description": " ".join(first.split()), "properties": properties}
        needed = [name for name, field in fields.items() if field.required]
        if needed and self._required:
            schema["required"] = needed
        schema["additionalProperties"] = False
        if shape in (Stream, Child):
            schema |= _by_record_type()
        if shape is Mapping:
            codes = {"type": "object", "additionalProperties": {"type": "integer"}}
            status = {"type": "object", "additionalProperties": {"type": "integer", "minimum": 1, "maximum": 10}}
            listed = {name: status if name == "status" else codes for name in _VALUES}
            properties["values"] |= {"properties": listed, "additionalProperties": False}
            properties["formats"] |= {"properties": {"time": self._type(list[str])}, "additionalProperties": False}
        return schema

    def _type(self, shape: Any) -> Schema:
        origin = get_origin(shape)
        if origin in (Union, types.UnionType):
            several = [each for each in get_args(shape) if each is not types.NoneType]
            structs = [each for each in several if isinstance(each, type) and issubclass(each, msgspec.Struct)]
            if len(structs) > 1:
                return {}  # by family: said at the root
            made = [self._type(each) for each in several]
            return made[0] if len(made) == 1 else {"anyOf": made}
        if origin is Literal:
            return {"enum": list(get_args(shape))}
        if origin is list:
            item = self._type(get_args(shape)[0])
            several_ = {"type": "array", "items": item}
            return {"anyOf": [several_, _TEXT]} if get_args(shape)[0] is str else several_
        if origin is dict:
            below = get_args(shape)[1]
            return {"type": "object"} | ({"additionalProperties": self._type(below)} if below is not Any else {})
        if isinstance(shape, type) and issubclass(shape, msgspec.Struct):
            return self.reference(shape)
        if shape is str and self._secrets:
            return {"anyOf": [_TEXT, _SECRET]}
        return _PLAIN[shape]


def _by_record_type() -> Schema:
    """The record types, and the canonical fields of each with their kind."""
    cases = []
    for record_type, fields in FIELDS.items():
        named = {name: {"description": f"kind: {kind}"} for name, kind in fields.items()}
        allowed = {"properties": {"fields": {"properties": named, "additionalProperties": False}}}
        cases.append({"if": _is("record_type", record_type), "then": allowed})
    return {"allOf": [{"properties": {"record_type": {"enum": list(FIELDS)}}}, *cases]}


def _descriptions(shape: type[msgspec.Struct]) -> dict[str, str]:
    """What a docstring says of single fields, as `name: meaning` or `one, another: meaning`."""
    names = list(fields_of(shape))
    text = inspect.getdoc(shape) or ""
    one = "|".join(map(re.escape, names))
    heads = list(re.finditer(rf"(?:(?<=\s)|^)((?:{one})(?:, (?:{one}))*):\s", text, re.MULTILINE)) if names else []
    told: dict[str, str] = {}
    for head, following in zip_longest(heads, heads[1:]):
        meaning = text[head.end() : following.start() if following else None].partition("\n\n")[0]
        for name in head[1].split(", "):
            told.setdefault(name, " ".join(meaning.split()))
    return told
