"""From staging into std: which staged row is new, changed, unchanged or superseded, and the MERGE that writes it.

Here: SQL made from the table declarations, one function per step. Not here: staging (`staging.py`), the order of
the steps (`hub/loading.py`). No row that is already there is written, not even locked: the prefilter join finds
what differs, and the MERGE is guarded by IS DISTINCT FROM, so an unchanged row costs no WAL.

"Latest" is decided by the source's own version, else by the time of observation, then by the hash, never by the
order of arrival; so any order, batching or repetition of loads ends in the same rows.
"""

from __future__ import annotations

from typing import Any

import psycopg
import sqlalchemy as sa

from hub.warehouse import staging

Connection = psycopg.Connection[Any]
# Where a row comes from says nothing about its content; children repeat their parent's version.
ORIGIN = {"source_id", "source_key", "batch_id", "raw_row", "recorded_at"}
CHILD_ORIGIN = ORIGIN | {"version", "version_at"}
NOT_STAGED = {"source_id", "recorded_at"}
DECIDED: list[sa.Column[Any]] = [
    sa.Column("batch_id", sa.BigInteger),
    sa.Column("raw_row", sa.Integer),
    sa.Column("source_id", sa.Text),
    sa.Column("source_key", sa.Text),
    sa.Column("class", sa.Text),
]


def staged_columns(table: sa.Table) -> list[sa.Column[Any]]:
    """The columns of a std table that a frame brings; the rest is known to the load."""
    return [column for column in table.columns if column.name not in NOT_STAGED]


def _names(table: sa.Table, leave: set[str], prefix: str = "") -> str:
    return ", ".join(f'{prefix}"{c.name}"' for c in table.columns if c.name not in leave)


def _age(row: str, risen: str) -> str:
    """What makes one version of a record later than another, as a comparable row."""
    return (
        f"({risen}coalesce({row}.version_at, '-infinity'), coalesce({row}.version, '') collate \"C\", "
        f"{row}.recorded_at, {row}.payload_hash)"
    )


def decide(connection: Connection, table: sa.Table, graves: bool) -> None:
    """Classify every staged row into the `decided` table; a message that a record is gone is `buried`, and no version.

    Whose a row is says its batch. `graves`: some of the sources have keys that vanished. What came after a key vanished
    is later than all that came before, whatever its version: the source may have brought back an older one.

    The lateral subquery with OFFSET looks each key up by the primary key: inside one load the target grows chunk by
    chunk without statistics, and a hash join would read all of it for each chunk.
    """
    staged = staging.table(table.name)
    latest = "coalesce(s.batch_id > g.batch_id, true) desc," if graves else ""
    connection.execute(
        f"""
        with vanished as (
            select source_id, source_key, batch_id from ops.tombstone where record_type = %s and reason = 'vanished'
        )
        insert into {staging.table("decided")} (batch_id, raw_row, source_id, source_key, class)
        select s.batch_id, s.raw_row, s.source_id, s.source_key,
               case when s.deletion = 'message' then 'buried'
                    when s.place > 1 then case when s.payload_hash = s.winner then 'unchanged' else 'superseded' end
                    when t.source_key is null then 'new'
                    when ({_names(table, ORIGIN, "s.")}) is not distinct from ({_names(table, ORIGIN, "t.")})
                        then case when s.recorded_at > t.recorded_at then 'seen_again' else 'unchanged' end
                    when {_age("s", _risen("s", graves))} < {_age("t", _risen("t", graves))} then 'superseded'
                    else 'changed' end
        from (
            select s.*, b.source_id, b.recorded_at, row_number() over latest as place,
                   first_value(s.payload_hash) over latest as winner
            from {staged} s join ops.batch b using (batch_id) {_graves("b", graves)}
            window latest as (
                partition by b.source_id, s.source_key, s.deletion is not distinct from 'message'
                order by {latest} coalesce(s.version_at, '-infinity') desc, coalesce(s.version, '') collate "C" desc,
                         b.recorded_at desc, s.payload_hash desc, s.batch_id desc, s.raw_row desc)
        ) s
        {_graves("s", graves)}
        left join lateral (select * from std.{table.name} f
                           where f.source_id = s.source_id and f.source_key = s.source_key offset 0) t on true
        """,
        (table.name.removesuffix("_record"),),
    )
    connection.execute(f"analyze {staging.table('decided')}")


