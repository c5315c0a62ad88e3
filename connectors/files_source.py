"""How one drop folder is reached and what its files look like. Plain values, made by whoever reads the configuration.

Here: the folder with its limits, the shape of a list in XML packages or registers, and the account of each file
that was read. Not here: reading (`files_xml`, `files_excel`), moving (`files_folder`), and which files were taken
before: the connector asks that and remembers nothing. Logins stand in fields that no repr shows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from connectors.contract import StreamSpec
from connectors.rest_source import Clock

Outcome = Literal["taken", "rejected", "known"]
CONTACT = "Địa chỉ, số điện thoại"  # the register's title of its column with two things in one cell


def _never(_sha256: str) -> bool:
    return False


def _nothing(_package: str) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class FilesSource:
    """One drop folder of one sender.

    url: folder or fsspec URL, without a password; options: what fsspec needs to log in, as text.
    pattern: file names, any case; several are separated by "|": "*.xml|*.zip".
    archive, reject: folders below `url` ("../done" is beside it); "" leaves the files where they are.
    settle_s: a file counts when it is that old, or when `<name>.done` or `<name>.ok` stands beside it.
    max_file_bytes: of one file; max_unpacked_bytes: of what a zip or workbook unpacks to; max_record_bytes: how much
        XML may pass without a record ending, which bounds memory; max_pull_bytes: what one pull copies at most.
    max_records: of one file.  timeout_s: silence of the folder;  budget_s: the time of one pull.
    known: whether a file of this SHA-256 was taken from this source before.
    package_sha: SHA-256 of the XML document in which a package of that id was taken before, None when it was not.
    """

    name: str
    url: str
    pattern: str = "*.xml"
    options: Mapping[str, str] = field(default_factory=dict, repr=False)
    archive: str = "archive"
    reject: str = "reject"
    settle_s: float = 60.0
    max_file_bytes: int = 200 * 1024 * 1024
    max_unpacked_bytes: int = 512 * 1024 * 1024
    max_record_bytes: int = 4 * 1024 * 1024
    max_pull_bytes: int = 2 * 1024 * 1024 * 1024
    max_records: int = 500_000
    timeout_s: float = 60.0
    budget_s: float = 600.0
    known: Callable[[str], bool] = field(default=_never, repr=False)
    package_sha: Callable[[str], str | None] = field(default=_nothing, repr=False)
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        if not self.url or urlsplit(self.url).password:
            raise ValueError(f"source {self.name}: url must name a folder and hold no password (options does)")
        if not all(self.pattern.split("|")):
            raise ValueError(f"source {self.name}: pattern must hold file names such as *.xml, separated by |")


@dataclass(frozen=True, slots=True)
class PackageNames:
    """What the header of a package calls its parts; a name "" is not asked for.

    id: the package's own number.  sent_at: its manifest time, written as the stream's `cursor_format`.
    count: the number of records.  entries: path of the manifest's entries in the header, `number` and `digest`
    their attributes: the record's key and the SHA-256 of its exclusive canonical form.
    """

    id: str = "MaGoi"
    agency: str = "MaDonVi"
    sent_at: str = "NgayGui"
    count: str = "SoLuong"
    entries: str = "Manifest/Muc"
    number: str = "MaHoSo"
    digest: str = "SHA256"


@dataclass(frozen=True, slots=True)
class FilesStream(StreamSpec):
    """One list of records in the files of a folder; key is dotted paths inside a record.

    The version of a record is the manifest time of its file, so `version` is not asked for; `cursor_format` is how
    that time is written. zone: where a workbook's own time is told in.
    lists, groups: dotted paths that hold lists of items, and paths that hold members (see `shape_of_paths`): so one
        item is a list of one, and an empty group is an empty group and not an empty text.
    record, header: paths below the root element; namespaces: prefix → URI ("" for names without a prefix).
    schema: an XSD whose root declares one record element; None is no validation.
    carry: fields of the header that each record gets as members of its own, for example the agency.
    headers: field → accepted titles of its column; "A / B" is the sub-title B below the group title A.
    sheets: expression for the names of sheets to read; "" is all that hold the header.
    preamble: field → labels above the header whose values each record gets; a label that ends in * takes its cell.
    identity: fields that tell rows without a key apart, the last of them being the ordinal.
    contact: the field with address and telephone in one cell; it is kept, and split into the fields `split`.
    """

    cursor_format: str | None = "%Y%m%d%H%M%S"
    kind: Literal["xml", "excel"] = "xml"
    zone: str = "Asia/Ho_Chi_Minh"
    lists: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    record: str = "DanhSachHoSo/HoSo"
    header: str = "TieuDe"
    namespaces: Mapping[str, str] = field(default_factory=dict)
    schema: str | None = None
    package: PackageNames = PackageNames()
    carry: tuple[str, ...] = ()
    headers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sheets: str = ""
    preamble: Mapping[str, Sequence[str]] = field(default_factory=dict)
    identity: tuple[str, ...] = ("Năm", "Quyển số", "TT")
    contact: str = CONTACT
    split: tuple[str, str] = ("Địa chỉ", "Điện thoại")

    @property
    def key_paths(self) -> tuple[str, ...]:
        """The paths of the key; () when records have none."""
        return ((self.key,) if self.key else ()) if isinstance(self.key, str) else self.key


@dataclass(frozen=True, slots=True)
class Package:
    """A package that was found in a file: its id and the SHA-256 of its XML document."""

    id: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Original:
    """What became of one file.

    sha256, size: of its bytes; sha256 is "" when the file is larger than allowed and was not read to its end.
    version: its manifest time, "" when it has none.    outcome: `known` is a file whose contents were taken before.
    code, reason: why it was rejected, the reason in Vietnamese; for a taken file what is odd about it, or "".
    packages: for the consumer to remember, so that `FilesSource.package_sha` can answer.
    read: the bytes, until the connector is closed; b"" for a file larger than allowed.
    """

    sha256: str
    name: str
    size: int
    version: str
    outcome: Outcome
    reason: str
    read: Callable[[], bytes] = field(repr=False)
    code: str = ""
    packages: tuple[Package, ...] = ()


def shape_of_paths(paths: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    """`lists` and `groups` of a stream out of a mapping's paths: `A.B[].C` says that A.B is a list of groups."""
    lists, groups = set(), set()
    for path in paths:
        here = ""
        parts = path.split(".")
        for place, part in enumerate(parts):
            name = re.sub(r"\[\d*\]$", "", part)
            here = f"{here}.{name}" if here else name
            if name != part:
                lists.add(here)
            if place < len(parts) - 1:
                groups.add(here)
    return frozenset(lists), frozenset(groups)
