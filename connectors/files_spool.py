"""Copies of what was read, in one unnamed temporary file: nothing of it outlives the process.

Here: the copies of original files, which are hashed while they are copied and read as often as needed, and the
records of a file that is not judged yet. Not here: where files come from (`files_folder`). Dossiers are personal
data, so nothing is ever written under a name that a killed process would leave behind; one file for all copies,
because a folder may hold more files than a process may have open.
"""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Iterator
from typing import IO, BinaryIO, cast

import msgspec

_IN_MEMORY_BYTES = 8 * 1024 * 1024
_FRAME = 256  # records that are written at once
Record = tuple[str, bytes]  # key, payload
_Encoder = msgspec.msgpack.Encoder()
_Decoder = msgspec.msgpack.Decoder(list[Record])


class Spool:
    """Appends copies and hands out readers of parts of it."""

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile(prefix="hub-", buffering=0)  # noqa: SIM115
        self.size = 0

    def write(self, chunk: bytes) -> None:
        """Append to the copy that is being made."""
        os.pwrite(self._file.fileno(), chunk, self.size)
        self.size += len(chunk)

    def forget(self, start: int) -> None:
        """Take back what was written from `start` on: the copy failed."""
        self.size = start
        os.ftruncate(self._file.fileno(), start)

    def reader(self, start: int, size: int) -> BinaryIO:
        """A seekable reader of one copy."""
        return cast(BinaryIO, io.BufferedReader(_Part(self._file, start, size), 64 * 1024))

    def read(self, start: int, size: int) -> bytes:
        """All bytes of one copy. Raises ValueError when the spool is closed."""
        if not size:
            return b""
        with self.reader(start, size) as reader:
            return reader.read()

    def close(self) -> None:
        """Give the space back."""
        self._file.close()


class _Part(io.RawIOBase):
    """One copy as a file of its own; positions are its own, so several may be read at the same time."""

    def __init__(self, file: IO[bytes], start: int, size: int) -> None:
        self._file, self._start, self._size, self._at = file, start, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError("before the beginning")
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        wanted = max(0, min(len(buffer), self._size - self._at))
        found = os.pread(self._file.fileno(), wanted, self._start + self._at)
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)


class Pending:
    """The records of one file until its envelope has been judged; small ones stay in memory."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES)  # noqa: SIM115
        self._frame: list[Record] = []
        self.count = 0

    def add(self, key: str, payload: bytes) -> None:
        """Keep one record."""
        self._frame.append((key, payload))
        self.count += 1
        if len(self._frame) >= _FRAME:
            self._write()

    def records(self) -> Iterator[Record]:
        """All records in the order in which they came."""
        self._write()
        self._file.seek(0)
        while head := self._file.read(4):
            yield from _Decoder.decode(self._file.read(int.from_bytes(head, "big")))

    def close(self) -> None:
        """Give the space back."""
        self._file.close()

    def _write(self) -> None:
        if self._frame:
            frame = _Encoder.encode(self._frame)
            self._file.write(len(frame).to_bytes(4, "big"))
            self._file.write(frame)
            self._frame = []
