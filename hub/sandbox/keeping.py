"""The one-stop systems of a world: what each of them keeps, shows and drops on a day.

Here: going from a life to the rows, items and files of its one-stop system, and what of it is readable. Not here: the
form of rows and files (`td.py`, `opencps_sql.py`, `xml_packages.py`, `registers.py`), portal and national copy
(`world.py`), servers and folders (`deploy.py`). Files are made for moments: thirty days before the first day, the
first day, and each day after it. What was dropped before never changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from hub.sandbox import registers, td_rest
from hub.sandbox.disagreements import Disagreements, seen_by
from hub.sandbox.dossier import Life, changed
from hub.sandbox.drops import Drop
from hub.sandbox.guilt import Guilt
from hub.sandbox.messages import clear_values
from hub.sandbox.mischief import FATES, ONE_STOP_PROFILES, SPOILED_STATUS, draw_edges
from hub.sandbox.one_stop import OneStop, OneStops, settle, tells
from hub.sandbox.opencps_sql import UNKNOWN_STATE, Site
from hub.sandbox.places import UNKNOWN_PROCEDURES
from hub.sandbox.reform import EVENING
from hub.sandbox.registers import Register
from hub.sandbox.said import Said, says, visible
from hub.sandbox.td_rest import Item
from hub.sandbox.td_sql import District
from hub.sandbox.truth import Recorder
from hub.sandbox.xml_packages import Sender

FIRST_FILES = timedelta(days=30)
# which mischief a vendor's system is able to do
_EDGES = {
    "td_rest": {"unknown_code", "late_child", "hard_deleted", "unseen"},
    "td_sql": {"unknown_code", "late_child", "null_cursor", "hard_deleted", "unseen"},
    "opencps": {"unknown_code", "hard_deleted", "unseen"},
    "xml": {"unknown_code", "wrong_hash"},
    "register": {"numberless", "vni_text", "bare_phone"},
}
_ALONE = frozenset({"unknown_code", "wrong_hash", "numberless", "null_cursor", "hard_deleted", "unseen"})


class Keeping:
    """Collects what the one-stop systems hold at `today` plus `days` days."""

    def __init__(
        self,
        seed: int,
        profile: str,
        today: datetime,
        days: int,
        levels: Sequence[str],
        disagreements: Disagreements | None = None,
        guilt: Guilt | None = None,
    ) -> None:
        self.systems = OneStops(today.date(), levels, (today + timedelta(days=days)).date())
        self.items: dict[tuple[str, str], list[Item]] = {}
        self.districts: dict[str, District] = {}
        self.sites: dict[str, Site] = {}
        self._seed = seed
        self._disagreements = disagreements or Disagreements(seed, profile)
        self._guilt = guilt or Guilt()
        self._switches = ONE_STOP_PROFILES[profile]
        self._today = today
        self._cuts = [today - FIRST_FILES, *(today + timedelta(days=n) for n in range(days + 1))]
        self._unsettled = unsettled_agency(self.systems, days) if self._switches.unsettled else ""
        self._senders: dict[str, Sender] = {}
        self._registers: dict[str, Register] = {}
        self._numberless: list[tuple[str, Life, Said]] = []
        files = (seed, self._cuts, self._switches)
        for code, system in self.systems.systems.items():
            if system.vendor == "td_rest":
                self.items |= {(system.source_id, kind): [] for kind in ("dossier", "step")}
            elif system.vendor == "td_sql":
                self.districts[code] = District(system.agency)
            elif system.vendor == "opencps":
                self.sites[code] = Site(system)
            elif system.vendor == "xml":
                self._senders[code] = Sender(system, *files)
            else:
                self._registers[code] = Register(system, *files)

    def keep(self, life: Life, recorder: Recorder) -> list[Said]:
        """Puts a life into its one-stop systems and settles where else it stands; gives what the hub can read.

        First the system of a successor, then that of the office. A dossier without a number is told to the recorder at
        the end, when its ordinal is known.
        """
        system = self.systems.of(life.agency)
        if system is None:
            self._disagreements.settle(life, system)
            return []
        edges = self._edges(system, life)
        if "numberless" in edges:  # nothing could say that two rows without a number are one
            life.handed = None
        settle(life, system, edges)
        self._disagreements.settle(life, system)
        heir, own = self._inherit(life, recorder), self._keep(system, life, edges, recorder)
        return [said for said in (heir, own) if said is not None]

    def _inherit(self, life: Life, recorder: Recorder) -> Said | None:
        """What the successor's system shows of a dossier that was handed over."""
        system = self.systems.of(life.handed[1]) if life.handed else None
        if system is None or life.handed is None:
            return None
        seen = changed(life, agency=life.handed[1], processor=life.handed[1])
        said = self._hold(system, seen, frozenset(), since=life.handed[0])
        if said is None:
            return None
        recorder.personal([], said.steps)
        if said.procedure_code in UNKNOWN_PROCEDURES:
            recorder.drift(system.source_id, "procedure", said.procedure_code)
        if life.received_at is not None and life.received_at.date() >= life.handed[0].date():
            return said  # it was handed in at the office that ended, and received by this one
        return changed(said, agency_code=life.agency.code)

    def _keep(self, system: OneStop, life: Life, edges: frozenset[str], recorder: Recorder) -> Said | None:
        seen = seen_by(life, system.source_id)
        said = self._hold(system, seen, edges, since=None)
        if said is None:
            return None
        if seen is not life:
            recorder.personal(clear_values(seen), [])
        recorder.personal([], said.steps)
        if "unknown_code" in edges or "wrong_hash" in edges:
            reason = "HASH_DIFFERS" if "wrong_hash" in edges else "UNKNOWN_STATUS"
            recorder.quarantine(said, reason)
            if reason == "UNKNOWN_STATUS":
                code = UNKNOWN_STATE[0] if system.vendor == "opencps" else SPOILED_STATUS
                recorder.drift(system.source_id, "code", code)
            return None
        if said.procedure_code in UNKNOWN_PROCEDURES and not said.implied:
            recorder.drift(system.source_id, "procedure", said.procedure_code)
        if said.number is None:
            self._numberless.append((system.agency.code, life, said))
            return said if system.source_id in life.views else None
        return said

    def tells_origin(self, life: Life) -> bool:
        """Whether the system of its office says which dossier another one continues."""
        system = self.systems.of(life.agency)
        return system is not None and system.vendor == "opencps"

    def packages_of(self, life: Life) -> list[str]:
        """The sources that send this dossier in packages, which alone have room for apologies."""
        holders = [life.agency, *([life.handed[1]] if life.handed else [])]
        systems = [self.systems.of(holder) for holder in holders]
        return [system.source_id for system in systems if system is not None and system.vendor == "xml"]

    def finish(self, recorder: Recorder) -> list[Drop]:
        """All files of the communes; the recorder learns of the dossiers that only a register holds."""
        ordinals = {code: register.ordinals() for code, register in self._registers.items()}
        for code, life, said in self._numberless:
            received = (said.received_at or said.updated_at).date()
            key = registers.row_key(received, ordinals[code][life.ordinal])
            if said.source_id in life.views:  # its other copies are known
                recorder.rekey(life.ordinal, said.source_id, key)
            else:
                recorder.dossier(life, [changed(said, key=key)])
        for items in self.items.values():
            items.sort()
        last = len(self._cuts) - 1
        drops = [drop for register in self._registers.values() for drop in register.drops()]
        for code, sender in self._senders.items():
            drops += sender.drops(last if code == self._unsettled else None)
        return drops

    def _edges(self, system: OneStop, life: Life) -> frozenset[str]:
        edges = draw_edges(self._seed, life.ordinal, self._switches) & _EDGES[system.vendor]
        if life.traits & set(FATES):
            edges -= _ALONE
        if life.channel == 2:
            edges -= {"numberless"}
        if edges & {"unknown_code", "null_cursor", "late_child"}:
            edges -= {"hard_deleted", "unseen"}
        if "hard_deleted" in edges:  # what never was there before cannot be found missing
            edges -= {"unseen"}
            if visible(life, system.source_id, self._today) < 0:
                edges -= {"hard_deleted"}
        if visible(life, system.source_id, self._today) < len(life.moments) - 1:
            edges -= {"null_cursor"}  # what has no stamp can show no change
        return edges

    def _hold(self, system: OneStop, life: Life, edges: frozenset[str], since: datetime | None) -> Said | None:
        """`since`: the system knows the dossier from then on only."""
        if since is not None and self._cuts[-1] < since:
            return None
        if system.vendor == "xml":
            return self._send(system, life, edges, since or datetime.min)
        if system.vendor == "register":
            return self._register(system, life, edges)
        said = self._told(system, life, edges, self._cuts[-1])
        if said is None:
            return None
        if "hard_deleted" in edges and len(self._cuts) > 2:
            self._guilt.vanished(life)
            return _gone(said, system.vendor, self._cuts[-1])
        if "unseen" in edges and len(self._cuts) == 2:
            return None
        code = system.agency.code
        if system.vendor == "td_sql":
            self.districts[code].add(life, said, edges)
        elif system.vendor == "opencps":
            self.sites[code].add(life, said, edges)
        else:
            self.items[system.source_id, "dossier"].append(td_rest.dossier_item(life, said, edges))
            self.items[system.source_id, "step"] += td_rest.step_items(life, said)
        return said

    def _told(self, system: OneStop, life: Life, edges: frozenset[str], at: datetime) -> Said | None:
        if not system.stands_on(at.date()):  # it says for ever what it said on its last evening
            at = EVENING
        event = visible(life, system.source_id, at)
        return None if event < 0 else tells(system, life, says(life, system.source_id, event), edges, at)

    def _send(self, system: OneStop, life: Life, edges: frozenset[str], since: datetime) -> Said | None:
        """Into every package since which something happened; the newest settled one is what can be read."""
        readable: Said | None = None
        before = -1
        for cut, at in enumerate(self._cuts):
            if at < since or not system.stands_on(at.date()):
                continue
            event = visible(life, system.source_id, at)
            said = self._told(system, life, edges, at) if event > before else None
            if said is not None:
                self._senders[system.agency.code].add(cut, life, said, edges)
                if not (system.agency.code == self._unsettled and cut == len(self._cuts) - 1):
                    readable = said
            before = event
        return readable

    def _register(self, system: OneStop, life: Life, edges: frozenset[str]) -> Said | None:
        said: Said | None = None
        before = -1
        for cut, at in enumerate(self._cuts[1:], 1):
            if not system.stands_on(at.date()):
                continue
            event = visible(life, system.source_id, at)
            if event > before:  # else a row is what it was the last time
                said = self._told(system, life, edges, at)
            if said is not None:
                self._registers[system.agency.code].add(cut, life, said, edges, changed=event > before)
            before = event
        return said


def _gone(said: Said, vendor: str, at: datetime) -> Said:
    """What a row that is gone leaves behind: its last image, without what vanished with it from lists of its own."""
    if vendor == "td_rest":  # shows everything but steps inside the dossier
        return changed(said, deleted_at=at, steps=[])
    return changed(
        said, deleted_at=at, steps=[], fees=[], supplements=[], components=[], others=[], results=[], rated_at=None
    )


def unsettled_agency(systems: OneStops, days: int) -> str:
    """The commune whose newest package is still being written on that day; "" when none sends packages that it will
    complete the day after: an office on its last evening will not."""
    day = systems.today + timedelta(days=days)
    senders = [s for s in systems.by_vendor("xml") if s.stands_on(day) and s.stands_on(day + timedelta(days=1))]
    return senders[days * 37 % len(senders)].agency.code if senders else ""
