"""The truth of a sandbox world: what the warehouse must show, given what the sources said.

Here: survivorship as the hub declares it (the one-stop system is believed before the portal, except for submission,
payment and rating; a day gives way to a moment of that day; the national copy fills the rest; children are taken whole
from the first that has any) and the frames that hold the outcome.
A status that a register's dates imply yields to one that any system tells. Not here:
the comparison with a warehouse (`compare.py`). The hub never reads these frames. Times are timestamptz of
Asia/Ho_Chi_Minh; null means that no source said it in a readable way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

import polars as pl

from hub.sandbox.dossier import Life, Step
from hub.sandbox.said import SYNTHETIC, Said, honest

ZONE = "Asia/Ho_Chi_Minh"
CLOSED = (7, 9, 10)
SAID_TIMES = ("submitted_at", "received_at", "due_at", "finished_at", "returned_at", "rejected_at")
TIMES = (*SAID_TIMES, "original_due_at", "withdrawn_at", "closed_step_at")
DOSSIER_SCHEMA: dict[str, Any] = {
    "true_id": pl.Int64,
    "dossier_no": pl.String,
    "procedure_code": pl.String,
    "field_name": pl.String,
    "receiving_agency_code": pl.String,
    "processing_agency_code": pl.String,
    "channel": pl.Int16,
    "return_method": pl.Int16,
    "applicant_type": pl.Int16,
    "status": pl.Int16,
    **dict.fromkeys(TIMES, pl.Datetime("us")),
    "supplement_count": pl.Int16,
    "apology_count": pl.Int16,
    "paid_online": pl.Boolean,
    "digitised": pl.Boolean,
    "result_is_electronic": pl.Boolean,
    "source_count": pl.Int16,
    "is_deleted": pl.Boolean,
    "stops": pl.List(pl.Struct({"start": pl.Datetime("us"), "end": pl.Datetime("us")})),
}
CHILD_TYPES = ("step", "supplement", "fee", "document", "rating")
SCHEMAS: dict[str, dict[str, Any]] = {
    "dossiers": DOSSIER_SCHEMA,
    "members": {"true_id": pl.Int64, "source_id": pl.String, "source_key": pl.String},
    "quarantine": {"source_id": pl.String, "source_key": pl.String, "reason_code": pl.String},
    "children": {"true_id": pl.Int64, **dict.fromkeys(CHILD_TYPES, pl.Int32)},
    "drift": {"source_id": pl.String, "kind": pl.String, "value": pl.String},
    "clear": {"kind": pl.String, "value": pl.String},
    "officers": {"value": pl.String},
    "undetermined": {"true_id": pl.Int64, "field": pl.String},
    "behaviours": {"true_id": pl.Int64, "kind": pl.String},
    "links": {"true_id": pl.Int64, "next_true_id": pl.Int64},
}


@dataclass(frozen=True)
class Truth:
    """The frames of `SCHEMAS` by name."""

    frames: dict[str, pl.DataFrame]

    @property
    def dossiers(self) -> pl.DataFrame:
        """One row per dossier that any source lets be known."""
        return self.frames["dossiers"]


class Recorder:
    """Collects the truth dossier by dossier."""

    def __init__(self) -> None:
        self._rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in SCHEMAS}
        self._officers: set[str] = set()
        self._keys: dict[tuple[int, str], str] = {}

    def dossier(self, life: Life, readable: list[Said]) -> None:
        """A dossier with its readable records: one-stop, portal, national copy. Without any it stands nowhere."""
        if not readable:
            return
        for said in readable:
            self._rows["members"].append((life.ordinal, said.source_id, said.key))
        told = [honest(said) for said in readable]
        live = [said for said in told if said.deleted_at is None]
        voices = live or told
        counts = _children(voices)
        self._rows["children"].append((life.ordinal, *counts.values()))
        golden = _golden(life, told, voices, counts, is_deleted=not live)
        self._rows["dossiers"].append(golden)
        if life.due_move:  # the first due date is known to those alone who read it before it moved
            self.cannot_tell(life.ordinal, ["original_due_at"])
        if life.handed:  # who handles it now is another than who did
            self.cannot_tell(life.ordinal, ["processing_agency_code"])
        if any(said.true for said in readable):
            shown = [said for said in readable if said.deleted_at is None] or readable
            values = _golden(life, readable, shown, counts, is_deleted=not live)
            self.cannot_tell(
                life.ordinal,
                [name for name, a, b in zip(DOSSIER_SCHEMA, golden, values, strict=True) if a != b],
            )

    def cannot_tell(self, true_id: int, names: Sequence[str]) -> None:
        """Fields of a dossier in which the most trusted source errs, or which no source can tell apart."""
        self._rows["undetermined"].extend((true_id, name) for name in names)

    def rekey(self, true_id: int, source_id: str, key: str) -> None:
        """The key of a record that was told without one."""
        self._keys[true_id, source_id] = key

    def quarantine(self, said: Said, reason_code: str) -> None:
        """A record whose present version nobody can read."""
        self._rows["quarantine"].append((said.source_id, said.key, reason_code))

    def drift(self, source_id: str, kind: str, value: str) -> None:
        """Something strange that the hub must raise."""
        self._rows["drift"].append((source_id, kind, value))

    def personal(self, values: list[tuple[str, str]], steps: list[Step]) -> None:
        """Clear values that must appear nowhere outside the vault; officers' names are kept apart."""
        self._rows["clear"].extend(values)
        self._officers.update(step.officer for step in steps)

    def truth(self) -> Truth:
        """All that was collected, as frames."""
        self._rows["officers"] = [(name,) for name in sorted(self._officers)]
        self._rows["members"] = [(i, s, self._keys.get((i, s), key)) for i, s, key in self._rows["members"]]
        frames = {
            name: pl.DataFrame(self._rows[name], schema=schema, orient="row", strict=True)
            for name, schema in SCHEMAS.items()
        }
        for name in ("drift", "clear", "undetermined"):
            frames[name] = frames[name].unique().sort(pl.all())
        zoned = [pl.col(name).dt.replace_time_zone(ZONE) for name in TIMES]
        stops = pl.col("stops").list.eval(
            pl.struct(pl.element().struct[part].dt.replace_time_zone(ZONE) for part in ("start", "end"))
        )
        frames["dossiers"] = frames["dossiers"].with_columns(*zoned, stops)
        return Truth(frames)


