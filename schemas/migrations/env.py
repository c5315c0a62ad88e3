"""Alembic's environment: which tables are compared, and on which connection.

The connection is given by `hub/warehouse/migrate.py`. Compared are the schemas of the declarations; views,
functions and grants are SQL objects applied after the migrations, staging tables belong to their workers.
"""

from __future__ import annotations

from alembic import context

from schemas.migrations import include
from schemas.tables import METADATA

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    version_table_schema="ops",
    include_schemas=True,
    include_name=include,
    compare_type=True,
    compare_server_default=False,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
