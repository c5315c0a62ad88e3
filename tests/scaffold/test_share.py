"""How much of each shipped mapping `hub sources scaffold` proposes by itself: at least four fields of five.

A field counts when the shipped mapping feeds it and the proposal feeds it from one of the same source fields, in the
same kind of record. Everything that the shipped mapping has counts, also what the system's records never showed. The
engine sees the systems alone; that its words are no copy of these is shown by vendors that it never met
(`tests/onboarding`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest

from hub.mapping import Mapping, OdbcRead
from hub.registry import load_mappings
from hub.sandbox import opencps_sql, td_sql
from hub.scaffold.proposal import Proposal
from tests.scaffold import simulated as sim
from tests.scaffold.ministry_list import MINISTRY_LIST
from tests.scaffold.opencps_list import OPENCPS_LIST

LEAST = 0.8
Pairs = set[tuple[str, str, str]]  # record type, field, source field


def _national(folder: Path) -> Proposal:
    said = sim.messages("national")
    return sim.rest("x", {"/QuocGia/HoSo": said["dossier"], "/QuocGia/TienDoHoSo": said["step"]}, folder)


def _portal(folder: Path) -> Proposal:
    said = sim.messages("portal")
    return sim.rest("x", {"/HoSo": said["dossier"], "/TienDoHoSo": said["step"]}, folder)


def _department(folder: Path) -> Proposal:
    said = sim.messages(sim.department())
    return sim.rest("x", {"/SoTheoDoiHoSo": said["dossier"], "/QuaTrinhXuLyHoSo": said["step"]}, folder)


def _district(folder: Path) -> Proposal:
    found = max(sim.world().districts.values(), key=lambda each: len(each.tables["Business.HoSos"]))
    return sim.database("x", found.tables, {name: ("Id", columns) for name, columns in td_sql.TABLES.items()}, folder)


def _opencps(folder: Path) -> Proposal:
    found = max(sim.world().sites.values(), key=lambda each: len(each.tables["opencps_dossier"]))
    return sim.database("x", found.tables, opencps_sql.TABLES, folder)


VENDORS: dict[str, Callable[[Path], Proposal]] = {
    "dongbo_hoso_mc": _portal,
    "dongbo_quoc_gia": _national,
    "td_dichvucong_rest": _department,
    "td_dichvucong_sql": _district,
    "opencps_sql": _opencps,
    "opencps_rest": lambda folder: sim.rest("x", {"/dossiers": OPENCPS_LIST}, folder),
    "bo_nganh_2026": lambda folder: sim.rest("x", MINISTRY_LIST, folder),
    "goi_ho_so_xml": lambda folder: sim.file("x", ".xml"),
    "so_theo_doi_excel": lambda folder: sim.file("x", ".xlsx"),
}


def shipped() -> dict[str, Mapping]:
    return load_mappings(Path(str(files("schemas"))) / "mappings")


def wanted(mapping: Mapping) -> Pairs:
    """Every field of a mapping with each source field that may feed it."""
    found: Pairs = set()
    for stream in mapping.streams.values():
        names = _columns(stream.read.sql) if isinstance(stream.read, OdbcRead) else {}
        titles = getattr(stream.read, "titles", {})
        kind = stream.record_type
        for name, paths in stream.fields.items():
            for path in paths:
                found |= {(kind, name, column) for column in names.get(path, [path])}
                found |= {(kind, name, title) for title in titles.get(path, [])}
        for child in stream.children:
            found |= {
                (child.record_type, name, f"{child.path}.{path}")
                for name, paths in child.fields.items()
                for path in paths
            }
    return found


def proposed(proposal: Proposal) -> Pairs:
    found: Pairs = set()
    for flow in proposal.streams:
        found |= {(flow.record_type, fed.name, path) for fed in flow.fields.values() for path in fed.paths}
        for part in flow.parts:
            found |= {
                (part.record_type, fed.name, f"{part.path}.{path}")
                for fed in part.fields.values()
                for path in fed.paths
            }
    return found


def _columns(sql: str) -> dict[str, list[str]]:
    """Output column → the columns of the tables that it is made of."""
    made: dict[str, list[str]] = {}
    for expression, alias in re.findall(r'((?:coalesce|case)\b.*?) as "(\w+)"', sql, re.DOTALL):
        made[alias] = re.findall(r'\w+\."(\w+)"', expression)
    return made


@pytest.mark.parametrize("name", VENDORS)
def test_four_fields_of_five_are_proposed_rightly(
    name: str, tmp_path: Path, record_property: Callable[[str, object], None], capsys: pytest.CaptureFixture[str]
) -> None:
    right, given = wanted(shipped()[name]), proposed(VENDORS[name](tmp_path))
    fields = {(kind, field) for kind, field, _ in right}
    found = {(kind, field) for kind, field, _ in right & given}
    share = len(found) / len(fields)
    missed = sorted(f"{kind}.{field}" for kind, field in fields - found)
    record_property("share", share)
    with capsys.disabled():
        print(f"\n{name}: {len(found)} of {len(fields)} fields, {share:.0%}; missed: {', '.join(missed) or 'none'}")
    assert share >= LEAST
