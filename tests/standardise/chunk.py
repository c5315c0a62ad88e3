"""Chunks of raw records for the tests of standardising: one plain dossier, and what a test changes in it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
import polars as pl

from hub.mapping import Child, Mapping
from hub.registry import load_mapping
from hub.standardise.findings import Findings
from hub.standardise.protect import Hasher
from hub.standardise.records import Context, Raw, Result, standardise
from hub.standardise.reference import shipped

HASHER = Hasher(b"a key that only the tests have..", 7)
reference = cache(shipped)

DOSSIER: dict[str, Any] = {
    "MaHoSo": "000.00.40.H56-220905-0007",
    "MaTTHC": "1.001193.000.00.00.H56",
    "TenTTHC": "Thủ tục đăng ký khai sinh",
    "KenhThucHien": "2",
    "ChuHoSo": "Lê Thị Bưởi",
    "SoGiayToChuHoSo": "038190004321",
    "SoDienThoai": "0912345678",
    "LoaiDoiTuong": "1",
    "NgayNopHoSo": "20220905080000",
    "NgayTiepNhan": "20220905083000",
    "NgayHenTra": "20220909170000",
    "TrangThaiHoSo": "4",
    "HinhThuc": "0",
    "DonViXuLy": "Sở Nội vụ",
}


@cache
def mapping(name: str = "dongbo_hoso_mc") -> Mapping:
    """A mapping as shipped."""
    return load_mapping(Path(str(files("schemas") / "mappings" / f"{name}.yml")))


def dossier(**changes: Any) -> dict[str, Any]:
    """The plain dossier with changes; None takes a field away."""
    return {name: value for name, value in (DOSSIER | changes).items() if value is not None}


def raw(
    records: Sequence[Any], keys: Sequence[str] | None = None, first: int = 0, agency_code: str | None = None
) -> Raw:
    """A chunk of these records: bytes as they are, anything else as JSON."""
    payloads = [record if isinstance(record, bytes) else msgspec.json.encode(record) for record in records]
    rows = range(first, first + len(payloads))
    return Raw(
        keys=list(keys) if keys is not None else [f"k{row}" for row in rows],
        versions=["20220906000000"] * len(payloads),
        payloads=payloads,
        rows=list(rows),
        hashes=[hashlib.sha256(payload).digest() for payload in payloads],
        batches=[0] * len(payloads),
        agency_codes=[agency_code] * len(payloads),
    )


def context(stream: str = "dossier", use: Mapping | None = None) -> Context:
    """The context of a stream of `use` (the portal's mapping when none is given)."""
    use = use or mapping()
    return Context(use, use.streams[stream], reference(), HASHER)


def read(
    *records: Any, stream: str = "dossier", use: Mapping | None = None, keys: Sequence[str] | None = None
) -> Result:
    """The result of a chunk of these records."""
    return standardise(raw(records, keys), context(stream, use))


def drift_of(result: Result) -> list[tuple[str, str, str, int]]:
    """Drift of all batches: kind, path, value, number of records."""
    return result.drift.drop("batch_id").rows()


def row(*records: Any, **more: Any) -> dict[str, Any]:
    """The std dossier of one record."""
    result = read(*records, **more)
    assert result.quarantined.is_empty(), result.quarantined.rows()
    return result.tables["dossier"].row(0, named=True)


def nothing_found(height: int) -> Findings:
    """Findings of so many rows of one batch."""
    return Findings(pl.Series([0] * height, dtype=pl.Int64))


def flags_of(findings: Findings) -> list[str]:
    """The flags of a frame of one row."""
    return findings.flags()[0].to_list()


def texts(*values: str | None) -> pl.Series:
    """A column of text."""
    return pl.Series(values, dtype=pl.String)


def with_child(child: Child) -> Mapping:
    """The portal's mapping with `child` as the only list of its dossiers."""
    streams = mapping().streams
    stream = msgspec.structs.replace(streams["dossier"], children=[child])
    return msgspec.structs.replace(mapping(), streams=streams | {"dossier": stream})
