"""A commune's drop folder, as the conformance suite wants it: a package per moment, written before each pull.

Here: the folder and its failures. Not here: what a package looks like (`package_writer`). XML has no NUL, so a
sender can only replace it; the version of a record is the manifest time of its package.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec

from connectors.contract import Page, Window
from connectors.files import FilesConnector
from connectors.files_source import FilesSource, FilesStream
from tests.connectors.faulty_folder import relent, silence, strike
from tests.connectors.package_writer import Parcel, dossier
from tests.connectors.served import Fault, Row
from tests.connectors.served_rest import FastClock

PASSWORD = "Mật khẩu/+&% 1"


class ServedFiles:
    """The folder; `ServedSource` of the suite. Ten packages of one record stand for a page."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="tthc-files-"))
        self.rows: list[Row] = []
        self.secrets = (PASSWORD,)
        self.over = threading.Event()
        self.url = strike(str(self.folder), self._strike)
        self._faults: dict[Fault, list[int]] = {}  # page and times left

    # What the suite asks for

    def stream(self, **changes: Any) -> FilesStream:
        spec = FilesStream("dossiers", key="MaHoSo", cursor_format="%Y-%m-%dT%H:%M:%S.%f", page_size=10)
        return replace(spec, **changes)

    def source(self, **changes: Any) -> FilesSource:
        source = FilesSource(
            "commune-1", self.url, settle_s=0, timeout_s=0.25, clock=FastClock().clock(), max_record_bytes=1 << 20
        )
        return replace(source, **changes)

    def connector(self) -> FilesConnector:
        return _Writing(self)

    def payload(self, row: Row) -> bytes:
        record = {"#v": 1, "ChuHoSo": _text(row), "SoBoHoSo": "1"} | ({"MaHoSo": row.key} if row.key else {})
        return msgspec.json.encode(record, order="deterministic")

    def misbehave(self, fault: Fault, *, page: int = 1, times: int = 1_000_000) -> None:
        self._faults[fault] = [page, times]

    def close(self) -> None:
        self.over.set()
        relent(str(self.folder))
        shutil.rmtree(self.folder, ignore_errors=True)

    # How it behaves

    def write(self) -> None:
        """The folder as the rows are now."""
        shutil.rmtree(self.folder, ignore_errors=True)
        if Fault.DEAD in self._faults:
            return
        self.folder.mkdir()
        ordered = sorted(self.rows, key=lambda row: row.version or "")
        for version, rows in groupby(ordered, key=lambda row: row.version):
            records = [dossier(row.key, ChuHoSo=_text(row), SoBoHoSo="1") for row in rows]
            name = (version or "none").replace(":", "")
            (self.folder / f"{name}.xml").write_bytes(Parcel(records, id=f"P-{name}", sent_at=version).document())

    def _strike(self, path: str) -> int | None:
        names = sorted(file.name for file in self.folder.iterdir())
        page = names.index(Path(path).name) // 10 + 1
        size = Path(path).stat().st_size
        for fault, (wanted, left) in self._faults.items():
            if left > 0 and wanted == page and fault in (Fault.CUT, Fault.SLOW, Fault.GARBLED):
                self._faults[fault][1] -= 1
                if fault is Fault.CUT:
                    raise ConnectionResetError(f"reset while {PASSWORD} was on its way")
                if fault is Fault.SLOW:
                    silence(self.over)
                return size // 2
        return None


class _Writing(FilesConnector):
    """Writes the folder before it reads it."""

    def __init__(self, served: ServedFiles) -> None:
        super().__init__(served.source())
        self._served = served

    def pages(self, stream: FilesStream, window: Window) -> Iterator[Page]:
        self._served.write()
        yield from super().pages(stream, window)


def _text(row: Row) -> str:
    return row.text.replace("\0", "\N{REPLACEMENT CHARACTER}")
