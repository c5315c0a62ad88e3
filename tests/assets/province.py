"""Two sources in memory behind the real stations: what a test says they hold is pulled, loaded and reconciled.

Here: a connector without a wire and a hub that uses it. Not here: what must come out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from connectors.contract import Check, Page, StreamSpec, Window
from connectors.errors import SourceError
from hub import landing, ledger
from hub.application import Hub
from hub.landing import Landing
from hub.registry import Source
from hub.settings import Settings
from tests.conftest import two_systems

APPLICANT = "Lê Thị Bí Mật"
IDENTITY = "038199012345"
UPDATED = "20220916100000"


def dossier(number: int, **values: object) -> dict[str, object]:
    """A finished dossier as DongBoHoSoMC carries it, with only what is needed; `values` replace or add fields."""
    return {
        "MaHoSo": f"000.00.31.H56-220915-{number:04d}",
        "MaTTHC": "1.001193",
        "TenTTHC": "Đăng ký khai sinh",
        "ChuHoSo": APPLICANT,
        "SoGiayToChuHoSo": IDENTITY,
        "LoaiDoiTuong": "1",
        "NgayTiepNhan": "20220915080000",
        "NgayHenTra": "20220920170000",
        "NgayKetThucXuLy": "20220916090000",
        "TrangThaiHoSo": "9",
        "KenhThucHien": "1",
        "NgayCapNhat": UPDATED,
    } | values


@dataclass
class Said:
    """What each source holds: dossiers, or the error that it answers with."""

    portal: list[dict[str, object]] | SourceError = field(default_factory=list)
    national: list[dict[str, object]] | SourceError = field(default_factory=list)


@dataclass
class InMemory:
    """A connector whose dossier stream is one page; its other streams are empty."""

    held: list[dict[str, object]] | SourceError

    def check(self) -> list[Check]:
        return []

    def pages(self, stream: StreamSpec, window: Window) -> Iterator[Page]:
        if isinstance(self.held, SourceError):
            raise self.held
        records = self.held if stream.name == "dossier" else []
        yield Page(
            keys=[str(record["MaHoSo"]) for record in records],
            versions=[str(record["NgayCapNhat"]) for record in records],
            payloads=[json.dumps(record, ensure_ascii=False).encode() for record in records],
            cursor=UPDATED if records else None,
        )

    def close(self) -> None:
        """Nothing is open."""


@dataclass
class ProvinceHub(Hub):
    """The hub with sources in memory instead of on the wire; everything behind the connector is real."""

    said: Said = field(default_factory=Said)

    def land(
        self, sources: Sequence[Source], since: str | None = None, until: str | None = None, insist: bool = False
    ) -> list[ledger.Pull]:
        def connect(source: Source, settings: Settings) -> InMemory:
            return InMemory(getattr(self.said, source.source_id))

        return landing.land(
            Landing(self.warehouse, self.store, self.settings, since, until, connect, insist=insist), sources
        )


def settings_of(home: Path) -> Settings:
    """The two shipped sources and all mappings, everything else in a folder of the test."""
    shipped = Path(landing.__file__).parents[1] / "schemas"
    return Settings(home, two_systems(home / "declared"), shipped / "mappings", str(home / "raw"))
