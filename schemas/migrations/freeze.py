"""Write the DDL of the declared tables into frozen SQL files, one per table, for the first migration.

Run by a developer while the first migration is still unreleased: `python -m schemas.migrations.freeze`.
Later changes are ordinary Alembic revisions; a released file is never written again.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.schema import CreateIndex, CreateTable, SetColumnComment, SetTableComment

from schemas.tables import METADATA
from schemas.tables.base import POSTGRESQL

FOLDER = Path(__file__).parent / "versions" / "foundation"


def ddl(table: sa.Table) -> str:
    """CREATE TABLE, indexes and comments of one table, as SQL text."""
    lines = [f"-- {table.fullname} as declared for the first release."]
    made: list[sa.schema.ExecutableDDLElement] = [
        CreateTable(table),
        *(CreateIndex(i) for i in sorted(table.indexes, key=lambda i: str(i.name))),
    ]
    made += [SetTableComment(table), *(SetColumnComment(c) for c in table.columns)]
    for item in made:
        sql = str(item.compile(dialect=POSTGRESQL)).strip().replace("\t", "    ").replace(" \n", "\n")
        lines.append(sql + ";")
    return "\n".join(lines).replace("%%", "%") + "\n"


def freeze() -> None:
    """Write all files, and remove those of tables that are no longer declared."""
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.sql"):
        old.unlink()
    for table in METADATA.sorted_tables:
        (FOLDER / f"{table.fullname}.sql").write_text(ddl(table), encoding="utf-8")


if __name__ == "__main__":
    freeze()
