"""What is done with one copied file, by kind: its manifest time first, later all its records at once.

Here: packages alone or in a zip, registers, and package ids that are known. Not here: the folder, pages and windows
(`files`). A zip is one file: if one of its documents is broken, the whole zip goes back to its sender.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from connectors.files_register import RegisterReader
from connectors.files_reject import Rejected
from connectors.files_source import FilesSource, FilesStream, Package
from connectors.files_spool import Pending
from connectors.files_xml import PackageReader
from connectors.files_zip import BROKEN, documents, opened

_CHUNK_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Copy:
    """A copied file: its name, SHA-256 and mtime (seconds since 1970)."""

    name: str
    sha256: str
    mtime: float | None


class Taking(Protocol):
    """One kind of file. Both raise Rejected."""

    def manifest_time(self, copy: Copy, file: BinaryIO) -> str:
        """When the sender made it, as the stream writes times; "" when it does not say."""
        ...

    def take(self, copy: Copy, file: BinaryIO, pending: Pending) -> tuple[tuple[Package, ...], str]:
        """Put all its records into `pending`; the packages found, and what is odd about it."""
        ...


class XmlTaking:
    """Packages, one in a file or several in a zip."""

    def __init__(self, source: FilesSource, stream: FilesStream) -> None:
        self._source = source
        self._reader = PackageReader(source, stream)
        self._ids: dict[str, str] = {}  # packages of this reading

    def manifest_time(self, copy: Copy, file: BinaryIO) -> str:
        """That of the package; of a zip, the latest."""
        return max(self._reader.manifest_time(document) for _, document in self._documents(copy, file))

    def take(self, copy: Copy, file: BinaryIO, pending: Pending) -> tuple[tuple[Package, ...], str]:
        found: dict[str, str] = {}
        for name, document in self._documents(copy, file):
            digest = copy.sha256 if not name else ""
            try:
                header = self._reader.read(document, pending.add)
            except Rejected as error:
                raise Rejected(error.code, " ".join(filter(None, (name, error.where)))) from None
            if not header.id:
                continue
            if not digest:
                document.seek(0)
                digest = _digest(document)
            taken = found.get(header.id) or self._ids.get(header.id) or self._source.package_sha(header.id)
            if taken not in (None, digest):
                raise Rejected("PACKAGE_KNOWN", name)
            found[header.id] = digest
        self._ids |= found
        return tuple(Package(*pair) for pair in found.items()), ""

    def _documents(self, copy: Copy, file: BinaryIO) -> Iterator[tuple[str, BinaryIO]]:
        if not copy.name.lower().endswith(".zip"):
            yield "", file
            return
        with opened(file, self._source.max_unpacked_bytes) as archive:
            for entry in documents(archive):
                try:
                    with archive.open(entry) as document:
                        yield entry.filename, document  # type: ignore[misc]
                except BROKEN:
                    raise Rejected("BAD_ZIP") from None


class RegisterTaking:
    """Workbooks; their time is that of their last saving, else of the file."""

    def __init__(self, source: FilesSource, stream: FilesStream) -> None:
        self._reader = RegisterReader(source, stream)

    def manifest_time(self, copy: Copy, file: BinaryIO) -> str:
        if not copy.name.lower().endswith((".xlsx", ".xls", ".xlsm")):
            raise Rejected("BROKEN_WORKBOOK")
        told = self._reader.workbook.manifest_time(file)
        return told or ("" if copy.mtime is None else self._reader.workbook.written(copy.mtime))

    def take(self, copy: Copy, file: BinaryIO, pending: Pending) -> tuple[tuple[Package, ...], str]:
        return (), self._reader.read(file, pending.add)


def _digest(document: BinaryIO) -> str:
    digest = hashlib.sha256()
    while chunk := document.read(_CHUNK_BYTES):
        digest.update(chunk)
    return digest.hexdigest()
