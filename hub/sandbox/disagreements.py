"""How the copies of one dossier disagree: the switches of `rough`, and what each copy then shows.

Here: which copies lose their number, are typed anew with errors or dated wrongly, which dossiers have a twin, and which
got a number twice. Not here: the mischief of single systems (`mischief.py`) and misconduct (`misconduct.py`). All is
drawn apart, by seed and ordinal, so that worlds of other profiles stay as they are. Of the systems that hold a
dossier one is its original: the office's own system, or, where that is a workbook, the national copy, else the portal.
The original keeps its number; everything else may happen to any copy.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, fields
from datetime import date
from random import Random
from typing import Any

from hub.sandbox import mischief
from hub.sandbox.dossier import Life, View, changed
from hub.sandbox.mischief import FOREIGN
from hub.sandbox.one_stop import OneStop
from hub.sandbox.people import Applicant
from hub.sandbox.said import swapped

TWIN = 5_000_011  # ordinals of twins lie above all others
OWN_KEYS = ("td_rest", "td_sql", "opencps")  # vendors whose rows have a key beside the number
DATES = ("received_at", "received_at", "due_at", "finished_at", "returned_at")
# what children tell, which are found by a number that two dossiers bear: the other's stop may excuse a date that moved,
# its closing a finish before receipt
CHILD_FIELDS = ("withdrawn_at", "supplement_count", "paid_online", "digitised", "result_is_electronic",
                "repeated_supplement", "refusal_without_reason", "due_moved_after_due",
                "result_before_receipt")  # fmt: skip
OF_DATES = ("swapped_date", "shifted_receipt")  # not where misconduct is to be seen in the dates
_DIGITS = "0123456789"


@dataclass(frozen=True, slots=True)
class Rough:
    """Shares (0..1) of what disagrees among dossiers that stand in several systems.

    unnumbered: of the copies beside the original, without number or reference (a national copy under an invented
    number that nobody names, a portal's under its own, a workbook's row without). Of dossiers, in one copy each:
    typing, identity_missing, identity_mistyped, identity_zero (of identities that begin with zero), swapped_date (of
    dossiers that have such a date), shifted_receipt (one or two days). Of dossiers: twin (another of the same
    applicant, procedure and day), reused_number (of those kept under a key of the system's own: an older dossier's
    number again). Shares are a little above what they aim at among all: not every dossier can have each.
    """

    unnumbered: float = 0.0
    typing: float = 0.0
    identity_missing: float = 0.0
    identity_mistyped: float = 0.0
    identity_zero: float = 0.0
    swapped_date: float = 0.0
    shifted_receipt: float = 0.0
    twin: float = 0.0
    reused_number: float = 0.0


_ROUGH = Rough(
    unnumbered=0.16,
    typing=0.085,
    identity_missing=0.11,
    identity_mistyped=0.034,
    identity_zero=0.17,
    swapped_date=0.04,
    shifted_receipt=0.055,
    twin=0.0105,
    reused_number=0.030,  # a sixth of all dossiers can have one: 0.5% of all
)


def _times(strength: float) -> Rough:
    return Rough(**{field.name: getattr(_ROUGH, field.name) * strength for field in fields(Rough)})


ROUGH_PROFILES = {"rough": _ROUGH, "rough-light": _times(0.5), "rough-heavy": _times(2.0)}


class Disagreements:
    """Decides life by life, in the order of ordinals."""

    def __init__(self, seed: int, profile: str) -> None:
        self.shares = ROUGH_PROFILES.get(profile, Rough())
        self.active = profile in ROUGH_PROFILES
        self.shared: list[tuple[int, bool]] = []
        self._seed = seed
        self._numbers: dict[str, list[tuple[str, date, str, int]]] = {}
        self._invented: set[str] = set()

    def has_twin(self, ordinal: int) -> bool:
        """Whether a second dossier of the same applicant, procedure and day follows this one."""
        return self.active and self._random("twin", ordinal).random() < self.shares.twin

    def settle(self, life: Life, system: OneStop | None) -> None:
        """Decides, once it is known where a dossier stands, what its copies show: fills `life.views`."""
        if not self.active or life.traits & FOREIGN:
            return
        reused = self._reuse(life, system)
        held = [system.source_id] if system else []
        others = [s for s, stands in (("portal", life.in_portal), ("national", life.in_national)) if stands]
        copies = held + others
        if len(copies) < 2:
            return
        vendor = system.vendor if system else ""
        original = others[-1] if vendor == "register" else copies[0]
        rng = self._random("copies", life.ordinal)
        views = {source_id: View() for source_id in copies}
        for source_id in copies:
            lost = rng.random() < self.shares.unnumbered
            if (lost or reused) and source_id != original:
                views[source_id] = self._unnumbered(life, source_id, views[source_id])
        shown = _Showing(life, views, rng, vendor)
        for name in (
            "typing",
            "identity_missing",
            "identity_mistyped",
            "identity_zero",
            "swapped_date",
            "shifted_receipt",
        ):
            if rng.random() < getattr(self.shares, name) and not (life.deeds and name in OF_DATES):
                getattr(shown, name)()
        life.views = {source_id: view for source_id, view in views.items() if view != View()}

    def _random(self, subject: str, ordinal: int) -> Random:
        return Random(f"rough {subject} {self._seed} {ordinal}")

    def _unnumbered(self, life: Life, source_id: str, view: View) -> View:
        if source_id == "national":
            if life.invented_number in self._invented:
                return view
            self._invented.add(life.invented_number)
            return changed(view, unnumbered=True, number=life.invented_number)
        if source_id == "portal":
            return changed(view, unnumbered=True, number=f"DVC-{life.submitted_at:%y%m%d}-{life.ordinal:07d}")
        return changed(view, unnumbered=True, number=None)

    def _reuse(self, life: Life, system: OneStop | None) -> bool:
        """Gives a dossier the number of an older one of the same office: applicant, procedure and day all differ."""
        if system is None or system.vendor not in OWN_KEYS or life.ordinal >= TWIN:
            return False
        if life.received_at is None or life.channel == 2:  # handed in at the desk: received at once
            return False
        known = self._numbers.setdefault(life.agency.code, [])
        day = life.received_at.date()
        rng = self._random("reuse", life.ordinal)
        if rng.random() < self.shares.reused_number:
            free = [row for row in known[-200:] if (day - row[1]).days > 5 and row[2] != life.procedure.code and row[0]]
            if free:
                row = rng.choice(free)
                known.remove(row)
                life.number = row[0]
                life.in_portal, life.in_national = False, True
                self.shared += [(row[3], system.vendor != "opencps"), (life.ordinal, system.vendor != "opencps")]
                return True
        known.append((life.number, day, life.procedure.code, life.ordinal))
        return False


class _Showing:
    """The copies of one dossier while they are spoiled, each by one disagreement in one copy."""

    def __init__(self, life: Life, views: dict[str, View], rng: Random, vendor: str) -> None:
        self._life = life
        self._views = views
        self._rng = rng
        self._registers = {next(iter(views))} if vendor == "register" else set()

    def typing(self) -> None:
        source_id = self._rng.choice(list(self._views))
        styled = source_id in self._registers or self._life.traits & {"tcvn3_text", "decomposed_text"}
        written = misspelt(self._life.applicant.name, self._rng, letters_only=bool(styled))
        self._change(source_id, name=written)

    def identity_missing(self) -> None:
        self._identity("", list(self._views))

    def identity_mistyped(self) -> None:
        identity = self._life.applicant.identity
        n = self._rng.randrange(3, len(identity) - 1)
        if self._rng.random() < 0.5 and identity[n] != identity[n + 1]:
            written = identity[:n] + identity[n + 1] + identity[n] + identity[n + 2 :]
        else:
            written = identity[:n] + self._rng.choice(_DIGITS.replace(identity[n], "")) + identity[n + 1 :]
        self._identity(written, list(self._views))

    def identity_zero(self) -> None:
        """A spreadsheet took the zero; the national side would refuse such a number."""
        written = mischief.without_zero(self._life.applicant.identity)
        self._identity(written, [source_id for source_id in self._views if source_id != "national"])

    def swapped_date(self) -> None:
        life = self._life
        names = [self._rng.choice(DATES), *DATES]
        moments = [(name, getattr(life, name)) for name in names]
        found = next((name for name, moment in moments if moment and swapped(moment)), "")
        if found:
            source_id = self._rng.choice(list(self._views))
            self._views[source_id] = changed(self._views[source_id], swapped=found)

    def shifted_receipt(self) -> None:
        source_id = self._rng.choice(list(self._views))
        self._views[source_id] = changed(self._views[source_id], shift=self._rng.choice((-2, -1, 1, 2)))

    def _identity(self, written: str, copies: list[str]) -> None:
        """Registers have no column for it, and a copy errs in one way only."""
        able = [source_id for source_id in copies if source_id not in self._registers]
        able = [s for s in able if self._shown(s).identity == self._life.applicant.identity]
        if able:
            self._change(self._rng.choice(able), identity=written)

    def _shown(self, source_id: str) -> Applicant:
        return self._views[source_id].applicant or self._life.applicant

    def _change(self, source_id: str, **values: Any) -> None:
        written = changed(self._shown(source_id), **values)
        self._views[source_id] = changed(self._views[source_id], applicant=written)


def seen_by(life: Life, source_id: str) -> Life:
    """The life as this system's clerks wrote it down."""
    view = life.views.get(source_id)
    return life if view is None or view.applicant is None else changed(life, applicant=view.applicant)


