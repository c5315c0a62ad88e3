"""A folder that fails on purpose: cut, silent and garbled reads, files that vanish or must not be read.

Here: a file system over real local files that can be told to fail. Not here: anything that works. Failures of
network drives cannot be had on demand, so these are the mocks that are allowed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import fsspec
from fsspec.implementations.local import LocalFileSystem

# What happens when a file of that name is opened; gives how many bytes may be read, or raises.
Strike = Callable[[str], int | None]
_STRIKES: dict[str, Strike] = {}


class FaultyFileSystem(LocalFileSystem):
    """`faulty:///folder?` is a local folder whose opening of files is struck by what `strike` was given."""

    protocol = "faulty"
    cachable = False

    def _open(self, path: str, mode: str = "rb", **kwargs: Any) -> Any:
        file = super()._open(path, mode, **kwargs)
        if mode != "rb":
            return file
        allowed = next((strike(path) for folder, strike in _STRIKES.items() if path.startswith(folder)), None)
        return file if allowed is None else _Short(file, allowed)


class _Short:
    def __init__(self, file: Any, allowed: int) -> None:
        self._file, self._allowed = file, allowed

    def read(self, size: int) -> bytes:
        chunk = self._file.read(min(size, self._allowed))
        self._allowed -= len(chunk)
        return chunk

    def close(self) -> None:
        self._file.close()


def strike(folder: str, how: Strike) -> str:
    """Let files of the folder fail; the URL under which they do."""
    _STRIKES[folder] = how
    return f"faulty://{folder}"


def relent(folder: str) -> None:
    _STRIKES.pop(folder, None)


def silence(over: threading.Event) -> None:
    """Say nothing until the test is over."""
    over.wait(20)


fsspec.register_implementation("faulty", FaultyFileSystem, clobber=True)
