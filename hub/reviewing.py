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
Record = tuple[str, str]
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
select r.source_id, r.source_key, s.dossier_id, r.dossier_no, r.number_form, r.alt_dossier_no, r.portal_no,
       r.receipt_no, r.procedure_code, r.procedure_name, r.receiving_agency_code, r.processing_agency_code,
       r.applicant_name_masked, r.applicant_id_masked, r.applicant_type, r.channel, r.status, r.submitted_at,
       r.received_at, r.due_at, r.finished_at, r.returned_at, r.is_deleted,
       (r.received_at at time zone 'Asia/Ho_Chi_Minh')::date as received_on,
       encode(coalesce(r.applicant_id_hash, r.applicant_name_hash), 'hex') as applicant
from unnest(%s::text[], %s::text[]) k (source_id, source_key)
join std.dossier_record r using (source_id, source_key)
left join core.dossier_source s using (source_id, source_key)"""
_PAIRS = """unnest(%s::text[], %s::text[], %s::text[], %s::text[])
    k (source_id_a, source_key_a, source_id_b, source_key_b)"""
_JUDGE = """
with given as (
    select at, case when first then a else c end as source_id_a, case when first then b else d end as source_key_a,
           case when first then c else a end as source_id_b, case when first then d else b end as source_key_b,
           verdict, judged_by, reason
    from (select *, least(row(a, b), row(c, d)) = row(a, b) as first
          from unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
               with ordinality k (a, b, c, d, verdict, judged_by, reason, at)) k
), last as (
    select distinct on (source_id_a, source_key_a, source_id_b, source_key_b) j.*
    from core.judgement j join given using (source_id_a, source_key_a, source_id_b, source_key_b)
    order by source_id_a, source_key_a, source_id_b, source_key_b, j.judgement_id desc
)
insert into core.judgement (source_id_a, source_key_a, source_id_b, source_key_b, verdict, judged_by, judged_at, reason)
select g.source_id_a, g.source_key_a, g.source_id_b, g.source_key_b, g.verdict, g.judged_by, %s, g.reason
from given g left join last l using (source_id_a, source_key_a, source_id_b, source_key_b)
where g.verdict <> coalesce(l.verdict, 'undone')
order by g.at"""


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

    first: Record
    second: Record
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


def reviews_of(connection: Connection, records: Sequence[Record], but: str = "") -> list[Review]:
    """Open questions about any of these records, but the one of that id: who else it may be."""
    with connection.cursor(row_factory=class_row(Review)) as cursor:
        return cursor.execute(
            f"""select * from ({_REVIEWS}
                where exists (select from unnest(%s::text[], %s::text[]) k (source_id, source_key)
                              where (k.source_id, k.source_key) in ((v.source_id_a, v.source_key_a),
                                                                    (v.source_id_b, v.source_key_b)))) v
                where review_id <> %s order by weight desc nulls first, review_id""".encode(),
            ([r[0] for r in records], [r[1] for r in records], but),
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


def sides(connection: Connection, records: Sequence[Record]) -> dict[Record, dict[str, Any]]:
    """Records as std shows them, personal values masked; those that std does not hold (any more) are left out.

    `applicant` is a keyed hash: for comparing, not for showing.
    """
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_SIDE.encode(), ([r[0] for r in records], [r[1] for r in records])).fetchall()
    return {(row["source_id"], row["source_key"]): row for row in rows}


def evidence(connection: Connection, asked: Sequence[Review]) -> dict[str, dict[str, Any]]:
    """Review id → field → {level, weight} of what content says for and against; a pair never compared is left out."""
    ends = [(r.source_id_a, r.source_key_a, r.source_id_b, r.source_key_b) for r in asked]
    rows = connection.execute(
        f"select {ID.format('k')}, v.evidence from {_PAIRS} join core.match_evidence v"
        " using (source_id_a, source_key_a, source_id_b, source_key_b)".encode(),
        [list(column) for column in zip(*ends, strict=True)] if ends else [[]] * 4,
    ).fetchall()
    return {review_id: dict(told) for review_id, told in rows}


def dossier_of(connection: Connection, record: Record) -> int:
    """The dossier that a record belongs to. Raises HubError when core knows no such record."""
    row = connection.execute(
        "select dossier_id from core.dossier_source where source_id = %s and source_key = %s", record
    ).fetchone()
    if row is None:
        raise _unknown(record)
    return int(row[0])


def clear(connection: Connection, record: Record, why: str) -> dict[str, Any]:
    """The clear values of a record, by the vault's own door: `vault.audit` keeps who read it and why."""
    row = connection.execute("select vault.read('dossier', %s, %s, %s)", (*record, why)).fetchone()
    return {name: value for name, value in dict(row[0]).items() if value is not None} if row else {}


def judgements(connection: Connection) -> list[Judgement]:
    """The last word on every judged pair, undone ones included, the latest first."""
    with connection.cursor(row_factory=class_row(Judgement)) as cursor:
        return cursor.execute(f"select * from ({_JUDGEMENTS}) j order by judgement_id desc".encode()).fetchall()


def judge(connection: Connection, decisions: Sequence[Decision], now: datetime) -> int:
    """Keep decisions, all or none; one that repeats the last word on its pair is not kept again. Gives how many were.

    Raises HubError, naming the record, when std does not hold one of the two, when both are one record, or when one
    pair is judged in two ways.
    """
    held = sides(connection, [record for decision in decisions for record in (decision.first, decision.second)])
    said: dict[frozenset[Record], Decision] = {}
    for decision in decisions:
        for record in (decision.first, decision.second):
            if record not in held:
                raise _unknown(record)
        if decision.first == decision.second:
            raise HubError(f"record {decision.first[1]}: a pair has two records", "name the other one as well")
        other = said.setdefault(frozenset((decision.first, decision.second)), decision)
        if other.verdict != decision.verdict:
            raise HubError(
                f"records {_named(decision.first)} and {_named(decision.second)} are judged both {other.verdict} and "
                f"{decision.verdict}",
                "say one of the two; nothing was kept",
            )
    once = list(said.values())
    columns = [[*d.first, *d.second, d.verdict, d.judged_by, d.reason] for d in once]
    if not columns:
        return 0
    return connection.execute(_JUDGE.encode(), (*(list(column) for column in zip(*columns, strict=True)), now)).rowcount


def apart(connection: Connection, dossier_id: int, records: Sequence[Record]) -> list[tuple[Record, Record]]:
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


def _named(record: Record) -> str:
    return f"{record[0]}/{record[1]}"


def _unknown(record: Record) -> HubError:
    return HubError(f"there is no record {record[1]} of source {record[0]}", "`hub explain` shows records")
