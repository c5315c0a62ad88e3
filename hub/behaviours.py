"""What history tells of behaviour: the order in which the kinds are looked for.

Here: which kinds there are and what each looks at beside the dossiers that changed. Not here: how a kind is found and
what is innocent (`assets/sql/mart/behaviour_<kind>.sql`, one SELECT per kind), thresholds (rule `behaviour_v1` of
`schemas/codes/rules.csv`), names and sentences (`schemas/codes/behaviours.csv`).
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import polars as pl
import psycopg

from hub.warehouse.statements import run, text

# What time or a census can make a case without a new version of the dossier.
_MORE = {
    # time passes; and a source that tells its first apology shows that all its others might have told one
    "overdue_without_apology": "union select dossier_id from mart.verdict "
    "where rule_id = 'ii06a_td_v1' and outcome = 'overdue_open' "
    "union select s.dossier_id from core.dossier_source s join mart.verdict w using (dossier_id) "
    "where w.rule_id = 'ii06a_td_v1' and w.outcome = 'overdue' and s.source_id in ("
    "select source_id from std.apology_record group by source_id having min(recorded_at) > %(watermark)s::timestamptz)",
    "vanished_dossier": "union select s.dossier_id from ops.tombstone t "
    "join core.dossier_source s using (source_id, source_key) "
    "where t.record_type = 'dossier' and t.reason = 'vanished'",
}


def refresh(connection: psycopg.Connection[Any], bound: Mapping[str, Any]) -> int:
    """Bring mart.behaviour and its kinds up to what is recorded; gives rows written.

    `bound`: watermark, today, now as of `hub.marts.refresh`. Runs in the caller's transaction, after mart.verdict.
    """
    kinds = pl.read_csv((files("schemas") / "codes" / "behaviours.csv").read_bytes(), infer_schema=False)
    written = run(connection, "mart/behaviour_kind", kinds.to_dict(as_series=False)).rowcount
    for kind in kinds["kind"]:
        found = text(f"mart/behaviour_{kind}")
        written += run(
            connection, "mart/behaviour", dict(bound), kind=kind, more=_MORE.get(kind, ""), found=found
        ).rowcount
    return written
