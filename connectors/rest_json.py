"""JSON answers as columns: exact slices of the records, their keys and versions, and what the envelope says.

Here: the shapes that msgspec decodes in one pass, built from the dotted paths of a mapping, and the slow way
for whatever does not fit them. Not here: requests, retries, paging (`rest_http`, `rest_paging`), and what a
record means. This is the hot path of a pull: the envelope is scanned once for slices and each record once for
two fields; no Python object is made of anything else.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from connectors.contract import composite_key
from connectors.errors import Malformed, Refused
from connectors.rest_source import RestStream, Rule

BOM = b"\xef\xbb\xbf"  # .NET writers like to begin with one
_Broken = (msgspec.MsgspecError, UnicodeDecodeError)


class SignedOut(Refused):
    """The session or token is not (or no longer) accepted: worth one fresh login."""


@dataclass(slots=True)
class Answer:
    """One page as read. `next`: the cursor of the following page, "" at the end. `refused`: why it is unreadable."""

    keys: list[str] = field(default_factory=list)
    versions: list[str] = field(default_factory=list)
    payloads: list[bytes] = field(default_factory=list)
    announced: int | None = None
    next: str = ""
    refused: str = ""


def text_of(raw: bytes) -> str:
    """A JSON scalar as text: strings decoded, numbers and the rest as written, null and absent as ""."""
    if raw in (b"", b"null"):
        return ""
    try:
        return msgspec.json.decode(raw, type=str) if raw.startswith(b'"') else raw.decode()
    except _Broken:
        return ""


def dig(body: bytes, path: str) -> bytes:
    """The JSON text at a dotted path; empty when anything on the way is absent or not an object."""
    here = body
    for name in path.split("."):
        try:
            here = bytes(msgspec.json.decode(here, type=dict[str, Raw]).get(name, b""))
        except _Broken:
            return b""
    return here


def is_object(body: bytes) -> bool:
    """Whether the body is one whole JSON object."""
    try:
        msgspec.json.decode(body, type=dict[str, Raw])
    except _Broken:
        return False
    return True


def says(body: bytes, rule: Rule) -> bool:
    """Whether the body satisfies the rule."""
    found = dig(body, rule.path)
    return rule.absent if not found else text_of(found) in rule.values


class PageReader:
    """Reads the answers of one stream.

    expired: how a body says that the login is over; doubt: any failure in a body may mean that.
    """

    def __init__(self, stream: RestStream, expired: Rule | None = None, *, doubt: bool = False) -> None:
        self._stream = stream
        self._failure = SignedOut if doubt else Refused
        self._expired = expired
        paths = {"records": stream.records, "total": stream.total, "next": stream.paging.next}
        if stream.success:
            paths["success"] = stream.success.path
        if expired:
            paths["expired"] = expired.path
        leaves: dict[str, tuple[Any, Any]] = {path: (Raw, Raw(b"")) for path in paths.values() if path}
        if stream.records:
            leaves[stream.records] = (list[Raw] | None | UnsetType, UNSET)
        shape, self._at = _shape(leaves)
        self._envelope = msgspec.json.Decoder(shape)
        self._array = msgspec.json.Decoder(list[Raw])
        self._key_paths = (stream.key,) if isinstance(stream.key, str) else tuple(stream.key)
        fields = [path for path in (*self._key_paths, stream.version) if path]
        record, self._in_record = _shape(dict.fromkeys(fields, (str | int | None, None)))
        self._record = msgspec.json.Decoder(record)

    def read(self, body: bytes) -> Answer:
        """The page in the body. Raises Malformed, Refused or SignedOut (by what the body says)."""
        body = body.removeprefix(BOM)
        try:
            answer, slices = self._open(body)
        except _Broken as error:
            reason = str(error)
        else:
            answer.payloads = list(map(bytes, slices))
            answer.keys, answer.versions = self._columns(answer.payloads)
            return answer
        if is_object(body):  # a failure often has another shape: {"result": "not allowed"}
            self._judge(lambda rule: says(body, rule), body)
        raise Malformed(f"the body of {len(body):,} bytes is not the expected JSON: {reason}")

    def _open(self, body: bytes) -> tuple[Answer, list[Raw]]:
        # A bare array is a page without an envelope: some adapters send it where others wrap it.
        if not self._stream.records or body.lstrip()[:1] == b"[":
            return Answer(), self._array.decode(body)
        envelope = self._envelope.decode(body)
        self._judge(lambda rule: self._agrees(envelope, rule), body)
        total = self._total(envelope)
        slices = self._at[self._stream.records](envelope)
        if not isinstance(slices, list):
            # An error body has no list either: an absent one counts as empty only when the source says so.
            stated = total == 0 or (slices is None and self._stream.success is not None)
            if not stated:
                found = "null" if slices is None else "absent"
                raise Malformed(f"the list of records at {self._stream.records!r} is {found}")
            slices = []
        following = self._text(envelope, self._stream.paging.next)
        return Answer(announced=total, next=following), slices

    def _judge(self, agrees: Callable[[Rule], bool], body: bytes) -> None:
        if self._expired and agrees(self._expired):
            raise SignedOut("the source says that the session has expired" + self._words(body))
        if self._stream.success and not agrees(self._stream.success):
            code = text_of(dig(body, self._stream.success.path))[:40]
            raise self._failure(
                f"the body says failure ({self._stream.success.path} = {code!r}){self._words(body)}",
                "ask the keeper of the source what the code means",
            )

    def _words(self, body: bytes) -> str:
        said = text_of(dig(body, self._stream.message)) if self._stream.message else ""
        return f": {said}" if said else ""

    def _agrees(self, envelope: Struct, rule: Rule) -> bool:
        raw = bytes(self._at[rule.path](envelope))
        return rule.absent if not raw else text_of(raw) in rule.values

    def _text(self, envelope: Struct, path: str | None) -> str:
        return text_of(bytes(self._at[path](envelope))) if path else ""

    def _total(self, envelope: Struct) -> int | None:
        text = self._text(envelope, self._stream.total)
        if not text:
            return None
        if not (text.isascii() and text.isdigit()):
            raise Malformed(f"the announced total at {self._stream.total!r} is not a count")
        return int(text)

    def _columns(self, payloads: list[bytes]) -> tuple[list[str], list[str]]:
        decode = self._record.decode
        try:
            rows: list[Any] = [decode(payload) for payload in payloads]
        except _Broken:
            return self._columns_one_by_one(payloads)
        columns = [self._column(rows, path) for path in self._key_paths]
        versions = self._column(rows, self._stream.version) if self._stream.version else [""] * len(rows)
        if len(columns) == 1:
            return columns[0], versions
        return list(map(composite_key, zip(*columns, strict=True))) if columns else [""] * len(rows), versions

    def _column(self, rows: list[Any], path: str) -> list[str]:
        get = self._in_record[path]
        return ["" if (value := get(row)) is None else str(value) for row in rows]

    def _columns_one_by_one(self, payloads: list[bytes]) -> tuple[list[str], list[str]]:
        """For pages with a record that is not an object, or a key that is neither text nor a whole number."""
        keys, versions = [], []
        for payload in payloads:
            parts = [text_of(dig(payload, path)) for path in self._key_paths]
            keys.append(parts[0] if len(parts) == 1 else composite_key(parts))
            versions.append(text_of(dig(payload, self._stream.version)) if self._stream.version else "")
        return keys, versions


def _shape(leaves: Mapping[str, tuple[Any, Any]]) -> tuple[type[Struct], dict[str, Callable[[Any], Any]]]:
    """A Struct with the (type, default) at each dotted path, and a getter per path."""
    tree: dict[str, Any] = {}
    for path, leaf in leaves.items():
        *parents, name = path.split(".")
        branch = tree
        for parent in parents:
            branch = branch.setdefault(parent, {})
        if not isinstance(branch, dict) or name in branch:
            raise ValueError(f"the path {path!r} crosses another path of the same mapping")
        branch[name] = leaf
    getters: dict[str, Callable[[Any], Any]] = {}
    return _struct(tree, "", "", getters), getters


def _struct(tree: dict[str, Any], path: str, attribute: str, getters: dict[str, Callable[[Any], Any]]) -> type[Struct]:
    fields: list[tuple[str, Any, Any]] = []
    # The JSON names need not be Python names: the fields are f0, f1 and are renamed.
    rename: dict[str, str] = {}
    for number, (name, leaf) in enumerate(tree.items()):
        rename[f"f{number}"] = name
        below, attribute_below = f"{path}{name}", f"{attribute}f{number}"
        if isinstance(leaf, dict):
            inner = _struct(leaf, below + ".", attribute_below + ".", getters)
            fields.append((f"f{number}", inner, msgspec.field(default_factory=inner)))
        else:
            fields.append((f"f{number}", leaf[0], leaf[1]))
            getters[below] = operator.attrgetter(attribute_below)
    return msgspec.defstruct("Shape", fields, rename=rename)
