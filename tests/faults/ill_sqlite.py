"""A one-stop system in a file of SQLite, as those in servers (`ill_odbc.py`). Faults: `strikes_odbc.py`."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from connectors.odbc_source import DialectName
from tests.faults.ill_odbc import COLUMNS, IllSql, rows


class IllSqlite(IllSql):
    """A file."""

    dialect: DialectName = "sqlite"
    driver = "SQLite3"
    secrets = ()

    def __init__(self, folder: Path) -> None:
        self.path = folder / "mot_cua.sqlite"

    def restore(self) -> None:
        self.path.unlink(missing_ok=True)
        with self.opened() as file:
            listed = ", ".join(f'"{name}" text' for name in COLUMNS)
            file.execute(f"CREATE TABLE goc ({listed})")
            self._fill(file, [(*row[:-1], str(row[-1])) for row in rows()])
            file.execute(self.view())
        file.close()

    def opened(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, isolation_level=None)

    def _fill(self, file: sqlite3.Connection, found: Sequence[tuple[Any, ...]]) -> None:
        spelled = [tuple(v.replace(" ", "T") if n in (1, 6, 7) else v for n, v in enumerate(row)) for row in found]
        file.executemany(f"INSERT INTO goc VALUES ({', '.join('?' * len(COLUMNS))})", spelled)

    def reader(self) -> str:
        return ""

    def parameters(self) -> dict[str, str]:
        return {"Database": str(self.path), "Timeout": "50"}
