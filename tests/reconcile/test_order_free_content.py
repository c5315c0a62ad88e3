"""Order, batching and repetition change nothing where content and people decide: the hard records of the content tier.

A few true dossiers, some of them twins, stand in three kinds of systems: with the office's number, with a number of
the portal's own counting, with one that the provincial software invents, or with none. Copies mistype, lose the
identity, shift the receipt by a day, swap day and month, reuse another's number, come again in another version, are
deleted. People judge some pairs, before or after the records come.
"""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.reconcile.arrivals import arrivals, in_order, payload
from tests.reconcile.contents import differing
from tests.reconcile.stations import Parts, Saying, Stations, Word

OFFICE = "province-000.00.01.H56"
AGENCY, NAME = "000.00.01.H56", "Sở Nội vụ"
PROCEDURES = ("1.001193", "1.012817")
PEOPLE = (("Lê Thị Bưởi", "038190004321", "0912345678"), ("Nguyễn Văn Đãng", "038085009876", "0987654321"))
MISTYPED = {"Lê Thị Bưởi": "Lê Th Bưởi", "Nguyễn Văn Đãng": "Nguyen Van Dang"}
DAYS = ("20220908", "20220909", "20220809", "20220912")  # a Thursday, the day after, the first turned round, a Monday
HOURS = ("080000", "093000")
VERSIONS = ("20220916080000", "20220917080000")


@st.composite
def scenes(draw: st.DrawFn) -> tuple[list[Saying], list[Word]]:
    """What the systems say of two or three dossiers, and what people say of the records."""
    sayings = [
        saying
        for ordinal in range(draw(st.integers(2, 3)))
        for saying in draw(copies(ordinal, draw(st.sampled_from(PEOPLE)), draw(st.sampled_from(PROCEDURES))))
    ]
    records = sorted({(saying.source, saying.key) for saying in sayings})
    pairs = [(a, b) for at, a in enumerate(records) for b in records[at + 1 :]]
    judged = draw(st.lists(st.sampled_from(pairs), max_size=2, unique=True)) if pairs else []
    return sayings, [Word(a, b, draw(st.sampled_from(["same", "different"]))) for a, b in judged]


@st.composite
def copies(draw: st.DrawFn, ordinal: int, person: tuple[str, str, str], procedure: str) -> list[Saying]:
    """The office's record of a dossier, the portal's and the national copy's, some missing, some in two versions."""
    day, hour = draw(st.sampled_from(DAYS[:2])), draw(st.sampled_from(HOURS))
    number = f"{AGENCY}-{day[2:]}-000{draw(st.sampled_from([ordinal, ordinal, ordinal, 0]))}"  # 0: may be reused
    found = []
    for source in draw(st.lists(st.sampled_from([OFFICE, "portal", "national"]), min_size=1, max_size=4)):
        name, identity, phone = person
        told: dict[str, Any] = {
            "number": number,
            "procedure": procedure,
            "name": draw(st.sampled_from([name, name, MISTYPED[name]])),
            "identity": draw(st.sampled_from([identity, identity, "", identity[:-2] + identity[-1] + identity[-2]])),
            "phone": draw(st.sampled_from([phone, ""])),
            "received": draw(st.sampled_from([day + hour, day + hour, draw(st.sampled_from(DAYS)) + HOURS[0]])),
            "status": draw(st.sampled_from(["4", "9"])),
            "version": draw(st.sampled_from(VERSIONS)),
            "deleted": draw(st.sampled_from(["", "", "", "20220920080000"])),
        }
        found.append(draw(_said(source, ordinal, told)))
    return found


def _said(source: str, ordinal: int, told: dict[str, Any]) -> st.SearchStrategy[Saying]:
    if source == OFFICE:
        numbers = st.sampled_from([told["number"], told["number"], ""])
        return st.builds(lambda number, moment: _office(ordinal, told | {"number": number}, moment), numbers, _MOMENTS)
    own = f"DVC-2022-000{ordinal}" if source == "portal" else f"{AGENCY}-{told['number'][14:20]}-1234{ordinal}"
    numbers = st.sampled_from([told["number"], own, own])
    return st.builds(lambda number, moment: _message(source, told | {"number": number}, moment), numbers, _MOMENTS)


_MOMENTS = st.integers(0, 2)


def _office(ordinal: int, told: dict[str, Any], moment: int) -> Saying:
    def time(text: str) -> str:
        return f"{text[:4]}-{text[4:6]}-{text[6:8]}T{text[8:10]}:{text[10:12]}:{text[12:]}" if text else ""

    record = {
        "Id": f"hs-{ordinal}",
        "MaHoSo": told["number"],
        "MaTTHC": told["procedure"],
        "ChuHoSo": told["name"],
        "SoDinhDanh": told["identity"],
        "SoDienThoaiChuHoSo": told["phone"],
        "MaDinhDanh": AGENCY,
        "KenhThucHien": "1",
        "NgayTiepNhan": time(told["received"]),
        "TrangThaiHoSoId": told["status"],
        "ThoiDiemCapNhat": time(told["version"]),
        "DeletedOn": time(told["deleted"]),
    }
    return Saying(OFFICE, "dossier", f"hs-{ordinal}", record["ThoiDiemCapNhat"], payload(record), moment)


def _message(source: str, told: dict[str, Any], moment: int) -> Saying:
    record = {
        "MaHoSo": told["number"],
        "MaTTHC": told["procedure"],
        "ChuHoSo": told["name"],
        "SoGiayToChuHoSo": told["identity"],
        "SoDienThoai": told["phone"],
        "DonViXuLy": NAME,
        "KenhThucHien": "1",
        "NgayTiepNhan": told["received"],
        "TrangThaiHoSo": told["status"],
        "NgayCapNhat": told["version"],
        "NgayXoa": told["deleted"],
    }
    return Saying(source, "dossier", told["number"], told["version"], payload(record), moment)


def _delivered(scene: tuple[list[Saying], list[Word]]) -> st.SearchStrategy[tuple[Parts, Parts]]:
    sayings, words = scene
    return st.tuples(st.just(in_order(sayings, words)), arrivals(sayings, words, cuts=3))


@settings(
    max_examples=5,
    deadline=None,
    phases=[Phase.generate],  # an example takes a second: making a failing one smaller would take minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(deliveries=scenes().flatmap(_delivered))
def test_what_content_and_people_decide_does_not_depend_on_arrival(
    stations: Stations, deliveries: tuple[Parts, Parts]
) -> None:
    found = []
    for parts in deliveries:
        stations.empty()
        stations.run(parts)
        found.append(stations.content())
    told, held = stations.told()
    assert told == held
    assert differing(*found) == {}, deliveries