def misspelt(name: str, rng: Random, letters_only: bool) -> str:
    """A name with one typing error: a letter dropped, doubled or out of order, tones lost; or, unless `letters_only`,
    letters and marks apart or the text of a font from before Unicode."""
    forms = ["drop", "double", "cross", "bare"] + ([] if letters_only else ["nfd", "tcvn3", "vni"])
    form = rng.choice(forms)
    if form == "bare":
        return bare(name)
    if form in ("nfd", "tcvn3", "vni"):
        spoil = {"nfd": mischief.decomposed, "tcvn3": mischief.tcvn3, "vni": mischief.vni}[form]
        written = spoil(name)
        if written != name:
            return written
        form = "double"
    words = name.split(" ")
    long = [n for n, word in enumerate(words) if len(word) > 2] or [0]
    at = rng.choice(long)
    word = words[at]
    n = rng.randrange(1, max(2, len(word) - 1))
    if form == "drop":
        word = word[:n] + word[n + 1 :]
    elif form == "cross" and n + 1 < len(word) and word[n] != word[n + 1]:
        word = word[:n] + word[n + 1] + word[n] + word[n + 2 :]
    else:
        word = word[:n] + word[n] + word[n:]
    return " ".join([*words[:at], word, *words[at + 1 :]])


def bare(text: str) -> str:
    """The text without any mark."""
    apart = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
