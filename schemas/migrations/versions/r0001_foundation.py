"""The foundation: every table of the first release, from frozen SQL."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the sequence and the tables; no table refers to another by a constraint, so any order is right."""
    op.execute("create sequence if not exists core.dossier_id_seq as bigint")
    for file in sorted((Path(__file__).parent / "foundation").glob("*.sql")):
        op.get_bind().exec_driver_sql(file.read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    """Not offered: history is only added to; restore a backup instead."""
    raise RuntimeError("migrations of the hub are not undone; restore a backup")
