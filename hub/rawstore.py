"""The raw store: what the sources said, byte for byte, in content-addressed Parquet files.

Here: writing one file out of many sources' records, reading a range of rows back, finding files that nobody
points to. Not here: which rows belong to whom (the ledger) and what they mean (standardise).

The name of a file is the SHA-256 over its sorted (source, stream, key, payload hash): no times in it, so the same
content has the same address wherever and whenever it is written. A file without a ledger row is an orphan and
harmless: a killed run leaves some, `hub warehouse orphans` collects them.
"""

from __future__ import annotations

import hashlib
import os
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import fsspec
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from fsspec.implementations.local import LocalFileSystem

from hub.errors import HubError

ORIGINALS = "originals"  # the folder of files as they were dropped, by their hash
FLUSH_BYTES = 64 * 1024 * 1024  # one file per 64 MB of payload: 600 sources do not make millions of tiny files
FLUSH_SECONDS = 60.0
GROUP_BYTES = 4 * 1024 * 1024  # a reader that wants one small source decodes one row group, not the file
_AT_ONCE = 10_000  # records that are hashed together
SCHEMA = pa.schema(
    [
        ("source_id", pa.string()),
        ("stream", pa.string()),
        ("source_key", pa.string()),
        ("version", pa.string()),
        ("payload_hash", pa.binary()),
        ("payload", pa.binary()),
    ]
)
_OWN = {"source_key": pl.String, "version": pl.String, "payload_hash": pl.Binary, "payload": pl.Binary}


@dataclass(frozen=True)
class Records:
    """Records of one stream as parallel columns; `hashes` are SHA-256 of the content."""

    keys: list[str]
    versions: list[str]
    hashes: list[bytes]
    payloads: list[bytes]

    def taken(self, rows: list[int]) -> Records:
        """Only these rows; all of them are given back as they are."""
        if len(rows) == len(self.keys):
            return self
        columns = (self.keys, self.versions, self.hashes, self.payloads)
        return Records(*([column[row] for row in rows] for column in columns))  # type: ignore[arg-type]


@dataclass(frozen=True)
class RawStore:
    """Files below `url`, any fsspec URL; a plain path is a folder on this machine."""

    url: str = field(repr=False)

    def opened(self) -> tuple[fsspec.AbstractFileSystem, str]:
        """The file system and the folder in it."""
        fs, root = fsspec.url_to_fs(self.url)
        return fs, str(root).rstrip("/")

    @property
    def shown(self) -> str:
        """The address for people, without the login that it may hold."""
        return re.sub(r"//[^/@]*@", "//", self.url)

    def read(self, name: str, first_row: int, row_count: int, chunk: int = 50_000) -> Iterator[pl.DataFrame]:
        """The rows of a range in order, in frames of at most `chunk` rows, with their number in the range (`raw_row`).

        Raises HubError when the file is missing or damaged: a part of the primary data is gone, restore it.
        """
        fs, root = self.opened()
        try:
            with fs.open(f"{root}/{name}", "rb") as handle:
                yield from _slices(pq.ParquetFile(handle, page_checksum_verification=True), first_row, row_count, chunk)
        except (OSError, pa.ArrowException) as error:
            raise HubError(
                f"raw file {name} in {self.shown} cannot be read ({type(error).__name__})",
                "the raw store is primary data: restore this file from the backup",
            ) from error

    def keep(self, sha256: str, content: Callable[[], bytes]) -> None:
        """Write the original of a file under its hash, once. Raises HubError when the store cannot be written."""
        fs, root = self.opened()
        path = f"{root}/{ORIGINALS}/{sha256[:2]}/{sha256}"
        try:
            if not fs.exists(path):
                fs.makedirs(path.rpartition("/")[0], exist_ok=True)
                part = f"{path}.{uuid.uuid4().hex}.part"
                with fs.open(part, "wb") as handle:
                    handle.write(content())
                fs.mv(part, path)
        except OSError as error:
            raise HubError(
                f"raw store {self.shown} cannot be written ({error.strerror or type(error).__name__})",
                "free space or open the folder, then run again: nothing was recorded, nothing is lost",
            ) from error

    def names(self) -> set[str]:
        """All files of records in the store, unfinished parts included; originals are not among them."""
        fs, root = self.opened()
        if not fs.exists(root):
            return set()
        found = {str(path).removeprefix(root).lstrip("/") for path in fs.find(root)}
        return {name for name in found if not name.startswith(f"{ORIGINALS}/")}

    def remove(self, names: set[str]) -> None:
        """Delete files (orphans only: the caller has asked the ledger)."""
        fs, root = self.opened()
        for name in sorted(names):
            fs.rm(f"{root}/{name}")


