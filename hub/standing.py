"""How things stand: each source's last pull, lateness, watermark, balance and open quarantine.

Here: questions to the ledger that people ask every morning. Not here: writing the ledger (`hub/ledger.py`), drawing
tables (`hub/cli`). Nothing here is a value of a dossier.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import class_row, dict_row

from hub.registry import Source

Connection = psycopg.Connection[Any]


@dataclass
class Standing:
    """One source. Times are aware; `late` is what exceeds the declared interval since the last complete reading of
    all its streams, None when that is less than a tenth or the source is not asked any more; `difference` is 0 unless
    records are lost."""

    source_id: str
    level: str
    active: bool
    every: timedelta | None = None
    last_pull_at: datetime | None = None
    outcome: str = "never"
    message: str = ""
    complete_at: datetime | None = None
    late: timedelta | None = None
    watermarks: dict[str, str] = field(default_factory=dict)
    fetched: int = 0
    pending: int = 0
    difference: int = 0
    quarantined: int = 0


def standings(connection: Connection, sources: Sequence[Source], now: datetime) -> list[Standing]:
    """Every declared source, and every one that was declared once and left data; troubled ones first."""
    found = {source.source_id: _declared(source) for source in sources}
    with connection.cursor(row_factory=dict_row) as cursor:
        for row in cursor.execute(_STANDINGS).fetchall():
            source_id, level = row.pop("source_id"), row.pop("level")
            standing = found.setdefault(source_id, Standing(source_id, level, False))
            for name, value in row.items():
                if value is not None:
                    setattr(standing, name, value)
    for standing in found.values():
        if standing.active and standing.every is not None:
            since = standing.complete_at
            behind = None if since is None else now - since - standing.every
            # no schedule keeps the second: what runs daily is not late after a day and a minute
            standing.late = behind if behind is not None and behind > standing.every / 10 else None
    return sorted(found.values(), key=lambda s: (not is_troubled(s), s.level, s.source_id))


def is_troubled(standing: Standing) -> bool:
    """Whether somebody should look: failed, late, never asked, or not in balance."""
    asked = standing.outcome == "ok" and standing.late is None
    return standing.difference != 0 or (standing.active and not asked)


def _declared(source: Source) -> Standing:
    return Standing(source.source_id, source.level, source.active, source.pull.every)


@dataclass(frozen=True)
class Flow:
    """The balance of one record type of one source over the whole ledger; see the view ops.flow."""

    source_id: str
    record_type: str
    pulls: int
    fetched: int
    stored: int
    unchanged: int
    refused: int
    raw_difference: int
    pending: int
    std_new: int
    std_changed: int
    std_unchanged: int
    std_superseded: int
    std_quarantined: int
    std_difference: int


def flows(connection: Connection, source_id: str | None = None) -> list[Flow]:
    """What went through raw and std, by source and record type."""
    with connection.cursor(row_factory=class_row(Flow)) as cursor:
        return cursor.execute(
            """
            select source_id, record_type, pulls, fetched::bigint, stored::bigint, unchanged::bigint, refused::bigint,
                   raw_difference::bigint, pending::bigint, std_new::bigint, std_changed::bigint,
                   std_unchanged::bigint, std_superseded::bigint, std_quarantined::bigint, std_difference::bigint
            from ops.flow where %(s)s::text is null or source_id = %(s)s order by 1, 2
            """,
            {"s": source_id},
        ).fetchall()


@dataclass(frozen=True)
class Held:
    """Records that std holds and core has taken, and the difference; `agency_code` and `day` None when summed up."""

    source_id: str
    agency_code: str | None
    day: date | None
    in_std: int
    in_core: int
    difference: int


def held(
    connection: Connection, source_id: str | None = None, agency_code: str | None = None, day: date | None = None
) -> list[Held]:
    """std against core per source; per agency and day as far as an agency or a day is asked for."""
    agency = "agency_code" if agency_code or day else "null::text"
    by_day = "day" if agency_code or day else "null::date"
    with connection.cursor(row_factory=class_row(Held)) as cursor:
        return cursor.execute(
            f"""
            select source_id, {agency} as agency_code, {by_day} as day, sum(in_std)::bigint as in_std,
                   sum(in_core)::bigint as in_core, sum(difference)::bigint as difference
            from ops.balance
            where (%(s)s::text is null or source_id = %(s)s) and (%(a)s::text is null or agency_code = %(a)s)
              and (%(d)s::date is null or day = %(d)s)
            group by 1, 2, 3 order by 1, 2, 3
            """,
            {"s": source_id, "a": agency_code, "d": day},
        ).fetchall()


@dataclass(frozen=True)
class LevelSummary:
    """What came of one level; `level` "" is all of them together. `on_time` is the share of finished dossiers with a
    due date that were early or on time, None when there is none; `difference` is 0 unless records are unaccounted."""

    level: str
    sources: int
    records: int
    quarantined: int
    dossiers: int
    on_time: float | None
    difference: int


def summarise(connection: Connection) -> list[LevelSummary]:
    """Each level that has been pulled, then all of them."""
    with connection.cursor(row_factory=class_row(LevelSummary)) as cursor:
        return cursor.execute(_SUMMARY).fetchall()


def imbalance(flowed: Sequence[Flow], kept: Sequence[Held]) -> int:
    """How many records are unaccounted for at any station; 0 is the promise."""
    lost = sum(abs(flow.raw_difference) + abs(flow.std_difference) for flow in flowed)
    return lost + sum(abs(item.difference) for item in kept)


_STANDINGS = """
with last as (
    select distinct on (source_id, stream) source_id, finished_at, outcome, message,
           array_position(array['failed', 'skipped', 'incomplete', 'ok'], outcome) as place
    from ops.pull order by source_id, stream, pull_id desc
), asked as (
    select source_id, max(finished_at) as last_pull_at,
           (array_agg(outcome order by place))[1] as outcome,
           (array_agg(message order by place))[1] as message
    from last group by source_id
), complete as (
    -- the stream that was completely read longest ago says how old the source's data are
    select source_id, case when count(*) = count(read_at) then min(read_at) end as complete_at
    from (select source_id, stream, max(finished_at) filter (where outcome = 'ok') as read_at
          from ops.pull group by source_id, stream) s
    group by source_id
), marks as (
    select source_id, jsonb_object_agg(stream, cursor) as watermarks from ops.watermark group by source_id
), flow as (
    select source_id, sum(fetched)::bigint as fetched, sum(pending)::bigint as pending,
           sum(abs(raw_difference) + abs(std_difference))::bigint as difference
    from ops.flow group by source_id
), balance as (
    select source_id, sum(abs(difference))::bigint as difference from ops.balance group by source_id
), refused as (
    select source_id, count(*) as quarantined from ops.quarantine where resolved_at is null group by source_id
)
select s.source_id, s.level, a.last_pull_at, a.outcome, a.message, c.complete_at, m.watermarks, f.fetched, f.pending,
       coalesce(f.difference, 0) + coalesce(b.difference, 0) as difference, r.quarantined
