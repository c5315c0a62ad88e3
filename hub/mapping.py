"""What a mapping file means, as validated objects.

Here: the shapes (frozen structs) of `schemas/mappings/*.yml` that connectors and standardising read.
Not here: reading YAML and its errors (`hub/registry.py`), the canonical fields (`schemas/fields.py`),
turning text into values (`hub/standardise`).

A source path is a name, or names joined by dots; `A[0].B` takes the first item of a list, `A[].B` the texts of
all items. Several paths for one field: the first that is not empty wins.

A mapping may extend one other of its folder: what it says is laid over the other's entries, lists replace lists.

`distortions` are what a sending software is known to falsify; standardising flags the values they may concern, so
that nobody takes them for evidence. Those of the provincial one-stop system towards the national interface (DVCQG):
    status_9                5, 6 and 8 travel as 9, too: finished is not said
    submitted_is_received   NgayNopHoSo repeats NgayTiepNhan
    submission_place_2      NoiNopHoSo is always 2
    payment_1_3             DuocThanhToanTrucTuyen is 1 or 3, whatever the way of payment
    result_file             a missing result file is replaced by the first submitted one
    linked_database_7       DSKetNoiCSDL is always database 7
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Distortion = Literal[
    "status_9", "submitted_is_received", "submission_place_2", "payment_1_3", "result_file", "linked_database_7"
]


class Success(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a body says that it is an answer: the value at `path` is one of `accept` (compared as text)."""

    path: str
    accept: list[str]
    absent: bool = False
    message: str = ""


