"""What stands beside a dossier in its story: why records without a common number were joined, judgements of people, its
clock and verdicts, behaviour, the journey it is a leg of.

Here: reading, as rows by column name. Not here: the dossier itself (`explaining.py`), drawing (`hub/cli/explain.py`).
Marts are read as they were last refreshed; a mart that this warehouse does not have tells nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import dict_row

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Beside:
    """`evidence`: weight of each field per pair of records. `judgements`: what people said of its records. `clock`: the
    times that its deadline is counted by. `verdicts`: outcome per rule. `behaviours`: kind and evidence. `journey`: the
    legs of its journey in order, its own among them; `chain`: the journey's own clock."""

    evidence: Rows
    judgements: Rows
    clock: Rows
    verdicts: Rows
    behaviours: Rows
    journey: Rows
    chain: Rows


def beside(connection: psycopg.Connection[Any], dossier_id: int) -> Beside:
    """All of it for one dossier by its current id."""
    with connection.cursor(row_factory=dict_row) as cursor:
        known = {name for name in ("verdict", "behaviour") if _exists(connection, f"mart.{name}")}
        read = {
            name: []
            if name in _LATER and _LATER[name] not in known
            else cursor.execute(query.encode(), {"id": dossier_id}).fetchall()
            for name, query in _QUERIES.items()
        }
    return Beside(**read)


def _exists(connection: psycopg.Connection[Any], table: str) -> bool:
    row = connection.execute("select to_regclass(%s) is not null", (table,)).fetchone()
    return bool(row and row[0])


_LATER = {"verdicts": "verdict", "behaviours": "behaviour"}
_OF_PAIR = """
    from core.dossier_source s join core.{0} v
      on (s.source_id, s.source_key) in ((v.source_id_a, v.source_key_a), (v.source_id_b, v.source_key_b))
    where s.dossier_id = %(id)s"""
_QUERIES = {
    "evidence": "select distinct v.source_id_a, v.source_key_a, v.source_id_b, v.source_key_b, v.rule, v.weight, "
    f"v.evidence{_OF_PAIR.format('match_evidence')} order by 1, 2, 3, 4",
    "judgements": "select distinct v.judgement_id, v.source_id_a, v.source_key_a, v.source_id_b, v.source_key_b, "
    f"v.verdict, v.judged_by, v.judged_at, v.reason{_OF_PAIR.format('judgement')} order by 1",
    "clock": """
        select v.effective_received_on, v.received_basis, d.original_due_at, d.due_at, d.legal_due_at,
               v.effective_finished_on, v.finished_basis, v.repaired,
               nullif(d.stops, '{}')::text as stops, a.agency_code || ' ' || a.name as holder
        from core.dossier d
        left join mart.dossier_version v on v.dossier_id = d.dossier_id and v.recorded_to = 'infinity'
        left join mart.agency h on h.agency_id = d.holder_agency_id
        left join mart.agency a on a.agency_id = coalesce(h.current_agency_id, h.agency_id) and a.agency_id <> 0
        where d.dossier_id = %(id)s""",
    "verdicts": "select rule_id, outcome, basis, finished_at_used, due_at_used from mart.verdict "
    "where dossier_id = %(id)s order by rule_id",
    "behaviours": "select kind, happened_at, detected_at, rule_id, evidence from mart.behaviour "
    "where dossier_id = %(id)s order by happened_at, kind",
    "journey": """
        select l.leg_no, l.dossier_id, l.dossier_no, l.kind, a.name as agency, l.procedure_code, l.received_on,
               l.due_on, l.finished_on, l.outcome
        from mart.journey_leg o join mart.journey_leg l using (journey_id)
        left join mart.agency a on a.agency_id = l.receiving_agency_id
        where o.dossier_id = %(id)s order by l.leg_no""",
    "chain": """
        select j.procedure_code, j.legs, j.finished_legs, j.received_on, j.limit_on, j.finished_on, j.outcome
        from mart.journey_leg o join mart.journey j using (journey_id) where o.dossier_id = %(id)s""",
}
