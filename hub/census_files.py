"""The census of a drop folder: every file that was ever delivered stands in the ledger.

Here: the files of archive and drop folder against `ops.file`. Not here: reading files (`connectors/files.py`), their
records: that a package holds as many as its manifest says is judged when it is read. A file that is missing from the
archive is no deletion: people clear archives, and the raw store keeps each original.

A file is known by name and size; one that is not is known by its content, since the archive keeps the second of two
files of one name under another.
"""

from __future__ import annotations

from typing import Any

import psycopg

from connectors.files import FilesConnector
from connectors.files_folder import Entry
from hub.census_ledger import Counted


def count(connection: psycopg.Connection[Any], counted: Counted, connector: FilesConnector) -> list[Entry]:
    """Fill in the counts of files; gives those of the archive that the ledger does not know. Raises SourceError."""
    delivered = connector.delivered()
    rows = connection.execute(
        "select name, size_bytes, sha256 from ops.file where source_id = %s", (counted.source_id,)
    ).fetchall()
    named, contents = {(name, size) for name, size, _ in rows}, {sha256 for _, _, sha256 in rows if sha256}
    strange = [entry for entry in delivered if (entry.name, entry.size) not in named]
    lost = [entry for entry in strange if entry.archived and connector.digest(entry) not in contents]
    waiting = [entry for entry in strange if not entry.archived]
    counted.source_count, counted.hub_count = len(delivered), len(rows)
    counted.missing, counted.ahead = len(lost), len(waiting)
    return lost