class Paging(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a list is read page by page. `first`: number of the first page, or offset of the first record.

    `next_cursor` is the path of the next cursor in the envelope.
    """

    kind: Literal["page_number", "offset", "cursor", "none"]
    first: int = 1
    next_cursor: str = ""


class Read(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="family", tag="rest"):
    """Where the records of a stream are, family rest.

    path: below the source's base_url.       records, total: paths in the answer; no records means a bare list.
    params, body: what is sent, with fields in braces: {since} {until} {size} anywhere, and {page} {offset} {end}
        {cursor} alone, as a parameter or as an entry of the body. What has no value is not sent.
    order: "ascending" when the source sorts by version.
    sweep: parameters that list the records without a version, which no window contains.
    """

    path: str
    method: Literal["GET", "POST"] = "GET"
    params: dict[str, str] = {}
    body: Any = None
    records: str = ""
    total: str = ""
    success: Success | None = None
    paging: Paging = Paging(kind="none")
    order: Literal["ascending", ""] = ""
    sweep: dict[str, str] | None = None


class OdbcRead(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="family", tag="odbc"):
    """Where the records of a stream are, family odbc.

    sql: a SELECT without ORDER BY and paging, names quoted as ANSI says; the connector lays windows and pages around
        it. Its output columns are the record's fields; key and version of the stream name some of them.
    variants: the same SELECT for one dialect (tsql, postgres, mariadb, sqlite) that the ANSI text does not suit.
    cursor, identity: what kind of value the version and the key are, since each dialect compares them its own way.
    """

    sql: str
    variants: dict[str, str] = {}
    cursor: Literal["time", "integer", "text"] = "time"
    identity: Literal["text", "integer", "uuid"] = "text"


class Package(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the header of an XML package calls its parts; see `connectors.files_source.PackageNames`."""

    id: str = "MaGoi"
    agency: str = "MaDonVi"
    sent_at: str = "NgayGui"
    count: str = "SoLuong"
    entries: str = "Manifest/Muc"
    number: str = "MaHoSo"
    digest: str = "SHA256"


class FilesRead(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="family", tag="files"):
    """Where the records of a stream are, family files; see `connectors.files_source.FilesStream`.

    kind: xml packages or excel registers.
    record, header: paths of the record elements and of the header below the root; package: what the header says.
    carry: fields of the header that each record gets.         namespaces: prefix → URI.
    xsd: file of `schemas/xsd` that each record element has to satisfy.
    titles: field → accepted titles of its column; "A / B" is B under the merged title A.
    preamble: field → labels in the rows above the table, whose value every row of the sheet shares.
    sheets: expression for the names of the sheets to read.
    identity: fields that tell rows without a key apart, the ordinal last.
    contact, split: the column with address and telephone in one cell, and the two fields that it is split into.
    """

    kind: Literal["xml", "excel"]
    record: str = ""
    header: str = ""
    package: Package = Package()
    carry: list[str] = []
    namespaces: dict[str, str] = {}
    xsd: str = ""
    titles: dict[str, list[str]] = {}
    preamble: dict[str, list[str]] = {}
    sheets: str = ""
    identity: list[str] = []
    contact: str = ""
    split: list[str] = []


class Parent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a child record of a stream of its own names its dossier: by the dossier's source key or by its number."""

    dossier_no: str = ""
    source_key: str = ""


class Child(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A list inside a record. Its items are keyed (parent key, path, key, occurrence); no key means the ordinal.

    constant: columns that no source field feeds, like document_kind.
    """

    record_type: str
    path: str
    fields: dict[str, list[str]]
    key: list[str] = []
    constant: dict[str, str] = {}
    ignore: list[str] = []
    required: list[str] = []


class Implied(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A status that a filled field stands for, where the source has none: the result was handed over, so it is 10."""

    field: str
    status: int


class Tombstone(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A message that says that a record is gone: the value at `path` is one of `values`, compared as text.

    Such a message may hold nothing but the key; std keeps the last image that it had.
    """

    path: str
    values: list[str]


class Census(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a stream is asked what it holds, to compare it with std.

    agency, day, status: source paths by which both sides are counted; day is the version, or feeds received_at.
    walk: the list itself is read to its end for the keys, which costs the source a full pull (family rest).
    listing: a shorter list of the vendor's that holds keys and versions; key, version: their paths there, if other than
        those of the stream.
    """

    agency: str = ""
    day: str = ""
    status: str = ""
    walk: bool = False
    listing: Read | None = None
    key: list[str] = []
    version: str = ""


class Stream(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Records of one type with a cursor of their own.

    key: paths of the source's key.           version: path of the record's cursor, cursor_format its strptime form.
    deleted: path that is filled when the record is deleted.     volatile: paths that change without a change.
    tombstone: which messages say that a record is gone.          census: how the source is asked what it holds.
    required: canonical fields without which a record is quarantined.   ignore: paths that are known and not wanted.
    constant: columns that no source field feeds, as of a child.
    implied_status: for a source without status: the first entry whose field is filled.
    procedure_by_name: for a source without codes: how near the name must be to one of the catalogue, in hundredths
        (92 is a likeness of 0.92); 0 looks for no name.
    """

    record_type: str
    read: Read | OdbcRead | FilesRead
    key: list[str]
    fields: dict[str, list[str]]
    version: str = ""
    cursor_format: str = ""
    deleted: str = ""
    tombstone: Tombstone | None = None
    census: Census | None = None
    parent: Parent | None = None
    required: list[str] = []
    volatile: list[str] = []
    ignore: list[str] = []
    constant: dict[str, str] = {}
    implied_status: list[Implied] = []
    procedure_by_name: int = 0
    children: list[Child] = []


class SyntheticStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A step that the sending software invents: equal text and, if given, officer and status; `reason` says why."""

    text: str
    reason: str
    officer: str = ""
    status: str = ""


class Correction(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """A reviewed repair of one source value of one canonical field, with its reason, author and date."""

    field: str
    from_: str
    to: str
    reason: str
    by: str
    on: str


class Mapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that a vendor's records mean.

    `digest` is the SHA-256 of the file (and of the one it extends), to see when a mapping has changed; set by the hub.
    """

    mapping: str
    family: Literal["rest", "odbc", "files"]
    zone: str
    streams: dict[str, Stream]
    extends: str = ""
    values: dict[str, dict[str, int]] = {}
    formats: dict[str, list[str]] = {}
    encoding: Literal["unicode", "tcvn3", "vni", "mixed"] = "unicode"
    distortions: list[Distortion] = []
    synthetic_steps: list[SyntheticStep] = []
    corrections: list[Correction] = []
    digest: str = ""
