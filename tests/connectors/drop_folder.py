"""A drop folder in a test's own directory, and one pull of it.

Here: sources, streams and pulls with the settings that most tests of the family want. Not here: what lies in it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec

from connectors.contract import Page, Window
from connectors.errors import SourceError
from connectors.files import FilesConnector
from connectors.files_source import FilesSource, FilesStream, Original
from tests.connectors.package_writer import Parcel

XSD = str(Path(__file__).parents[2] / "schemas" / "xsd" / "goi_ho_so.xsd")
WHOLE = Window()
DOSSIERS = FilesStream("dossiers", key="MaHoSo", lists=frozenset({"DanhSachLePhi.LePhi"}), schema=XSD)


@dataclass
class Pulled:
    """What one pull gave."""

    pages: list[Page] = field(default_factory=list)
    originals: dict[str, Original] = field(default_factory=dict)
    error: SourceError | None = None

    @property
    def records(self) -> list[dict[str, Any]]:
        return [msgspec.json.decode(payload) for page in self.pages for payload in page.payloads]

    @property
    def keys(self) -> list[str]:
        return [key for page in self.pages for key in page.keys]

    @property
    def versions(self) -> list[str]:
        return [version for page in self.pages for version in page.versions]

    @property
    def refused(self) -> list[str]:
        return [sentence for page in self.pages for sentence in page.refused]

    @property
    def cursor(self) -> str | None:
        return self.pages[-1].cursor if self.pages else None

    @property
    def outcomes(self) -> dict[str, str]:
        return {name: original.code or original.outcome for name, original in self.originals.items()}


class Drop:
    """The folder of one sender, and the hub's memory of what it took."""

    def __init__(self, path: Path, stream: FilesStream = DOSSIERS, **changes: Any) -> None:
        self.path, self.stream = path, stream
        self.taken: set[str] = set()
        self.packages: dict[str, str] = {}
        source = FilesSource(
            "commune-1",
            str(path),
            pattern="*.xml|*.zip",
            known=self.taken.__contains__,
            package_sha=self.packages.get,
        )
        self.source = replace(source, **changes)

    def put(self, name: str, content: bytes | Parcel, age_s: float = 3600) -> Path:
        file = self.path / name
        file.write_bytes(content.document() if isinstance(content, Parcel) else content)
        moment = time.time() - age_s
        os.utime(file, (moment, moment))
        return file

    def pull(
        self,
        window: Window = WHOLE,
        settle: bool = True,
        during: Callable[[Page], None] = lambda page: None,
        **changes: Any,
    ) -> Pulled:
        """One pull; with `settle`, the hub commits and remembers."""
        pulled = Pulled()
        connector = FilesConnector(replace(self.source, **changes))
        try:
            try:
                for page in connector.pages(self.stream, window):
                    pulled.pages.append(page)
                    during(page)
            except SourceError as error:
                pulled.error = error
            pulled.originals = {original.name: original for original in connector.originals()}
            if settle:
                for original in pulled.originals.values():
                    if original.outcome == "taken":
                        self.taken.add(original.sha256)
                        self.packages |= {package.id: package.sha256 for package in original.packages}
                connector.settle(True)
        finally:
            connector.close()
        return pulled

    def names(self, folder: str = "") -> list[str]:
        where = self.path / folder
        return sorted(file.name for file in where.iterdir() if file.is_file()) if where.is_dir() else []