def real_steps(said: Said) -> list[Step]:
    """The steps that somebody did: those of a lossy copy without its invented ones."""
    if said.source_id != "national":
        return said.steps
    return [step for step in said.steps if step.text not in SYNTHETIC]


def _portal_first(voices: list[Said]) -> list[Said]:
    """The order of trust for submission, payment and rating."""
    return sorted(voices, key=lambda said: said.source_id != "portal")


def _children(voices: list[Said]) -> dict[str, int]:
    seen = _portal_first(voices)

    def first(told: list[Said], count: Any) -> int:
        return next((n for n in (count(said) for said in told) if n), 0)

    return {
        "step": first(voices, lambda said: len(real_steps(said))),
        "supplement": first(voices, lambda said: len(said.supplements)),
        "fee": first(seen, lambda said: len(said.fees)),
        "document": first(voices, lambda said: len(said.components) + len(said.others) + len(said.results)),
        "rating": first(seen, lambda said: said.rated_at is not None),
    }


def _golden(
    life: Life, readable: list[Said], voices: list[Said], counts: dict[str, int], is_deleted: bool
) -> tuple[Any, ...]:
    def first(name: str, told: list[Said] = voices) -> Any:
        return next((value for value in (getattr(said, name) for said in told) if value is not None), None)

    def timed(name: str, told: list[Said] = voices) -> datetime | None:
        """A day gives way to a moment of that day."""
        day: datetime | None = first(name, told)
        if day is None or day.time() != time.min:
            return day
        moments = (getattr(said, name) for said in told)
        return next((at for at in moments if at and at.date() == day.date() and at.time() != time.min), day)

    seen = _portal_first(voices)
    status = min(voices, key=lambda said: said.implied).status
    steps = next((found for found in map(real_steps, voices) if found), [])
    papers = next((said for said in voices if said.components or said.others or said.results), voices[0])
    closing = [step.at for step in steps if step.status in CLOSED] if status in CLOSED else []
    requested = next((said.supplements[0] for said in voices if said.supplements), None)
    payment = first("online_payment", seen)
    digitised = first("digitised", seen)
    told = [paper.digitised for paper in papers.components if paper.digitised is not None]
    if digitised is None and told:
        digitised = any(told)
    return (
        life.ordinal,
        first("number"),
        first("procedure_code"),
        first("field_name"),
        first("agency_code"),
        next((code for code in (_processor(life, said) for said in voices) if code), None),
        first("channel", seen),
        first("return_method"),
        first("applicant_type"),
        status,
        timed("submitted_at", seen),
        *(timed(name) for name in SAID_TIMES[1:]),
        requested.previous_due_at if requested and requested.previous_due_at else timed("due_at"),
        next((step.at for step in steps if step.status == 7), None) if status == 7 else None,
        min(closing, default=None),
        counts["supplement"],
        int(any(said.apologised_at for said in voices)),
        None if payment is None else payment in (1, 2),
        digitised,
        # a result without a code is a submitted paper that the pushing software put in place of a missing file
        any(paper.url and paper.code for paper in papers.results),
        len(readable),
        is_deleted,
        _stops(voices, steps),
    )


def _processor(life: Life, said: Said) -> str | None:
    """Who handles the dossier, by name; of several agencies of one name the one in the dossier's number is meant."""
    processor = life.processor
    return processor.code if processor.named_once or said.agency_code == processor.code else None


def _stops(voices: list[Said], steps: list[Step]) -> list[dict[str, datetime | None]]:
    """When the clock stood: from a request to its completion, from a step of status 6 or 8 to the next step."""
    supplements = next((said.supplements for said in voices if said.supplements), [])
    found: list[dict[str, datetime | None]] = [{"start": s.requested_at, "end": s.completed_at} for s in supplements]
    for n, step in enumerate(steps):
        if step.status in (6, 8):
            found.append({"start": step.at, "end": steps[n + 1].at if n + 1 < len(steps) else None})
    return found
