"""Records of files as bytes: one canonical encoding for XML elements and register rows, and their keys.

Here: the encoding and its version, the members whose names begin with "#", and keys by path. Not here: how a
record is found in a file. The same content always gives the same bytes (members sorted, no blanks), because
contents are compared by hash; what the encoding means may only change together with `ENCODING`.

Members that the connector adds: "#v" the version of the encoding; "#fault" {"code", "path"} for a record that must
go to quarantine (HASH_DIFFERS, SCHEMA); "#numbers" and "#formulas" the fields whose cells were numbers or formulas;
"#text" the text between the children of an XML element.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from connectors.contract import composite_key

ENCODING = 1
_encode = msgspec.json.Encoder(order="deterministic").encode


def payload_of(members: dict[str, Any], fault: tuple[str, str] | None = None) -> bytes:
    """The bytes of a record; `fault` is (code, path)."""
    members["#v"] = ENCODING
    if fault:
        members["#fault"] = {"code": fault[0], "path": fault[1]}
    return _encode(members)


def text_at(members: dict[str, Any], path: str) -> str:
    """The text at a dotted path; "" when there is none."""
    here: Any = members
    for name in path.split("."):
        here = here.get(name) if isinstance(here, dict) else None
    return here if isinstance(here, str) else ""


def key_of(members: dict[str, Any], paths: Sequence[str]) -> str:
    """The key of a record: a text, or the hash of several."""
    parts = [text_at(members, path) for path in paths]
    return (parts[0] if len(parts) == 1 else composite_key(parts)) if parts else ""
