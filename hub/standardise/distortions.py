"""What a lossy copy is known to have changed, marked on the rows where it can have happened.

Here: the named distortions that a mapping may declare, and the steps that its software invents. Not here: whom to
believe instead (survivorship). The names stand for what the provincial one-stop system does to a dossier when it
pushes it to the national portal (Cổng Dịch vụ công quốc gia).
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from hub.standardise.fields import Body
from hub.standardise.frames import filled
from hub.standardise.text import clean, single_spaced

_APPLIES: dict[str, tuple[str, Callable[[Body], pl.Series]]] = {
    # waiting for papers, for payment or suspended: all are pushed as 9, finished
    "status_9": ("dossier", lambda body: body.column("status", pl.Int16()) == 9),
    # the submission time is overwritten by the receipt time
    "submitted_is_received": (
        "dossier",
        lambda body: body.column("submitted_at", pl.Int64()) == body.column("received_at", pl.Int64()),
    ),
    # every dossier claims to have been submitted at the province's own portal
    "submission_place_2": ("dossier", lambda body: body.column("submission_place", pl.Int16()) == 2),
    # paid or not is all that is left of the way of payment
    "payment_1_3": ("dossier", lambda body: body.column("online_payment", pl.Int16()).is_in([1, 3])),
    # one database is named, whichever was asked
    "linked_database_7": ("dossier", lambda body: body.column("linked_databases") == "7"),
    # where there is no result file the first submitted file is sent in its place
    "result_file": ("document", lambda body: body.column("document_kind") == "result"),
}


def mark(body: Body) -> None:
    """Flag what the mapping's distortions may have changed; say which steps are invented."""
    for name in body.setting.mapping.distortions:
        record_type, applies = _APPLIES[name]
        if record_type == body.record_type:
            body.findings.flag(f"national:{name}", applies(body))
    if body.record_type == "step":
        body.std["is_synthetic"] = _synthetic(body)


def _synthetic(body: Body) -> pl.Series:
    """Steps whose text (and officer and status, where the mapping names them) are those of an invented step."""
    found = filled(False, pl.Boolean(), body.height)
    for step in body.setting.mapping.synthetic_steps:
        same = _equal(body, "step_text", step.text)
        if step.officer:
            same = same & _equal(body, "officer_name", step.officer)
        if step.status:
            same = same & _equal(body, "status", step.status)
        found = found | same
    return found


def _equal(body: Body, name: str, value: str) -> pl.Series:
    if name not in body.text:
        return filled(False, pl.Boolean(), body.height)
    wanted = single_spaced(clean(pl.Series([value], dtype=pl.String)))
    return single_spaced(body.text[name]).is_in(wanted.implode()).fill_null(False)