from ops.source s
left join asked a using (source_id)
left join complete c using (source_id)
left join marks m using (source_id)
left join flow f using (source_id)
left join balance b using (source_id)
left join refused r using (source_id)
"""
_SUMMARY = """
with record as (
    select s.level, count(*) as records from std.dossier_record r join ops.source s using (source_id)
    group by rollup (s.level)
), source as (
    select level, count(*) as sources from ops.source group by rollup (level)
), refused as (
    select s.level, count(*) as quarantined from ops.quarantine q join ops.source s using (source_id)
    where q.resolved_at is null group by rollup (s.level)
), member as (
    select distinct s.level, d.dossier_id from core.dossier_source d join ops.source s using (source_id)
), verdict as (
    select m.level, count(distinct m.dossier_id) as dossiers,
           count(distinct m.dossier_id) filter (where h.ket_qua_han in ('truoc_han', 'dung_han')) as kept,
           count(distinct m.dossier_id) filter (where h.ket_qua_han in ('truoc_han', 'dung_han', 'qua_han')) as judged
    from member m left join bi.ho_so h on h.ho_so_id = m.dossier_id
    group by rollup (m.level)
), unaccounted as (
    select s.level, sum(d.difference)::bigint as difference
    from (select source_id, abs(difference) as difference from ops.balance
          union all
          select source_id, abs(raw_difference) + abs(std_difference) from ops.flow) d
    join ops.source s using (source_id)
    group by rollup (s.level)
)
select coalesce(o.level, '') as level, o.sources, coalesce(r.records, 0) as records,
       coalesce(q.quarantined, 0) as quarantined, coalesce(v.dossiers, 0) as dossiers,
       v.kept::float8 / nullif(v.judged, 0) as on_time, coalesce(u.difference, 0) as difference
from source o
left join record r on r.level is not distinct from o.level
left join refused q on q.level is not distinct from o.level
left join verdict v on v.level is not distinct from o.level
left join unaccounted u on u.level is not distinct from o.level
order by o.level is null, o.level
"""
