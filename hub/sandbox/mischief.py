"""How systems misbehave: every switch by its name, its share in each profile, and what it does to text.

Here: the profiles, the drawing of a dossier's traits and the spoiling of single values. Not here: what a system
says (`said.py`) and where a record stands in a page (`server.py`). A trait never depends on the day, so that a
world grown by a day says the same of everything that did not happen on that day.
"""

from __future__ import annotations

import random
import unicodedata
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import cache

from hub.errors import HubError
from hub.sandbox.places import seed_rows


@dataclass(frozen=True, slots=True)
class Switches:
    """Share of dossiers (0..1) each mischief touches; `lossy_national` is on or off.

    Fates, at most one per dossier: foreign_number (a number of another form, national copy under an invented
    number that the portal names), foreign_receipt (the same, only the receipt number links), unknown_status
    (never readable), unknown_status_late (the last version is unreadable, the one before is served after it),
    unreadable_received, deleted_everywhere, deleted_portal, migrated (never pushed to the national side), late_push.
    Habits, any number per dossier: the rest.
    """

    foreign_number: float = 0.0
    foreign_receipt: float = 0.0
    unknown_status: float = 0.0
    unknown_status_late: float = 0.0
    unreadable_received: float = 0.0
    deleted_everywhere: float = 0.0
    deleted_portal: float = 0.0
    migrated: float = 0.0
    late_push: float = 0.0

    new_form: float = 0.0
    duplicate: float = 0.0
    older_after_newer: float = 0.0
    resent_step: float = 0.0
    mixed_dates: float = 0.0
    decomposed_text: float = 0.0
    tcvn3_text: float = 0.0
    old_phone: float = 0.0
    lost_zero: float = 0.0
    unknown_procedure: float = 0.0
    extra_field: float = 0.0
    lossy_national: float = 0.0


CLEAN = Switches()
DAILY = replace(
    CLEAN,
    foreign_number=0.010,
    foreign_receipt=0.006,
    unknown_status=0.006,
    unknown_status_late=0.006,
    unreadable_received=0.006,
    deleted_everywhere=0.006,
    deleted_portal=0.006,
    migrated=0.010,
    late_push=0.030,
    new_form=0.080,
    duplicate=0.020,
    older_after_newer=0.020,
    resent_step=0.020,
    mixed_dates=0.080,
    decomposed_text=0.030,
    tcvn3_text=0.020,
    old_phone=0.020,
    lost_zero=0.020,
    unknown_procedure=0.010,
    extra_field=0.006,
    lossy_national=1.0,
)
ROUGH = ("rough", "rough-light", "rough-heavy")  # strengths of one profile: `disagreements.py`
PROFILES = {"clean": CLEAN, "daily": DAILY, "vanishing": DAILY, **dict.fromkeys(ROUGH, DAILY)}


@dataclass(frozen=True, slots=True)
class OneStopSwitches:
    """Share of the dossiers of one-stop systems (0..1) each mischief touches, then share of agencies or files.

    Dossiers: unknown_code (a status that nobody has explained), wrong_hash (the manifest of a package says otherwise),
    null_cursor (a migrated row without any stamp), late_child (payments appear a day later, the dossier's own row
    unchanged), numberless (a register's row without number, of a dossier that stands nowhere else), vni_text,
    bare_phone (a telephone number that lost its zero); and, of systems that are asked again every day, hard_deleted (a
    row that is gone without a trace after the first day), unseen (a row that appears after the first day with an old
    stamp, as a transaction does that committed late: no pull asks for it).
    Files: corrected (a package is followed by a correction on the same day), twice (the same file under another
    name), unsettled (one commune's newest package is still being written).
    """

    unknown_code: float = 0.0
    wrong_hash: float = 0.0
    null_cursor: float = 0.0
    late_child: float = 0.0
    numberless: float = 0.0
    vni_text: float = 0.0
    bare_phone: float = 0.0
    hard_deleted: float = 0.0
    unseen: float = 0.0
    corrected: float = 0.0
    twice: float = 0.0
    unsettled: float = 0.0


