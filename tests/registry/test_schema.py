"""The JSON Schemas that editors get: as generated, true of what is shipped, and false of typical mistakes."""

from __future__ import annotations

import json
from copy import deepcopy
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from hub.registry_schema import mapping_schema, source_schema, written
from hub.registry_yaml import parse, plain

SCHEMAS = Path(str(files("schemas")))
MADE = {"mapping": mapping_schema(), "source": source_schema()}


def entries(kind: str, name: str) -> Any:
    return plain(parse(SCHEMAS / f"{kind}s" / f"{name}.yml").root)


def wrong(kind: str, value: Any) -> list[str]:
    return [error.message for error in jsonschema.Draft202012Validator(MADE[kind]).iter_errors(value)]


@pytest.mark.parametrize("kind", ["mapping", "source"])
def test_the_file_that_editors_read_is_the_generated_one(kind: str) -> None:
    jsonschema.Draft202012Validator.check_schema(MADE[kind])
    assert (SCHEMAS / f"{kind}.schema.json").read_text(encoding="utf-8") == written(MADE[kind]), "hub sources schema"


@pytest.mark.parametrize(
    ("kind", "name"), [(k, p.stem) for k in ("mapping", "source") for p in sorted((SCHEMAS / f"{k}s").glob("*.yml"))]
)
def test_what_is_shipped_is_valid_and_names_its_schema(kind: str, name: str) -> None:
    assert wrong(kind, entries(kind, name)) == []
    first = (SCHEMAS / f"{kind}s" / f"{name}.yml").read_text(encoding="utf-8").splitlines()[0]
    assert first == f"# yaml-language-server: $schema=../{kind}.schema.json"
    assert (SCHEMAS / f"{kind}s" / first.partition("=")[2]).is_file()


MISTAKES: list[tuple[str, str, tuple[str, ...], Any]] = [
    ("mapping", "opencps_rest", ("famly",), "rest"),
    ("mapping", "opencps_rest", ("family",), "soap"),
    ("mapping", "opencps_rest", ("encoding",), "latin1"),
    ("mapping", "opencps_rest", ("values", "status", "new"), 11),
    ("mapping", "opencps_rest", ("values", "statuss"), {"a": 1}),
    ("mapping", "opencps_rest", ("formats", "date"), ["%Y"]),
    ("mapping", "opencps_rest", ("streams", "dossier", "record_type"), "hoso"),
    ("mapping", "opencps_rest", ("streams", "dossier", "fields", "recieved_at"), "x"),
    ("mapping", "opencps_rest", ("streams", "dossier", "fields", "step_at"), "x"),
    ("mapping", "opencps_rest", ("streams", "dossier", "read", "sql"), "select 1"),
    ("mapping", "opencps_rest", ("streams", "dossier", "read", "method"), "PUT"),
    ("mapping", "opencps_rest", ("streams", "dossier", "read", "paging", "kind"), "pages"),
    ("mapping", "opencps_sql", ("streams", "dossier", "read", "path"), "/x"),
    ("mapping", "opencps_sql", ("streams", "dossier", "read", "identity"), "number"),
    ("mapping", "dongbo_quoc_gia", ("distortions",), ["status_10"]),
    ("source", "portal", ("level",), "city"),
    ("source", "portal", ("pull", "every"), "1 hour"),
    ("source", "portal", ("connection", "driver"), "SQLite3"),
    ("source", "portal", ("connection", "auth", "kind"), "token"),
    ("source", "portal", ("valid", "from"), "01/01/2018"),
    ("source", "district_td", ("connection", "base_url"), "http://x"),
    ("source", "district_td", ("id",), None),
]


@pytest.mark.parametrize(("kind", "name", "where", "value"), MISTAKES, ids=[".".join(m[2]) for m in MISTAKES])
def test_typical_mistakes_are_underlined(kind: str, name: str, where: tuple[str, ...], value: Any) -> None:
    made = deepcopy(entries(kind, name))
    below = made
    for step in where[:-1]:
        below = below[step]
    if value is None:
        del below[where[-1]]
    else:
        below[where[-1]] = value
    assert wrong(kind, made)


@pytest.mark.parametrize(
    ("kind", "name", "entry"),
    [("mapping", "opencps_rest", "zone"), ("mapping", "opencps_rest", "streams"), ("source", "portal", "connection")],
)
def test_what_is_missing_is_told(kind: str, name: str, entry: str) -> None:
    made = entries(kind, name)
    del made[entry]
    assert any(entry in message for message in wrong(kind, made))


def test_entries_are_described() -> None:
    stream = MADE["mapping"]["$defs"]["Stream"]["properties"]
    assert "path of the record's cursor" in stream["version"]["description"]
    assert json.dumps(MADE["source"]).count('"description"') > 20
