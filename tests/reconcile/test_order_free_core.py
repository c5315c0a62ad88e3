"""Core is a function of std and of what people said: how records came to be what they are makes no difference.

One province is told its records at once; another piece by piece, in a drawn order, some first in another version. The
records are those that meet, collide and follow one another: without number, numbers of a clerk's own counting, reused
numbers and receipts, twins, shifted receipts, swapped days, origins and groups, references, judgements in between.
Whole pulls, from raw: `test_order_free.py`, `test_order_free_content.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.databases import copied
from tests.reconcile.contents import core_content, differing, empty
from tests.reconcile.rows import Province

DESK = "000.00.31.H56"
SOURCES = ("district-380", "district-381", "province-5", "portal", "national")
NUMBERS = tuple(f"{DESK}-220908-000{n}" for n in (1, 2, 3))
INVENTED, OWN = f"{DESK}-220908-12345", "15/HS"
PROCEDURES = ("1.001193", "1.012817")
PEOPLE = (
    ("Lê Văn An", "038123456789", "0912345678", b"a" * 16, b"n" * 16, b"p" * 16),
    ("Lê Vn An", "038123456798", "0912345678", b"b" * 16, b"m" * 16, b"p" * 16),
    ("Đỗ Thị Mơ", "038085009876", "0987654321", b"c" * 16, b"o" * 16, b"q" * 16),
)
TIMES = ("2022-09-08 08:00", "2022-09-09 08:00", "2022-08-09 08:00", "2022-09-12 09:30")


@dataclass(frozen=True)
class Told:
    """A record as std holds it, or a word of a person between two."""

    source: str
    key: str
    values: dict[str, Any]


@dataclass(frozen=True)
class Said:
    """What a person says of two records."""

    pair: tuple[tuple[str, str], tuple[str, str]]
    verdict: str


@st.composite
def told(draw: st.DrawFn, source: str, key: str) -> Told:
    """A record of few numbers, people and days."""
    name, identity, phone, id_hash, name_hash, phone_hash = draw(st.sampled_from(PEOPLE))
    number = draw(st.sampled_from([*NUMBERS, *NUMBERS, OWN, INVENTED, None]))
    form = None if number is None else {OWN: "legacy", INVENTED: "invented"}.get(number, "tt01")
    with_identity, with_phone = draw(st.booleans()), draw(st.booleans())
    values: dict[str, Any] = {
        "dossier_no": number,
        "number_form": form,
        "alt_dossier_no": draw(st.sampled_from([None, None, None, *NUMBERS])),
        "receipt_no": draw(st.sampled_from([None, None, None, "77"])),
        "origin_no": draw(st.sampled_from([None, None, NUMBERS[0], OWN])),
        "group_no": draw(st.sampled_from([None, None, "1", "g"])),
        "procedure_code": draw(st.sampled_from([PROCEDURES[0], *PROCEDURES, None])),
        "receiving_agency_code": draw(st.sampled_from([DESK, DESK, "000.00.32.H56", None])),
        "processing_agency_code": draw(st.sampled_from([DESK, None])),
        "applicant_name_hash": name_hash,
        "applicant_id_hash": id_hash if with_identity else None,
        "applicant_phone_hash": phone_hash if with_phone else None,
        "received_at": draw(st.sampled_from(TIMES)),
        "due_at": draw(st.sampled_from([None, "2022-09-20 17:00", "2022-09-06 17:00"])),
        "status": draw(st.sampled_from([4, 9])),
        "version_at": draw(st.sampled_from([None, "2022-09-16 08:00", "2022-09-17 08:00"])),
        "is_deleted": draw(st.sampled_from([False, False, False, True])),
        "clear": {"applicant_name": name}
        | ({"applicant_id_no": identity} if with_identity else {})
        | ({"applicant_phone": phone} if with_phone else {}),
    }
    return Told(source, key, values)


@st.composite
def ways(draw: st.DrawFn) -> tuple[list[Told | Said], list[list[Told | Said]]]:
    """What std holds in the end, and in which parts it came."""
    keys = draw(
        st.lists(st.tuples(st.sampled_from(SOURCES), st.sampled_from("12")), min_size=3, max_size=8, unique=True)
    )
    last = [draw(told(*key)) for key in keys]
    pairs = [(a, b) for at, a in enumerate(sorted(keys)) for b in sorted(keys)[at + 1 :]]
    said = [
        Said(pair, draw(st.sampled_from(["same", "different"])))
        for pair in draw(st.lists(st.sampled_from(pairs), max_size=2, unique=True))
    ]
    items: list[Told | Said] = draw(st.permutations([*last, *said]))
    parts: list[list[Told | Said]] = [[]]
    for at, item in enumerate(items):
        parts[-1].append(item)
        if at + 1 < len(items) and draw(st.integers(0, 2)) == 0:
            parts.append([])
    for key in draw(st.lists(st.sampled_from(keys), max_size=2, unique=True)):
        parts.insert(0, [draw(told(*key))])  # what it was before
    return [*last, *said], parts


@pytest.fixture(scope="module")
def shared(server: str) -> Iterator[Province]:
    """A province that the examples of this module empty."""
    with copied(server, "hub_order_free") as warehouse:
        made = Province(warehouse)
        with warehouse.begin() as connection:
            connection.execute(
                "insert into core.agency (agency_id, agency_code, valid_from, valid_to, name, level, sort_key) "
                "values (0, '?', '-infinity', 'infinity', 'Cơ quan chưa xác định', 'unknown', ''), "
                "(1, '000.00.31.H56', '-infinity', 'infinity', 'Huyện 31', 'district', 'a'), "
                "(2, '000.00.32.H56', '-infinity', 'infinity', 'Huyện 32', 'district', 'b')"
            )
            connection.execute(
                "insert into core.calendar_day (day, recorded_from, recorded_to, is_working, is_makeup_day, "
                "is_projected, working_index) "
                "select d, '-infinity', 'infinity', extract(isodow from d) < 6, false, false, "
                "count(*) filter (where extract(isodow from d) < 6) over (order by d) "
                "from generate_series(date '2022-08-01', date '2022-10-31', interval '1 day') d"
            )
        yield made


def content(province: Province, parts: list[list[Told | Said]]) -> dict[str, Any]:
    """Core after the parts, one run for each."""
    empty(province.warehouse)
    for part in parts:
        for item in part:
            if isinstance(item, Told):
                province.dossier(item.source, item.key, **item.values)
        province.load()
        with province.warehouse.begin("steward") as connection:
            for item in part:
                if isinstance(item, Said):
                    connection.execute(
                        "insert into core.judgement (source_id_a, source_key_a, source_id_b, source_key_b, verdict, "
                        "judged_by, judged_at, reason) values (%s, %s, %s, %s, %s, 'an', now(), 'đã hỏi')",
                        (*item.pair[0], *item.pair[1], item.verdict),
                    )
        province.reconcile()
    with province.warehouse.begin() as connection:
        return core_content(connection)


@settings(
    max_examples=7,
    deadline=None,
    phases=[Phase.generate],  # making a failing one smaller would take minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(way=ways())
def test_core_depends_on_what_is_told_and_not_on_when(
    shared: Province, way: tuple[list[Told | Said], list[list[Told | Said]]]
) -> None:
    at_once, parts = way
    assert differing(content(shared, [at_once]), content(shared, parts)) == {}, parts