_ONE_STOP_DAILY = OneStopSwitches(
    unknown_code=0.004,
    wrong_hash=0.003,
    null_cursor=0.060,
    late_child=0.030,
    numberless=0.060,
    vni_text=0.020,
    bare_phone=0.050,
    corrected=0.050,
    twice=0.050,
    unsettled=1.0,
)
ONE_STOP_PROFILES = {
    "clean": OneStopSwitches(),
    "daily": _ONE_STOP_DAILY,
    "vanishing": replace(_ONE_STOP_DAILY, hard_deleted=0.080, unseen=0.080),
    **dict.fromkeys(ROUGH, replace(_ONE_STOP_DAILY, hard_deleted=0.004)),
}
DOSSIER_EDGES = tuple(field.name for field in fields(OneStopSwitches))[:9]
FATES = tuple(field.name for field in fields(Switches))[:9]
HABITS = tuple(field.name for field in fields(Switches))[9:-1]
FOREIGN = frozenset({"foreign_number", "foreign_receipt"})
SPOILED_STATUS = "11"
SPOILED_TIME = "20221345083000"
EXTRA_FIELDS = {"MaQRHoSo": "QR", "NguonTiepNhan": "kiosk"}


def switches_of(profile: str) -> Switches:
    """The switches of a profile; HubError names the known ones."""
    if profile not in PROFILES:
        raise HubError(f"sandbox: no profile {profile!r}", hint=f"choose one of {', '.join(PROFILES)}")
    return PROFILES[profile]


def draw(rng: random.Random, switches: Switches) -> frozenset[str]:
    """The traits of one dossier: at most one fate, any habits."""
    traits = {habit for habit in HABITS if rng.random() < getattr(switches, habit)}
    roll = rng.random()
    for fate in FATES:
        share = getattr(switches, fate)
        if roll < share:
            traits.add(fate)
            break
        roll -= share
    if switches.lossy_national:
        traits.add("lossy_national")
    return frozenset(traits)


def draw_edges(seed: int, ordinal: int, switches: OneStopSwitches) -> frozenset[str]:
    """What a one-stop system does to one dossier; drawn apart, so that the other systems stay as they are."""
    rng = random.Random(f"one-stop {seed} {ordinal}")
    return frozenset(name for name in DOSSIER_EDGES if rng.random() < getattr(switches, name))


def mixed_date(moment: datetime, form: int) -> str:
    """The same instant in another of the forms met inside one message; seconds are never lost."""
    formats = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S.000", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M")
    choice = formats[form % 4]
    return moment.strftime(formats[2] if choice == formats[3] and moment.second else choice)


def decomposed(text: str) -> str:
    """NFD: letters and their marks apart, as some macOS clients send them."""
    return unicodedata.normalize("NFD", text)


@cache
def _font_table(encoding: str) -> dict[int, str]:
    rows = [row for row in seed_rows("legacy_encodings.csv") if row["encoding"] == encoding]
    return {ord(row["letter"]): row["legacy_text"] for row in rows}


def tcvn3(text: str) -> str:
    """The text as TCVN3 bytes look when read as cp1252; unchanged when a letter has no such byte or too few have."""
    return _in_font(text, "TCVN3")


def vni(text: str) -> str:
    """The text as VNI bytes look when read as cp1252; unchanged when a letter has no such form or too few have."""
    return _in_font(text, "VNI")


def _in_font(text: str, encoding: str) -> str:
    table = _font_table(encoding)
    marked = [letter for letter in text if ord(letter) > 127]
    if len(marked) < 3 or any(ord(letter) not in table for letter in marked):
        return text
    return text.translate(table)


@cache
def _old_prefixes() -> dict[str, str]:
    return {row["new_prefix"]: row["old_prefix"] for row in seed_rows("phone_prefixes.csv")}


def old_phone(phone: str) -> str:
    """The eleven-digit number this mobile had before 2018-09-15; unchanged when it had none."""
    old = _old_prefixes().get(phone[:3])
    return old + phone[3:] if old else phone


def without_zero(identity: str) -> str:
    """An identity number after a spreadsheet took its leading zero."""
    return identity[1:] if identity.startswith("0") else identity
