"""The hub of one installation, put together once: settings, warehouse, raw store, sources, lists.

Here: which part is made of what, each when it is first needed. Not here: any work; stations are functions that
take these parts. Assets and commands start from here, so both do the same thing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from hub import census, health, landing, ledger, loading, marts, reference
from hub.census_ledger import Counted
from hub.errors import HubError
from hub.landing import Landing
from hub.loading import Loading
from hub.rawstore import RawStore
from hub.reconcile.core import Reconciled, reconcile
from hub.registry import Source, load_mappings, load_sources
from hub.registry_yaml import near
from hub.settings import Settings, load
from hub.standardise.protect import Hasher
from hub.standardise.reference import Reference, shipped
from hub.warehouse.engine import Warehouse, lock
from hub.warehouse.migrate import current, head, migrate


@dataclass
class Hub:
    """One installation. `settings` decides everything; nothing is opened before it is used."""

    settings: Settings = field(default_factory=load)

    @cached_property
    def warehouse(self) -> Warehouse:
        """The warehouse, migrated to this version and holding this version's reference lists."""
        opened = Warehouse.open(self.settings)
        if current(opened) != head():
            migrate(opened)
        with opened.begin("matcher") as connection:
            lock(connection, "hub.reference")  # two first commands at once would insert the same rows
            reference.ensure_reference(connection, self.settings.now())
        return opened

    @cached_property
    def store(self) -> RawStore:
        return RawStore(self.settings.raw_url)

    @cached_property
    def sources(self) -> list[Source]:
        """Every declared source, expanded for the hub's clock; inactive ones are among them."""
        mappings = load_mappings(self.settings.mappings)
        agencies = reference.agencies().to_dicts()
        return load_sources(self.settings.sources, mappings, agencies, self.settings.now())

    @cached_property
    def lists(self) -> Reference:
        return shipped()

    @cached_property
    def hasher(self) -> Hasher:
        key = self.settings.hash_key()
        return Hasher(key.key, key.key_id)

    def chosen(self, level: str | None = None, names: Sequence[str] = (), *, active: bool = True) -> list[Source]:
        """The sources of a level, or those named. Raises HubError for a name that is not declared."""
        known = {source.source_id: source for source in self.sources}
        for name in names:
            if name not in known:
                raise HubError(f"no source is named {name}{near(name, known)}", "`hub sources list` shows all")
        return [
            source
            for source in self.sources
            if (source.active or not active)
            and (level is None or source.level == level)
            and (not names or source.source_id in names)
        ]

    def land(
        self, sources: Sequence[Source], since: str | None = None, until: str | None = None, insist: bool = False
    ) -> list[ledger.Pull]:
        """Station raw. `insist`: also in quiet hours of a source and while it is left alone for its silence."""
        return landing.land(Landing(self.warehouse, self.store, self.settings, since, until, insist=insist), sources)

    def load(self, sources: Sequence[Source]) -> list[loading.Loaded]:
        """Station std."""
        return loading.load(Loading(self.warehouse, self.store, self.settings, self.lists, self.hasher), sources)

    def census(self, sources: Sequence[Source], *, repair: bool = True, insist: bool = False) -> list[Counted]:
        """What sources say they hold, against std; where anything was mended, core and mart follow."""
        landing = Landing(self.warehouse, self.store, self.settings)
        loading_ = Loading(self.warehouse, self.store, self.settings, self.lists, self.hasher)
        done = census.take(census.Census(landing, loading_, repair, insist), sources)
        again = [source for source in sources if census.offered_again(done, source)]
        if again:
            self.land(again, insist=True)
            self.load(again)
        if any(counted.differences for counted in done):
            self.reconcile()
            self.refresh()
        return done

    def reconcile(self) -> Reconciled:
        """Station core."""
        return reconcile(self.warehouse, self.settings.now())

    def refresh(self, *, full: bool = False) -> dict[str, int]:
        """Station mart."""
        with self.warehouse.begin("matcher") as connection:
            return marts.refresh(connection, self.now(), full=full)

    def judge(self) -> int:
        """The health of every source, written into mart.source_health; gives rows written."""
        with self.warehouse.begin("matcher") as connection:
            return health.judge(connection, self.sources, self.now())

    def now(self) -> datetime:
        """The hub's clock, Asia/Ho_Chi_Minh."""
        return self.settings.now()

    def close(self) -> None:
        """Give connections back."""
        if "warehouse" in self.__dict__:
            self.warehouse.close()
