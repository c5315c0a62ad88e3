"""A hub of the test's own over sources in memory, and its censuses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest

from hub.census import Census, take
from hub.census_ledger import Counted
from hub.reconcile.core import Reconciled, reconcile
from hub.settings import load
from hub.source import Pull, Shrink, Source
from hub.warehouse.engine import Warehouse
from tests.connectors.conftest import (
    mariadb_server,
    mariadb_tables,
    postgres_tables,
    served_mariadb,
    served_postgres,
    served_sqlite,
)
from tests.landing.memory import NOW, Hall, Record

__all__ = [
    "mariadb_server",
    "mariadb_tables",
    "postgres_tables",
    "served_mariadb",
    "served_postgres",
    "served_sqlite",
]


@dataclass
class Office(Hall):
    """A hall with the stations that a census needs; `shrink` and `quiet` are those of all its sources."""

    shrink: Shrink = field(default_factory=Shrink)
    quiet: Sequence[str] = ()

    def source(self, name: str, streams: Sequence[str] = ("dossier",)) -> Source:
        plain = super().source(name, streams)
        pull = Pull(page_size=10, quiet=list(self.quiet))
        return msgspec.structs.replace(plain, shrink=self.shrink, pull=pull)

    def pull(self, *names: str) -> None:
        """An ordinary run of raw and std."""
        self.land(*names)
        assert {done.error for done in self.load(*names).values()} <= {""}

    def census(self, *names: str, repair: bool = True, insist: bool = False) -> dict[str, Counted]:
        """The census of these sources (all when none is named) by source."""
        sources = [self.source(name) for name in names or self.served]
        return {done.source_id: done for done in take(Census(self.landing(), self.loading(), repair, insist), sources)}

    def live(self, name: str) -> set[str]:
        """The keys of a source that std holds as live."""
        return set(
            self.column("select source_key from std.dossier_record where source_id = %s and not is_deleted", name)
        )

    def forget(self, name: str, *records: Record) -> None:
        """Lose records silently, as a hub would that had missed them."""
        with self.warehouse.begin() as connection:
            connection.execute(
                "delete from std.dossier_record where source_id = %s and source_key = any(%s)",
                (name, [lost.key for lost in records]),
            )

    def reconcile(self) -> Reconciled:
        return reconcile(self.warehouse, self.settings.now())


@pytest.fixture
def office(warehouse: Warehouse, tmp_path: Path) -> Office:
    """An empty hub of the test's own, in October 2022."""
    with warehouse.begin() as connection:
        connection.execute(
            "insert into core.agency (agency_id, agency_code, valid_from, valid_to, name, level, sort_key) "
            "values (0, '?', '-infinity', 'infinity', 'Cơ quan chưa xác định', 'unknown', '')"
        )
    return Office(warehouse, load({"HUB_HOME": str(tmp_path), "HUB_NOW": NOW}))
