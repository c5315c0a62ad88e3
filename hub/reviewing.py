"""Questions between records, and what people say to them: read, judged, undone, by one or by a file of decisions.

Here: `core.review` with both sides as std and the evidence show them, and new rows of `core.judgement`. Not here: the
effect of a judgement (`hub/reconcile`, in the next run of core), drawing (`hub/cli/review.py`). A judgement is between
two records, so it outlives every dossier id and every rebuild; it is never changed: the last word on a pair counts, and
an undone one is a row of its own. Clear values are read through `vault.read`, which leaves a trace.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import class_row, dict_row

from hub.errors import HubError

Connection = psycopg.Connection[Any]
SAME, DIFFERENT, UNDONE = "same", "different", "undone"
# A name for a pair that people can type and that is the same after every rebuild.
ID = """substr(encode(sha256(convert_to(concat_ws(chr(31), {0}.source_id_a, {0}.source_key_a, {0}.source_id_b,
        {0}.source_key_b), 'UTF8')), 'hex'), 1, 10)"""
_SIDES = ", ".join(
    f"""coalesce((select x.dossier_id from core.dossier_source x
                  where x.source_id = {{0}}.source_id_{end} and x.source_key = {{0}}.source_key_{end}), 0)
        as dossier_id_{end}"""
    for end in "ab"
)
_REVIEWS = f"""
select {ID.format("v")} as review_id, v.reason, v.weight, v.raised_at, v.source_id_a, v.source_key_a, v.source_id_b,
       v.source_key_b, {_SIDES.format("v")}
from core.review v"""
_JUDGEMENTS = f"""
select distinct on (j.source_id_a, j.source_key_a, j.source_id_b, j.source_key_b)
       j.judgement_id, {ID.format("j")} as review_id, j.verdict, j.judged_by, j.judged_at, j.reason,
       j.core_run_id is not null as heard, j.source_id_a, j.source_key_a, j.source_id_b, j.source_key_b,
       {_SIDES.format("j")}
from core.judgement j
order by j.source_id_a, j.source_key_a, j.source_id_b, j.source_key_b, j.judgement_id desc"""
_SIDE = """
select r.source_id, r.source_key, s.dossier_id, r.dossier_no, r.number_form, r.procedure_code, r.procedure_name,
       r.receiving_agency_code, r.applicant_name_masked, r.applicant_id_masked, r.applicant_type, r.channel, r.status,
       r.submitted_at, r.received_at, r.due_at, r.finished_at, r.returned_at, r.is_deleted
from std.dossier_record r left join core.dossier_source s using (source_id, source_key)
where r.source_id = %s and r.source_key = %s"""


@dataclass(frozen=True)
class Review:
    """An open question between two records; `weight` in log2 of the odds, None where a number raised it."""

    review_id: str
    reason: str
    weight: float | None
    raised_at: datetime
    source_id_a: str
    source_key_a: str
    source_id_b: str
    source_key_b: str
    dossier_id_a: int
    dossier_id_b: int


@dataclass(frozen=True)
class Judgement:
    """The last word on a pair; `heard` once a run of core has taken it in."""

    judgement_id: int
    review_id: str
    verdict: str
    judged_by: str
    judged_at: datetime
    reason: str
    heard: bool
    source_id_a: str
    source_key_a: str
    source_id_b: str
    source_key_b: str
    dossier_id_a: int
    dossier_id_b: int


@dataclass(frozen=True)
class Decision:
    """What somebody says of a pair of records, in any order."""

    first: tuple[str, str]
    second: tuple[str, str]
    verdict: str
    judged_by: str
    reason: str


@dataclass(frozen=True)
class Wanted:
    """Which reviews: by reason, by source of either side, by weight; None is any."""

    reason: str | None = None
    source: str | None = None
    min_weight: float | None = None
    max_weight: float | None = None


def reviews(connection: Connection, wanted: Wanted, *, by_age: bool = False, limit: int | None = None) -> list[Review]:
    """Open questions, the weightiest first (those raised by numbers before all), or the oldest first."""
    order = "raised_at, review_id" if by_age else "weight desc nulls first, raised_at, review_id"
    with connection.cursor(row_factory=class_row(Review)) as cursor:
        return cursor.execute(
            f"""select * from ({_REVIEWS}
                where (%(reason)s::text is null or v.reason = %(reason)s)
                  and (%(source)s::text is null or %(source)s in (v.source_id_a, v.source_id_b))
                  and (%(low)s::real is null or v.weight >= %(low)s)
                  and (%(high)s::real is null or v.weight <= %(high)s)) v
                order by {order} limit %(limit)s""".encode(),
            {
                "reason": wanted.reason,
                "source": wanted.source,
                "low": wanted.min_weight,
                "high": wanted.max_weight,
                "limit": limit,
            },
        ).fetchall()


def counts(connection: Connection) -> list[tuple[str, int, datetime]]:
    """Open questions by reason, with the time of the oldest."""
    return connection.execute(
        "select reason, count(*), min(raised_at) from core.review group by reason order by reason"
    ).fetchall()


def review_of(connection: Connection, review_id: str) -> Review:
    """The open question of that id (its beginning is enough). Raises HubError when there is none, or several."""
    with connection.cursor(row_factory=class_row(Review)) as cursor:
        found = cursor.execute(
            f"select * from ({_REVIEWS}) v where starts_with(review_id, lower(%s))".encode(), (review_id.strip(),)
        ).fetchall()
    if len(found) == 1:
        return found[0]
    if found:
        raise HubError(f"review {review_id}: {len(found)} questions begin so", "give more of its id")
    raise HubError(f"there is no open review {review_id}", "`hub review list` shows all; it may be settled by now")


def side(connection: Connection, record: tuple[str, str]) -> dict[str, Any]:
    """One record as std shows it, personal values masked; empty when std does not hold it any more."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_SIDE.encode(), record).fetchone() or {}


