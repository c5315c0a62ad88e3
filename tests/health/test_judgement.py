"""What the ledger holds in, one verdict per source and agency out; and all of it for a whole province at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import psycopg
import pytest

import schemas
from hub.conditions import conditions
from hub.health import Health, finding, healths, judge
from hub.reference import agencies
from hub.registry import load_mappings, load_sources
from hub.source import Source
from tests.health.conftest import NOW

PACKAGED = Path(schemas.__file__).parent
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def packaged() -> list[Source]:
    """The packaged sources: 606 of five levels."""
    return load_sources(PACKAGED / "sources", load_mappings(PACKAGED / "mappings"), agencies().to_dicts(), NOW)


@pytest.fixture(scope="module")
def declared(packaged: list[Source]) -> list[Source]:
    """Six of each level: enough to be judged, and a tenth of the time."""
    by_level = sorted(packaged, key=lambda source: source.level)
    return [source for _, of in groupby(by_level, lambda source: source.level) for source in list(of)[:6]]


@pytest.fixture
def ledger(undone: psycopg.Connection[Any], declared: Sequence[Source]) -> Iterator[psycopg.Connection[Any]]:
    """Every source known, and read completely a minute ago; nothing counted yet."""
    undone.execute("create temporary table counted (source_id text, agency_code text, day date, dossiers bigint)")
    undone.execute(
        "insert into mart.agency (agency_id, agency_code, name, level, valid_from, valid_to, successors, sort_key)"
        " values (7, 'H56.7', 'UBND xã Bảy', 'commune', '-infinity', 'infinity', 0, 'b')"
    )
    know(undone, declared)
    yield undone


def know(connection: psycopg.Connection[Any], sources: Sequence[Source]) -> None:
    """Sources that were read completely a minute ago; those that are known already stay."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into ops.source (source_id, level, family, mapping, agency_code, first_seen_at)"
            " values (%s, %s, %s, 'x', %s, %s) on conflict do nothing",
            [(s.source_id, s.level, s.family, s.agency_code, NOW) for s in sources],
        )
        cursor.executemany(PULL, [(s.source_id, "ok", NOW - timedelta(minutes=1), None, None, None) for s in sources])


PULL = """
    insert into ops.pull (source_id, stream, record_type, started_at, finished_at, outcome, pages, bytes, fetched,
        stored, unchanged, refused, clock_skew_s, version_ahead_s, late_arrival_s)
    select %s, 'dossier', 'dossier', f, f, o, 0, 0, 0, 0, 0, 0, a, b, c
    from (values (%s, %s::timestamptz, %s::int, %s::int, %s::int)) v (o, f, a, b, c)
"""


def pull(connection: psycopg.Connection[Any], outcome: str, hours_ago: float = 0, **seen: int) -> None:
    """The portal was asked once more, or only then."""
    if hours_ago:
        connection.execute("delete from ops.pull where source_id = 'portal'")
    figures = [seen.get(name) for name in ("clock_skew_s", "version_ahead_s", "late_arrival_s")]
    connection.execute(PULL, ("portal", outcome, NOW - timedelta(hours=hours_ago), *figures))


def count(connection: psycopg.Connection[Any], source_id: str, agency: str, until: int, per_day: int = 40) -> None:
    """So many dossiers on each day of the last hundred days but the `until` last."""
    connection.execute(
        "insert into counted select %s, %s, %s::date - n, %s from generate_series(%s, 130) n",
        (source_id, agency, NOW.date(), per_day, until + 1),
    )


def judged(connection: psycopg.Connection[Any], declared: Sequence[Source]) -> dict[tuple[str, str], Health]:
    judge(connection, declared, NOW, volume="counted")
    return {(found.source_id, found.agency_code): found for found in healths(connection)}


@pytest.mark.parametrize(
    ("outcome", "hours_ago", "seen", "verdict", "words"),
    [
        ("ok", 0, {}, "not_learned", ""),
        ("failed", 0, {}, "failed", ""),
        ("incomplete", 0, {}, "incomplete", ""),
        ("skipped", 0, {}, "skipped", ""),
        ("ok", 5, {}, "late", ""),
        ("ok", 0, {"clock_skew_s": -400}, "skewed", "its clock is -400 s from ours"),
        ("ok", 0, {"clock_skew_s": 200}, "not_learned", ""),
        ("ok", 0, {"version_ahead_s": 86_400}, "ahead", "a version lies 86,400 s in the future"),
        (
            "ok",
            0,
            {"late_arrival_s": 540},
            "lag_short",
            "up to 9 min behind the watermark, the lag is 10 min; declare lag: 14m",
        ),
        ("ok", 0, {"late_arrival_s": 400}, "not_learned", ""),
        ("ok", 0, {"late_arrival_s": 10_000_000}, "lag_short", "no lag helps"),
    ],
)
def test_what_a_pull_showed_is_the_verdict(
    ledger: psycopg.Connection[Any],
    declared: Sequence[Source],
    outcome: str,
    hours_ago: float,
    seen: dict[str, int],
    verdict: str,
    words: str,
) -> None:
    pull(ledger, outcome, hours_ago, **seen)
    found = judged(ledger, declared)["portal", ""]
    assert found.verdict == verdict
    assert words in finding(found) and bool(words) == bool(finding(found))


