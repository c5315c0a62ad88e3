"""Drop folders that the shipped mappings understand: packages of a commune, and its register.

Here: folders and right files. Not here: faults (`strikes_files.py`), failing file systems (`faulty_folder`).
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

from connectors.contract import Connector
from connectors.files import FilesConnector
from connectors.files_source import FilesSource
from hub.mapping import Mapping
from hub.originals import Taken
from hub.settings import Settings
from hub.source import Family, Source
from tests.connectors.package_writer import Parcel, dossier
from tests.connectors.register_writer import form, row, workbook
from tests.faults.experiment import FAST
from tests.landing.memory import Hall
from tests.standardise.chunk import mapping

PACKAGES = 3
IN_PACKAGE = 5
SETTLE_S = 60.0
SECRET = "mật khẩu sftp 3"


def number(package: int, place: int) -> str:
    return f"000.00.12.H56-240315-{package * IN_PACKAGE + place:04}"


def element(package: int, place: int, **changes: str) -> str:
    """One right HoSo element; `changes` are laid over it."""
    fields = {"MaTTHC": "1.001193", "TenTTHC": "Đăng ký khai sinh", "ChuHoSo": "Lê Thị Bưởi"}
    fields |= {"SoGiayToChuHoSo": "038190004321", "NgayTiepNhan": "20240315083000", "TrangThaiHoSo": "4"}
    return dossier(number(package, place), **(fields | changes))


def parcel(package: int, **changes: Any) -> Parcel:
    """A right package; `changes` are of the parcel."""
    records = [element(package, place) for place in range(IN_PACKAGE)]
    usual = {"id": f"P-{package}", "sent_at": f"2024031617{package:02}00"}
    return Parcel(changes.pop("records", records), **(usual | changes))


class IllFiles:
    """What the folders have in common. changes: of the source, while it is struck."""

    family: Family = "files"
    secrets: tuple[str, ...] = (SECRET,)
    mapping_name = "goi_ho_so_xml"
    pattern = "*.xml|*.zip"

    def __init__(self, hall: Hall) -> None:
        self._hall = hall
        self.home = Path(tempfile.mkdtemp(prefix="tthc-drop-"))
        self.folder = self.home

    def begin(self, name: str) -> Mapping:
        self.budget_s = 10.0
        self.changes: dict[str, Any] = {}
        self.folder = self.home / (name or "none")
        self.folder.mkdir()
        self.fill()
        return mapping(self.mapping_name)

    def fill(self) -> None:
        """All files as they should be."""
        for package in range(PACKAGES):
            self.put(f"{package}.xml", parcel(package).document())

    def put(self, name: str, content: bytes, age_s: float = 3600) -> Path:
        """A file that was written some seconds ago."""
        file = self.folder / name
        file.write_bytes(content)
        moment = time.time() - age_s
        os.utime(file, (moment, moment))
        return file

    def keys(self) -> set[str]:
        return {number(package, place) for package in range(PACKAGES) for place in range(IN_PACKAGE)}

    def url(self) -> str:
        return str(self.folder)

    def connect(self, source: Source, settings: Settings) -> Connector[Any]:
        taken = Taken(source.source_id, lambda: self._hall.warehouse.begin("loader"))
        usual: dict[str, Any] = {"url": self.url(), "pattern": self.pattern, "settle_s": SETTLE_S, "clock": FAST}
        usual |= {"known": taken.known, "package_sha": taken.package_sha, "budget_s": self.budget_s, "timeout_s": 5.0}
        return FilesConnector(FilesSource(source.source_id, **(usual | self.changes)))

    def close(self) -> None:
        shutil.rmtree(self.home)


class IllRegister(IllFiles):
    """A commune's register, a workbook of one sheet."""

    mapping_name = "so_theo_doi_excel"
    pattern = "*.xlsx|*.xls|*.xlsm"

    def fill(self) -> None:
        self.put("so.xlsx", self.workbook())

    def workbook(self) -> bytes:
        """The register as it should be."""
        rows = [row(place + 1, number(0, place)) for place in range(IN_PACKAGE)]
        return workbook(lambda sheet: form(sheet, rows))

    def keys(self) -> set[str]:
        return {number(0, place) for place in range(IN_PACKAGE)}
