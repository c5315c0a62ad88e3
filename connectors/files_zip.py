"""Archives from outside: opened only after their directory of entries was found harmless.

Here: the limits of entries, unpacked size and ratio for zips of packages and for workbooks, which are zips, too.
Not here: what the entries hold. A zip bomb says in its directory how large it becomes, and Python never unpacks
more of an entry than the directory says; so everything is refused before a byte is unpacked.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from connectors.files_reject import Rejected

MAX_ENTRIES = 2000
MAX_RATIO = 200  # sheets full of equal rows reach about 60; deflate itself ends at 1032
_RATIO_FROM_BYTES = 1024 * 1024  # small entries may be as repetitive as they like
_ENCRYPTED = 0x1
# What zlib, the zip directory and damaged entries raise; an unknown way of packing included.
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, KeyError, RuntimeError)


@contextmanager
def opened(file: BinaryIO, limit_bytes: int, broken: str = "BAD_ZIP") -> Iterator[zipfile.ZipFile]:
    """The archive within its limits. Raises Rejected: `broken`, ZIP_BOMB."""
    try:
        archive = zipfile.ZipFile(file)
    except BROKEN:
        raise Rejected(broken) from None
    with archive:
        entries = archive.infolist()
        if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > limit_bytes:
            raise Rejected("ZIP_BOMB")
        for entry in entries:
            if entry.file_size > _RATIO_FROM_BYTES and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
                raise Rejected("ZIP_BOMB")
        if any(entry.flag_bits & _ENCRYPTED for entry in entries):
            raise Rejected(broken)
        if len({entry.header_offset for entry in entries}) < len(entries):  # entries that share bytes: a bomb's trick
            raise Rejected("ZIP_BOMB")
        yield archive


def documents(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The XML documents of a zip of packages, by name. Raises Rejected when it holds anything else, or nothing."""
    files = sorted((entry for entry in archive.infolist() if not entry.is_dir()), key=lambda entry: entry.filename)
    if not files or any(not entry.filename.lower().endswith(".xml") for entry in files):
        raise Rejected("BAD_ZIP")
    return files
