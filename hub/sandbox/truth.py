"""The truth of a sandbox world: what the warehouse must show, given what the sources said.

Here: survivorship as the hub declares it (the portal's live record wins field by field, children are taken whole
from it when it has any, the national copy fills the rest) and the frames that hold the outcome. Not here: the
comparison with a warehouse (`compare.py`). The hub never reads these frames. Times are timestamptz of
Asia/Ho_Chi_Minh; null means that no source said it in a readable way.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from hub.sandbox.dossier import Life, Step
from hub.sandbox.said import SYNTHETIC, Said

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

    def dossier(self, life: Life, readable: list[Said]) -> None:
        """A dossier with its readable records, the portal's first. Without any it stands nowhere."""
        if not readable:
            return
        live = [said for said in readable if said.deleted_at is None]
        voices = live or readable
        for said in readable:
            self._rows["members"].append((life.ordinal, said.source_id, said.key))
        counts = _children(voices)
        self._rows["children"].append((life.ordinal, *counts.values()))
        self._rows["dossiers"].append(_golden(life, readable, voices, counts, is_deleted=not live))

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
        frames = {
            name: pl.DataFrame(self._rows[name], schema=schema, orient="row", strict=True)
            for name, schema in SCHEMAS.items()
        }
        for name in ("drift", "clear"):
            frames[name] = frames[name].unique().sort(pl.all())
        zoned = [pl.col(name).dt.replace_time_zone(ZONE) for name in TIMES]
        stops = pl.col("stops").list.eval(
            pl.struct(pl.element().struct[part].dt.replace_time_zone(ZONE) for part in ("start", "end"))
        )
        frames["dossiers"] = frames["dossiers"].with_columns(*zoned, stops)
        return Truth(frames)


def real_steps(said: Said) -> list[Step]:
    """The steps that somebody did: those of a lossy copy without its invented ones."""
    if said.source_id == "portal":
        return said.steps
    return [step for step in said.steps if step.text not in SYNTHETIC]


def _children(voices: list[Said]) -> dict[str, int]:
    def first(count: Any) -> int:
        return next((n for n in (count(said) for said in voices) if n), 0)

    return {
        "step": first(lambda said: len(real_steps(said))),
        "supplement": first(lambda said: len(said.supplements)),
        "fee": first(lambda said: len(said.fees)),
        "document": first(lambda said: len(said.components) + len(said.others) + len(said.results)),
        "rating": first(lambda said: said.rated_at is not None),
    }


def _golden(
    life: Life, readable: list[Said], voices: list[Said], counts: dict[str, int], is_deleted: bool
) -> tuple[Any, ...]:
    def first(name: str) -> Any:
        return next((value for value in (getattr(said, name) for said in voices) if value is not None), None)

    lead = voices[0]
    steps = next((found for found in map(real_steps, voices) if found), [])
    papers = next((said for said in voices if said.components or said.others or said.results), lead)
    closing = [step.at for step in steps if step.status in CLOSED] if lead.status in CLOSED else []
    requested = next((said.supplements[0] for said in voices if said.supplements), None)
    return (
        life.ordinal,
        lead.key,
        life.procedure.code,
        life.procedure.field,
        first("agency_code"),
        next((code for code in (_processor(life, said) for said in voices) if code), None),
        life.channel,
        life.return_method,
        life.applicant.type,
        lead.status,
        *(first(name) for name in SAID_TIMES),
        requested.previous_due_at if requested and requested.previous_due_at else first("due_at"),
        next((step.at for step in steps if step.status == 7), None) if lead.status == 7 else None,
        min(closing, default=None),
        counts["supplement"],
        lead.online_payment in (1, 2),
        life.digitised,
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