class RawWriter:
    """One file in the making: takes records of one source after the other, writes them group by group.

    Memory is bounded by a group, not by the file. Not for several threads at once.
    """

    def __init__(self, store: RawStore) -> None:
        self._store = store
        self._part = ""
        self._file: Any = None
        self._out: pq.ParquetWriter | None = None
        self._held: list[pa.Table] = []
        self._held_bytes = 0
        self._addresses: list[tuple[str, str, str, bytes]] = []
        self.ranges: list[tuple[str, str, int, int]] = []
        self.size = 0

    def __len__(self) -> int:
        return len(self._addresses)

    def add(self, source_id: str, stream: str, records: Records) -> None:
        """Append records of one stream. Raises HubError when the store is full or cannot be written."""
        rows = len(records.keys)
        owner = [source_id] * rows, [stream] * rows
        self._held.append(_table(source_id, stream, records))  # first: what cannot be written must leave no trace
        if self.ranges and self.ranges[-1][:2] == (source_id, stream):
            _, _, first, count = self.ranges[-1]
            self.ranges[-1] = (source_id, stream, first, count + rows)
        else:
            self.ranges.append((source_id, stream, len(self), rows))
        self._addresses += zip(*owner, records.keys, records.hashes, strict=True)
        size = sum(map(len, records.payloads))
        self.size, self._held_bytes = self.size + size, self._held_bytes + size
        if self._held_bytes >= GROUP_BYTES:
            self._write_group()

    def close(self) -> str:
        """Finish the file and give its name; the same content is kept once. Raises HubError like `add`.

        A file that a killed run has left under this name may hold the same rows in another order: its ranges become
        those of this writer. One that is damaged is replaced.
        """
        self._write_group()
        with self._guarded() as (fs, root):
            assert self._out is not None
            self._out.close()
            self._file.flush()
            if isinstance(fs, LocalFileSystem):
                os.fsync(self._file.fileno())
            self._file.close()
            address = _address(self._addresses)
            name = f"{address[:2]}/{address}.parquet"
            if kept := _ranges(fs, f"{root}/{name}"):
                self.ranges = kept
                fs.rm(self._part)
            else:
                fs.makedirs(f"{root}/{address[:2]}", exist_ok=True)
                fs.mv(self._part, f"{root}/{name}")
        return name

    @contextmanager
    def _guarded(self) -> Iterator[tuple[fsspec.AbstractFileSystem, str]]:
        """File system and root; an error while writing removes the unfinished part and becomes a HubError."""
        fs, root = self._store.opened()
        try:
            yield fs, root
        except OSError as error:
            if self._out is not None:
                self._out.is_open = False  # else it tries again to write when it is collected
            with suppress(OSError):
                if self._file is not None:
                    self._file.close()
            with suppress(OSError):
                fs.rm(self._part)
            raise HubError(
                f"the raw store {self._store.shown} cannot be written: {error.strerror or type(error).__name__}",
                "free disk space or mend HUB_RAW_URL, then run again: nothing was recorded, nothing is lost",
            ) from error

    def _write_group(self) -> None:
        if not self._held and self._out is not None:
            return
        with self._guarded() as (fs, root):
            if self._out is None:
                self._part = f"{root}/part/{uuid.uuid4().hex}"
                fs.makedirs(f"{root}/part", exist_ok=True)
                self._file = fs.open(self._part, "wb")
                self._out = pq.ParquetWriter(
                    self._file,
                    SCHEMA,
                    compression="zstd",
                    compression_level=1,
                    use_dictionary=["source_id", "stream"],
                    write_statistics=False,
                    write_page_checksum=True,
                )
            table = pa.concat_tables(self._held) if self._held else SCHEMA.empty_table()
            self._out.write_table(table)
        self._held, self._held_bytes = [], 0


def _table(source_id: str, stream: str, records: Records) -> pa.Table:
    """The records as a table of the schema. Out of polars: out of Python's lists, pyarrow would first load pandas."""
    values = [records.keys, records.versions, records.hashes, records.payloads]
    own = pl.DataFrame(dict(zip(SCHEMA.names[2:], values, strict=True)), schema=_OWN)
    columns = [pl.lit(source_id).alias("source_id"), pl.lit(stream).alias("stream"), pl.all()]
    return own.select(columns).to_arrow().cast(SCHEMA)


def _address(records: list[tuple[str, str, str, bytes]]) -> str:
    """SHA-256 over the sorted (source, stream, key, payload hash)."""
    digest = hashlib.sha256()
    ordered = sorted(records)
    for start in range(0, len(ordered), _AT_ONCE):
        some = ordered[start : start + _AT_ONCE]
        digest.update(b"".join([f"{s}\0{t}\0{k}\0".encode() + payload_hash for s, t, k, payload_hash in some]))
    return digest.hexdigest()


def _ranges(fs: fsspec.AbstractFileSystem, path: str) -> list[tuple[str, str, int, int]]:
    """Whose rows a file holds: source, stream, first row, number of rows; nothing when it is absent or damaged."""
    try:
        with fs.open(path, "rb") as handle:
            whole = pq.read_table(handle, page_checksum_verification=True)
    except (OSError, pa.ArrowException):
        return []
    owners = pl.DataFrame(pl.from_arrow(whole.select(["source_id", "stream"])))
    runs = owners.with_row_index("first").with_columns(run=pl.struct("source_id", "stream").rle_id())
    shown = runs.group_by("run", maintain_order=True).agg(pl.first("source_id", "stream", "first"), count=pl.len())
    return [(row[1], row[2], row[3], row[4]) for row in shown.rows()]


def _slices(file: pq.ParquetFile, first_row: int, row_count: int, chunk: int) -> Iterator[pl.DataFrame]:
    wanted, start = [], 0
    for group in range(file.num_row_groups):
        size = file.metadata.row_group(group).num_rows
        if start < first_row + row_count and start + size > first_row:
            wanted.append((group, start))
        start += size
    if start < first_row + row_count:
        raise pa.ArrowInvalid(f"{start} rows, {first_row + row_count} expected")
    rest = pl.DataFrame()
    for group, start in wanted:
        frame = pl.DataFrame(pl.from_arrow(file.read_row_group(group))).with_row_index("raw_row", offset=start)
        low, high = max(first_row - start, 0), min(first_row + row_count - start, frame.height)
        rows = frame.slice(low, high - low).with_columns(pl.col("raw_row").cast(pl.Int64) - first_row)
        rest = pl.concat([rest, rows]) if rest.height else rows
        whole = rest.height - rest.height % chunk
        yield from rest.head(whole).iter_slices(chunk)
        rest = rest.tail(rest.height - whole)
    if rest.height:
        yield rest
