"""What a source lists against what std holds of it: groups first, then keys, set by set in the warehouse.

Here: the steps of a comparison on one connection and its staging tables, and the SQL expressions by which std is
counted like its source. Not here: asking the source (`hub/census_source.py`), what is done about a difference
(`hub/census.py`). SQL stands in `assets/sql/census`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl
import psycopg

from hub.mapping import OdbcRead, Stream
from hub.standardise.identifiers import LONGEST_KEY
from hub.warehouse import staging
from hub.warehouse.statements import run

Connection = psycopg.Connection[Any]
GroupKey = tuple[str, str, str]  # agency, day, status; "" for none
CHECKSUMS = 2**64
AGAIN = ("missing", "differing", "revived")  # kinds of keys that are read again
_STAGING = [staging.table(name) for name in ("said", "held", "group", "found")]
_LOCAL = "at time zone 'Asia/Ho_Chi_Minh')::date::text"


@dataclass(frozen=True)
class Held:
    """A group as std holds it: records, those of them that are live, checksum of the keys."""

    count: int
    live: int
    checksum: int


@dataclass
class Found:
    """What a comparison found: keys by kind, in all and by group."""

    kinds: Counter[str] = field(default_factory=Counter)
    groups: dict[GroupKey, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def differs(self) -> bool:
        """Whether anything is to be done."""
        return any(self.kinds[kind] for kind in (*AGAIN, "vanished"))


class Comparison:
    """One stream of one source, compared on one connection; each step leaves staging for the next."""

    def __init__(self, connection: Connection, source_id: str, name: str, stream: Stream) -> None:
        self.connection, self._stream = connection, stream
        self._bound = {"source": source_id, "stream": name, "type": stream.record_type}
        run(connection, "census/staging")
        staging.empty(connection, _STAGING)

    def held(self) -> dict[GroupKey, Held]:
        """Every group that std holds."""
        rows = run(self.connection, "census/groups", self._bound, **self._expressions()).fetchall()
        return {(agency, day, status): Held(n, live, int(s) % CHECKSUMS) for agency, day, status, n, live, s in rows}

    def take(self, frame: pl.DataFrame) -> None:
        """Keys as the source lists them: source_key, version, agency, day, status."""
        if frame.height:
            staging.copy(self.connection, staging.table("said"), *staging.encode(frame))

    def said(self) -> dict[GroupKey, int]:
        """How many keys came, by group."""
        query = f"select agency, day, status, count(distinct source_key) from {staging.table('said')} group by 1, 2, 3"
        return {(a, d, s): n for a, d, s, n in self.connection.execute(query.encode()).fetchall()}

    def compare(self, watermark: str | None, some: Iterable[GroupKey] | None) -> Found:
        """Find missing, differing, revived and vanished keys. `some`: only the keys of these groups were taken."""
        if some is not None:
            rows = pl.DataFrame(list(some), schema=dict.fromkeys(("agency", "day", "status"), pl.String), orient="row")
            if rows.height:
                staging.copy(self.connection, staging.table("group"), *staging.encode(rows))
        self._analyse("said", "group")
        bound = self._bound | {"some": some is not None}
        run(self.connection, "census/held", bound, **self._expressions())
        self._analyse("held")
        self._judge(watermark)
        run(self.connection, "census/vanished")
        return self._counted()

    def again(self, watermark: str | None) -> Found:
        """What is still missing or different, of the keys that were, now that they have been read again."""
        said, found = staging.table("said"), staging.table("found")
        kinds = list(AGAIN)
        self.connection.execute(
            f"delete from {said} where source_key not in "
            f"(select source_key from {found} where kind = any(%s))".encode(),
            (kinds,),
        )
        staging.empty(self.connection, [found])
        self._judge(watermark)
        return self._counted()

    def keys(self, kinds: Sequence[str]) -> list[tuple[str, str]]:
        """Key and version of what was found, by key."""
        query = f"select source_key, version from {staging.table('found')} where kind = any(%s) order by 1"
        return self.connection.execute(query.encode(), (list(kinds),)).fetchall()

    def spare(self, keys: Sequence[str]) -> Found:
        """These keys have not vanished after all: the source knew them when it was asked for them."""
        query = f"delete from {staging.table('found')} where kind = 'vanished' and source_key = any(%s)"
        self.connection.execute(query.encode(), (list(keys),))
        return self._counted()

    def _judge(self, watermark: str | None) -> None:
        bound = self._bound | {"longest": LONGEST_KEY, "watermark": watermark}
        dossier = self._stream.record_type == "dossier"
        held_status = "coalesce(f.source_status, '')" if dossier else "''"
        run(
            self.connection,
            "census/found",
            bound,
            **self._expressions(),
            held_status=held_status,
            beyond=self._beyond(),
        )

    def _beyond(self) -> str:
        """Whether a version lies beyond the watermark, where that can be told without the source."""
        read = self._stream.read
        if isinstance(read, OdbcRead) and read.cursor == "integer":
            return "lpad(s.version, 40, '0') > lpad(%(watermark)s::text, 40, '0')"
        form = self._stream.cursor_format
        if form and (not form.startswith("%Y") or "%z" in form):  # does not sort as text
            return "false"
        return 's.version collate "C" > %(watermark)s::text'

    def _expressions(self) -> dict[str, str]:
        """How std tells a record's group; "" for what the census does not ask."""
        census, dossier = self._stream.census, self._stream.record_type == "dossier"
        assert census is not None
        day = "''"
        if census.day and census.day == self._stream.version:
            day = f"coalesce((r.version_at {_LOCAL}, left(r.version, 10), '')"
        elif census.day and dossier:
            day = f"coalesce((r.received_at {_LOCAL}, '')"
        return {
            "agency": "coalesce(r.receiving_agency_code, '')" if census.agency else "''",
            "day": day,
            "status": "coalesce(r.source_status, '')" if census.status else "''",
            "type": self._stream.record_type,
        }

    def _counted(self) -> Found:
        found = Found()
        for kind, agency, day, status, count in run(self.connection, "census/counted").fetchall():
            found.kinds[kind] += count
            found.groups[agency, day, status][kind] += count
        return found

    def _analyse(self, *names: str) -> None:
        for name in names:
            self.connection.execute(f"analyze {staging.table(name)}".encode())