def _graves(whose: str, graves: bool) -> str:
    """The join with the vanished keys of the source that `whose` names."""
    return f"left join vanished g on g.source_id = {whose}.source_id and g.source_key = s.source_key" if graves else ""


def _risen(row: str, graves: bool) -> str:
    """Whether a row came after its key had vanished, as the first part of its age."""
    return f"coalesce({row}.batch_id > g.batch_id, true), " if graves else ""


def merge(connection: Connection, table: sa.Table) -> int:
    """Write the new and changed rows of a record type with a stream of its own; gives how many were written."""
    return _write(connection, table, {"source_id", "source_key"}, "('changed', 'seen_again')")


def staged_clear(table: sa.Table) -> list[sa.Column[Any]]:
    """The columns of a vault table that a frame brings, and the batch that says whose they are."""
    return [sa.Column("batch_id", sa.BigInteger), *(column for column in table.columns if column.name != "source_id")]


def merge_children(connection: Connection, table: sa.Table, *, staged: bool) -> int:
    """Bring the children of new and changed parents to what the parents say; gives rows written and deleted.

    `staged`: whether any child of this kind came; else there is nothing to write.
    """
    written = _write(connection, table, CHILD_ORIGIN, "('changed')") if staged else 0
    return written + _delete_children(connection, table)


def _delete_children(connection: Connection, table: sa.Table) -> int:
    """Delete what changed parents do not have any more.

    Source by source, and parents bound as an array: joined, the planner would read all children of the sources. NOT IN
    and not NOT EXISTS: it is hashed whatever the planner believes of a table that has no statistics.
    """
    staged, decided = staging.table(table.name), staging.table("decided")
    changed = connection.execute(f"select distinct source_id from {decided} where class = 'changed'").fetchall()
    deleted = 0
    for (source_id,) in changed:
        deleted += connection.execute(
            f"""
            delete from std.{table.name} t
            where t.source_id = %(source)s
              and t.parent_key = any (array(select d.source_key from {decided} d
                                            where d.class = 'changed' and d.source_id = %(source)s))
              and t.source_key not in (select s.source_key from {staged} s join {decided} d using (batch_id, raw_row)
                                       where d.class = 'changed' and d.source_id = %(source)s)
            """,
            {"source": source_id},
        ).rowcount
    return deleted


def _write(connection: Connection, table: sa.Table, leave: set[str], known: str) -> int:
    """INSERT what is new (nothing to compare with), MERGE what is known; both in key order."""
    sets = ", ".join(f'"{c.name}" = s."{c.name}"' for c in table.columns if c.name not in {"source_id", "source_key"})
    names, values = _names(table, set()), _names(table, set(), "s.")
    rows = f"""select s.*, b.source_id, b.recorded_at from {staging.table(table.name)} s
               join {staging.table("decided")} d using (batch_id, raw_row) join ops.batch b using (batch_id)
               where d.class in {{classes}} order by b.source_id, s.source_key"""
    new, known = rows.format(classes="('new')"), rows.format(classes=known)
    inserted = connection.execute(f"insert into std.{table.name} ({names}) select {values} from ({new}) s").rowcount
    merged = connection.execute(
        f"""
        merge into std.{table.name} t using ({known}) s
        on t.source_id = s.source_id and t.source_key = s.source_key
        when matched and ({_names(table, leave, "t.")}) is distinct from ({_names(table, leave, "s.")})
            then update set {sets}
        when not matched then insert ({names}) values ({values})
        """
    ).rowcount
    return inserted + merged


def keep_clear(connection: Connection, clear: sa.Table) -> int:
    """Insert clear values that the vault does not have yet, and leave no copy of them in staging."""
    staged, names = staging.table(f"clear_{clear.name}"), _names(clear, {"source_id"})
    written = connection.execute(
        f"""insert into vault.{clear.name} (source_id, {names})
            select b.source_id, {names} from {staged} join ops.batch b using (batch_id) on conflict do nothing"""
    ).rowcount
    connection.execute(f"truncate {staged}")
    return written


def counts(connection: Connection) -> dict[int, dict[str, int]]:
    """Per batch: how many staged rows were new, changed, unchanged, superseded."""
    rows = connection.execute(
        f"""
        select batch_id, case class when 'seen_again' then 'unchanged' when 'buried' then 'changed' else class end,
               count(*)
        from {staging.table("decided")} group by 1, 2
        """
    ).fetchall()
    found: dict[int, dict[str, int]] = {}
    for batch_id, name, count in rows:
        found.setdefault(batch_id, {})[name] = count
    return found
