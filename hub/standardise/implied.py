"""What a source without codes says all the same: the status by the fields that are filled, the procedure by its name.

Here: the two rules of registers, as the mapping states them. Not here: how names are compared (`procedures.py`).
"""

from __future__ import annotations

import polars as pl

from hub.standardise import procedures
from hub.standardise.fields import Body


def imply(body: Body) -> None:
    """Fill what a dossier's mapping lets other fields stand for."""
    if body.record_type == "dossier":
        _imply_status(body)
        _find_procedures(body)


def _imply_status(body: Body) -> None:
    """The status of a source that has none, by the first field that is filled."""
    status = body.column("status", pl.Int16())
    for implied in body.setting.implied_status:
        says = body.text[implied.field].is_not_null() & status.is_null()
        status = status.set(says, implied.status)
        body.findings.flag("implied_status", says)
    if body.setting.implied_status:
        body.std["status"] = status


def _find_procedures(body: Body) -> None:
    """The procedure by its name where no code was written; a name that is not sure stays unknown and is told."""
    threshold = body.setting.procedure_by_name / 100
    if not threshold:
        return
    names = body.text["procedure_name"].set(body.column("procedure_code").is_not_null(), None)
    found = procedures.by_name(names, threshold, body.setting.reference.procedure_names)
    body.std["procedure_code"] = body.column("procedure_code").zip_with(names.is_null(), found["code"])
    body.findings.flag("procedure_by_name", found["code"].is_not_null())
    unknown = names.is_not_null() & found["code"].is_null()
    body.findings.flag("unknown_procedure", unknown)
    body.findings.drift("procedure", body.paths["procedure_name"], unknown, names)
