"""The account of censuses: what was found, what was done about it, and what waits for a person's word.

Here: every statement on `ops.census`, `ops.census_group` and `ops.census_key`. Not here: finding differences
(`hub/census_compare.py`), tombstones (`hub/tombstones.py`). Written in the caller's transaction, as the rest of the
ledger is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import class_row

from hub import tombstones
from hub.errors import HubError

Connection = psycopg.Connection[Any]


@dataclass
class Counted:
    """One stream of one source: its census. `outcome`: agrees, mended, differs, held, accepted, failed, skipped."""

    source_id: str
    stream: str
    record_type: str
    began_at: datetime
    outcome: str = "agrees"
    message: str = ""
    source_count: int = 0
    hub_count: int = 0
    missing: int = 0
    differing: int = 0
    vanished: int = 0
    revived: int = 0
    ahead: int = 0
    quarantined: int = 0
    remaining: int = 0
    buried: int = 0
    batch_id: int | None = None
    census_id: int = 0

    @property
    def differences(self) -> int:
        """Keys that source and hub did not agree about."""
        return self.missing + self.differing + self.vanished + self.revived


@dataclass(frozen=True)
class GroupCounted:
    """A group in which something was found; see `ops.census_group`."""

    agency: str
    day: str
    status: str
    source_count: int
    hub_count: int
    missing: int
    differing: int
    vanished: int


@dataclass
class Standing:
    """The last census of a stream that said something, as people are shown it."""

    census_id: int
    source_id: str
    stream: str
    finished_at: datetime
    outcome: str
    message: str | None
    source_count: int
    hub_count: int
    missing: int
    differing: int
    vanished: int
    revived: int
    remaining: int
    buried: int
    accepted_by: str | None
    groups: list[GroupCounted] = field(default_factory=list)


_COUNTS = (
    *("source_count", "hub_count", "missing", "differing", "vanished", "revived", "ahead", "quarantined"),
    *("remaining", "buried"),
)


def record(
    connection: Connection, counted: Counted, groups: Sequence[GroupCounted], waiting: Sequence[str], now: datetime
) -> int:
    """Write a census with its differing groups, and the keys that wait for a word; gives its number."""
    names = ("source_id", "stream", "record_type", "began_at", "outcome", *_COUNTS, "batch_id")
    row = connection.execute(
        f"""insert into ops.census ({", ".join(names)}, message, finished_at)
            values ({", ".join(["%s"] * len(names))}, %s, %s) returning census_id""".encode(),
        (*(getattr(counted, name) for name in names), counted.message or None, now),
    ).fetchone()
    assert row is not None
    counted.census_id = int(row[0])
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            insert into ops.census_group (census_id, agency, day, status, source_count, hub_count, missing, differing,
                vanished) values (%s, %s, %s, %s, %s, %s, %s, %s, %s)
            """,
            [
                (
                    *(counted.census_id, group.agency, group.day, group.status, group.source_count, group.hub_count),
                    *(group.missing, group.differing, group.vanished),
                )
                for group in groups
            ],
        )
    connection.execute(
        "insert into ops.census_key (census_id, source_key) select %s, k from unnest(%s::text[]) k",
        (counted.census_id, list(waiting)),
    )
    return counted.census_id


def conclude(connection: Connection, counted: Counted, now: datetime) -> None:
    """Write what became of a census after its differences were read again."""
    connection.execute(
        """
        update ops.census set outcome = %s, message = %s, remaining = %s, buried = %s, finished_at = %s
        where census_id = %s
        """,
        (
            *(counted.outcome, counted.message or None, counted.remaining, counted.buried, now),
            counted.census_id,
        ),
    )


_LAST = """
with last as (
    select distinct on (source_id, stream) * from ops.census
    where outcome <> 'skipped' and (%(source)s::text is null or source_id = %(source)s)
    order by source_id, stream, census_id desc
)
select census_id, source_id, stream, finished_at, outcome, message, source_count, hub_count, missing, differing,
       vanished, revived, remaining, buried, accepted_by
from last
"""


def standing(connection: Connection, source_id: str | None = None) -> list[Standing]:
    """The last census of every stream that was ever counted, with the groups that differed."""
    with connection.cursor(row_factory=class_row(Standing)) as cursor:
        found = cursor.execute(f"{_LAST} order by source_id, stream".encode(), {"source": source_id}).fetchall()
    known = {item.census_id: item for item in found}
    rows = connection.execute(
        """
        select census_id, agency, day, status, source_count, hub_count, missing, differing, vanished
        from ops.census_group where census_id = any(%s) order by 1, 2, 3, 4
        """,
        (list(known),),
    ).fetchall()
    for census_id, *group in rows:
        known[census_id].groups.append(GroupCounted(*group))
    return found


def troubles(connection: Connection) -> dict[str, list[str]]:
    """By source: one sentence for each stream of which the last census left something open."""
    told: dict[str, list[str]] = {}
    for item in standing(connection):
        if item.outcome == "held":
            told.setdefault(item.source_id, []).append(
                f"census of {item.stream}: {item.vanished:,} keys are not listed any more, too many to believe: "
                f"hub census --accept {item.source_id}"
            )
        elif item.outcome == "differs":
            left = item.remaining or item.missing + item.differing + item.vanished + item.revived
            told.setdefault(item.source_id, []).append(f"census of {item.stream}: {left:,} keys still differ")
        elif item.outcome == "failed":
            told.setdefault(item.source_id, []).append(f"census of {item.stream} failed: {item.message}")
    return told


def accept(connection: Connection, source_id: str, by: str, because: str, now: datetime) -> list[Standing]:
    """Let through what the last censuses of a source hold back, exactly these keys; records that have come since stay.

    Gives what was accepted, with `buried` as marked now. Raises HubError when nothing waits or nobody is named.
    """
    if not by.strip() or not because.strip():
        raise HubError("who lets it through, and why?", 'hub census --accept SOURCE --by NAME --because "TEXT"')
    held = [item for item in standing(connection, source_id) if item.outcome == "held"]
    if not held:
        raise HubError(f"{source_id}: nothing waits for a word", "`hub census --show` shows what does")
    for item in held:
        row = connection.execute(
            "select record_type, coalesce(batch_id, 0) from ops.census where census_id = %s for update",
            (item.census_id,),
        ).fetchone()
        assert row is not None
        query = "select source_key from ops.census_key where census_id = %s order by 1"
        keys = [found[0] for found in connection.execute(query, (item.census_id,)).fetchall()]
        place = tombstones.Place(source_id, item.stream, row[0], row[1])
        item.buried = tombstones.bury(connection, place, keys, item.census_id, now)
        item.outcome, item.accepted_by = "accepted", by.strip()
        connection.execute(
            """
            update ops.census set outcome = 'accepted', accepted_by = %s, accepted_because = %s, accepted_at = %s,
                buried = %s where census_id = %s and outcome = 'held'
            """,
            (by.strip(), because.strip(), now, item.buried, item.census_id),
        )
    return held