def evidence(connection: Connection, review: Review | Judgement) -> dict[str, Any]:
    """Field → {level, weight} of what content says for and against the pair; empty when it was never compared."""
    row = connection.execute(
        "select evidence from core.match_evidence where (source_id_a, source_key_a, source_id_b, source_key_b)"
        " = (%s, %s, %s, %s)",
        (review.source_id_a, review.source_key_a, review.source_id_b, review.source_key_b),
    ).fetchone()
    return dict(row[0]) if row else {}


def clear(connection: Connection, record: tuple[str, str], why: str) -> dict[str, Any]:
    """The clear values of a record, by the vault's own door: `vault.audit` keeps who read it and why."""
    row = connection.execute("select vault.read('dossier', %s, %s, %s)", (*record, why)).fetchone()
    return {name: value for name, value in dict(row[0]).items() if value is not None} if row else {}


def judgements(connection: Connection) -> list[Judgement]:
    """The last word on every judged pair, undone ones included, the latest first."""
    with connection.cursor(row_factory=class_row(Judgement)) as cursor:
        return cursor.execute(f"select * from ({_JUDGEMENTS}) j order by judgement_id desc".encode()).fetchall()


def judge(connection: Connection, decisions: Sequence[Decision], now: datetime) -> int:
    """Keep decisions, all or none; one that repeats the last word on its pair is not kept again. Gives how many were.

    Raises HubError, naming the record, when std does not hold one of the two, or both are one record.
    """
    for decision in decisions:
        for record in (decision.first, decision.second):
            if not side(connection, record):
                raise HubError(f"there is no record {record[1]} of source {record[0]}", "`hub explain` shows records")
        if decision.first == decision.second:
            raise HubError(f"record {decision.first[1]}: a pair has two records", "name the other one as well")
    kept = 0
    for decision in decisions:
        kept += connection.execute(
            """
            with pair as (
                select least(row(%(source)s::text, %(key)s::text), row(%(source_b)s::text, %(key_b)s::text))
                       = row(%(source)s::text, %(key)s::text) as first
            ), given as (
                select case when first then %(source)s else %(source_b)s end as source_id_a,
                       case when first then %(key)s else %(key_b)s end as source_key_a,
                       case when first then %(source_b)s else %(source)s end as source_id_b,
                       case when first then %(key_b)s else %(key)s end as source_key_b from pair
            )
            insert into core.judgement (source_id_a, source_key_a, source_id_b, source_key_b, verdict, judged_by,
                                        judged_at, reason)
            select g.*, %(verdict)s, %(by)s, %(now)s, %(reason)s from given g
            where %(verdict)s is distinct from coalesce((
                select j.verdict from core.judgement j
                where (j.source_id_a, j.source_key_a, j.source_id_b, j.source_key_b)
                    = (g.source_id_a, g.source_key_a, g.source_id_b, g.source_key_b)
                order by judgement_id desc limit 1), 'undone')
            """,
            {
                **dict(zip(("source", "key"), decision.first, strict=True)),
                **dict(zip(("source_b", "key_b"), decision.second, strict=True)),
                "verdict": decision.verdict,
                "by": decision.judged_by,
                "now": now,
                "reason": decision.reason,
            },
        ).rowcount
    return kept


def apart(connection: Connection, dossier_id: int, records: Sequence[tuple[str, str]]) -> list[tuple[Any, Any]]:
    """Every pair of one of `records` and another record of the dossier: what a split says is different.

    Raises HubError when a record is not of this dossier, or none would stay.
    """
    members = connection.execute(
        "select source_id, source_key from core.dossier_source where dossier_id = %s order by 1, 2", (dossier_id,)
    ).fetchall()
    strange = [record for record in records if record not in members]
    if strange:
        raise HubError(
            f"record {strange[0][1]} of source {strange[0][0]} is not of dossier {dossier_id}",
            f"its records: {', '.join(f'{source}/{key}' for source, key in members) or 'none'}",
        )
    rest = [member for member in members if member not in records]
    if not rest:
        raise HubError(f"dossier {dossier_id}: nothing would stay", "name some of its records, not all")
    return [(record, other) for record in records for other in rest]