def test_an_agency_that_fell_silent_within_its_source_is_told_by_itself(
    ledger: psycopg.Connection[Any], declared: Sequence[Source]
) -> None:
    count(ledger, "portal", "H56.1", 0, 400)
    count(ledger, "portal", "H56.7", 10)
    found = judged(ledger, declared)
    assert {key[1]: health.verdict for key, health in found.items() if key[0] == "portal"} == {
        "": "ok",
        "H56.1": "ok",
        "H56.7": "silent",
    }
    told = [item for item in conditions(ledger, declared, NOW) if item.agency_code]
    assert [(item.name, item.troubles[0].next) for item in told] == [("portal, H56.7", "ask whoever runs the source")]
    ledger.execute("reset role")  # who refreshes the marts does not read the views
    row = ledger.execute(
        "select ten_don_vi, ket_luan, dien_giai from bi.suc_khoe_nguon where ma_don_vi = 'H56.7'"
    ).fetchone()
    assert row is not None and row[:2] == ("UBND xã Bảy", "silent")
    assert "chỉ có" in row[2] and "hỏi đơn vị vận hành nguồn" in row[2]


def test_the_usual_lateness_of_a_copy_is_no_silence(
    ledger: psycopg.Connection[Any], declared: Sequence[Source]
) -> None:
    count(ledger, "national", "H56.1", 3)
    count(ledger, "portal", "H56.1", 3)
    found = judged(ledger, declared)
    assert (found["national", ""].verdict, found["portal", ""].verdict) == ("ok", "silent")


def test_quarantine_and_drift_are_counted_and_no_verdict(
    ledger: psycopg.Connection[Any], declared: Sequence[Source]
) -> None:
    ledger.execute(
        "insert into ops.quarantine (source_id, stream, record_type, source_key, stage, reason_code, sentence,"
        " raised_at) values ('portal', 'dossier', 'dossier', '1', 'std', 'UNREADABLE_DATE', 'x', now())"
    )
    ledger.execute("insert into ops.drift values ('portal', 'dossier', 'field', 'maQR', '', now(), now(), 1, 1)")
    judged(ledger, declared)
    row = ledger.execute(
        "select verdict, open_quarantine, open_drift from mart.source_health where source_id = 'portal'"
    ).fetchone()
    assert row == ("not_learned", 1, 1)


def test_the_same_judgement_again_writes_nothing_and_what_is_gone_goes(
    ledger: psycopg.Connection[Any], declared: Sequence[Source]
) -> None:
    count(ledger, "portal", "H56.1", 0)
    count(ledger, "portal", "H56.7", 0)
    assert judge(ledger, declared, NOW, volume="counted") == len(declared) + 2
    ledger.execute("drop table source_usual, source_lag")
    assert judge(ledger, declared, NOW, volume="counted") == 0
    ledger.execute("drop table source_usual, source_lag")
    ledger.execute("delete from counted where agency_code = 'H56.7'")
    assert judge(ledger, declared, NOW, volume="counted") == 3  # two agencies of one: none; and the source's sum
    assert {key for key in judged_keys(ledger) if key[0] == "portal"} == {("portal", "")}


def judged_keys(connection: psycopg.Connection[Any]) -> set[tuple[str, str]]:
    return {(found.source_id, found.agency_code) for found in healths(connection)}


def test_a_source_that_ended_is_no_trouble(ledger: psycopg.Connection[Any], declared: Sequence[Source]) -> None:
    pull(ledger, "failed")
    ended = [replace_active(source) if source.source_id == "portal" else source for source in declared]
    assert judged(ledger, ended)["portal", ""].verdict == "ended"
    assert not next(item for item in conditions(ledger, ended, NOW) if item.source_id == "portal").troubles


def replace_active(source: Source) -> Source:
    import msgspec

    return msgspec.structs.replace(source, active=False)


def test_a_whole_province_is_judged_and_told(ledger: psycopg.Connection[Any], packaged: Sequence[Source]) -> None:
    know(ledger, packaged)
    for source in packaged:
        count(ledger, source.source_id, source.agency_code or "H56.1", 0, 2)
    assert judge(ledger, packaged, NOW, volume="counted") == len(packaged)
    assert len(conditions(ledger, packaged, NOW)) == len(packaged)
    assert sum(source.active for source in packaged) >= 606
