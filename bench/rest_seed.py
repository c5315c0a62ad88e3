"""Make the warehouse ten times as large by SQL, so that an increment can be measured against two million dossiers.

Here: copies of the loaded dossiers under other keys, in std, vault and core with their history. Not here: loading
(that is what is measured).
"""

from __future__ import annotations

from typing import Any

import psycopg

from schemas.tables import core, std, vault

COPIED = [
    std.DOSSIER_RECORD,
    std.FEE_RECORD,
    std.SUPPLEMENT_RECORD,
    vault.DOSSIER_CLEAR,
    vault.SUPPLEMENT_CLEAR,
    core.DOSSIER,
    core.DOSSIER_HISTORY,
    core.DOSSIER_SOURCE,
    core.DOSSIER_NUMBER,
    core.FEE,
    core.SUPPLEMENT,
]
RENAMED = {"source_key", "parent_key", "dossier_no", "number", "receipt_no"}


def grow(connection: psycopg.Connection[Any], times: int) -> None:
    """Add `times` copies of every dossier; ids and keys are moved, values stay."""
    row = connection.execute("select max(dossier_id) from core.dossier").fetchone()
    step = int(row[0]) if row else 0
    for table in COPIED:
        values = ", ".join(_moved(column.name, step) for column in table.columns)
        names = ", ".join(column.name for column in table.columns)
        connection.execute(
            f"insert into {table.fullname} ({names}) select {values} from {table.fullname} t,"
            f" generate_series(1, {times}) g".encode()
        )
    connection.execute("select setval('core.dossier_id_seq', %s)", (step * (times + 1),))


def _moved(name: str, step: int) -> str:
    if name == "dossier_id":
        return f"t.dossier_id + g * {step}"
    if name == "number":  # what names its scope is moved before it, as the record's own number is
        return "regexp_replace(t.number, '(@|$)', '~' || g || '\\1')"
    return f"t.{name} || '~' || g" if name in RENAMED else f"t.{name}"
