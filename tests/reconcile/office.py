"""An office whose behaviour is looked at: what it tells, how nights pass, who is accused.

Here: steps that the tests of behaviour share. Not here: which behaviour is which (`test_behaviour`,
`test_behaviour_records`).
"""

from __future__ import annotations

from typing import Any

from hub import marts
from tests.mart.rows import at
from tests.reconcile.rows import CODES, Province

S = "district-380"  # a one-stop system of an office
RECEIVED = "2022-09-12 08:00"
ONE_DAY = next(code for code, limit in CODES.items() if limit == ("working_day", 1))
TWO_HOURS = next(code for code, limit in CODES.items() if limit == ("hour", 2))


def told(office: Province, source: str, key: str, version: str, **values: Any) -> None:
    """A record as its source tells it at `version`."""
    given = {"received_at": RECEIVED, "version_at": version, "status": 4}
    office.dossier(source, key, **given | values)


def night(office: Province, now: str) -> None:
    """Core and marts of one night."""
    office.reconcile(now)
    with office.warehouse.begin("matcher") as connection:
        marts.refresh(connection, at(now))


def pulled(office: Province, source: str, when: str) -> None:
    """The source was read to its end."""
    with office.warehouse.begin() as connection:
        connection.execute(
            "insert into ops.pull (source_id, stream, record_type, started_at, finished_at, outcome, pages, bytes, "
            "fetched, stored, unchanged, refused) values (%s, 'dossier', 'dossier', %s, %s, 'ok', 1, 0, 0, 0, 0, 0)",
            (source, at(when), at(when)),
        )


def accused(office: Province, kind: str) -> set[str]:
    """Numbers of the dossiers that are accused of a kind."""
    query = "select d.dossier_no from mart.behaviour b join core.dossier d using (dossier_id) where b.kind = %s"
    return {row[0] for row in office.rows(query, kind)}


def all_of(office: Province) -> set[tuple[str, str]]:
    """Every accusation."""
    query = "select b.kind, d.dossier_no from mart.behaviour b join core.dossier d using (dossier_id)"
    return set(office.rows(query))
