"""Raw files that no batch points to: what a killed pull leaves behind.

Here: finding and deleting them. Not here: the files (`hub/rawstore.py`) and the ledger. A file is written before its
ledger row, so the newest orphans may belong to a pull that is under way: deleting waits until no source is pulled.
"""

from __future__ import annotations

from hub import ledger
from hub.application import Hub
from hub.errors import HubError
from hub.warehouse.engine import lock_key


def orphans(hub: Hub) -> set[str]:
    """Files of the raw store without a ledger row."""
    held = hub.store.names()
    with hub.warehouse.begin("loader") as connection:
        return held - ledger.files_in_use(connection)


def delete(hub: Hub) -> set[str]:
    """Delete the orphans and give their names. Raises HubError while any source is being pulled."""
    with hub.warehouse.begin("loader") as connection:
        known = {row[0] for row in connection.execute("select source_id from ops.source").fetchall()}
    with hub.warehouse.session("loader") as connection:
        for source_id in sorted(known | {source.source_id for source in hub.sources}):
            row = connection.execute("select pg_try_advisory_lock(%s)", (lock_key(f"hub.pull.{source_id}"),)).fetchone()
            if not (row and row[0]):
                raise HubError(
                    f"{source_id} is being pulled, and its newest file may have no row yet", "wait, try again"
                )
        found = orphans(hub)
        hub.store.remove(found)
    return found
