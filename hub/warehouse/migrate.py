"""Bring a warehouse to the declared form: schemas, roles, migrations, views, functions, grants.

Here: the runner, and the comparison of the migrated database with the declarations. Not here: the migrations
themselves (`schemas/migrations`). Running it twice changes nothing; one process at a time (advisory lock).
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from hub.warehouse import roles
from hub.warehouse.engine import Warehouse, lock, lock_key
from schemas.migrations import include
from schemas.tables import METADATA, SCHEMAS

FOLDER = Path(str(resources.files("schemas"))) / "migrations"


def _config(connection: sa.Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


def migrate(warehouse: Warehouse) -> str:
    """Create or upgrade everything; gives the revision reached. Raises HubError when the user may not."""
    warehouse.version()
    with warehouse.begin() as connection:
        lock(connection, "hub.migrate")
        roles.ensure(connection, warehouse.database)
        for schema in SCHEMAS:
            connection.execute(f"create schema if not exists {schema}")
    with warehouse.engine().begin() as connection:
        connection.exec_driver_sql(f"select pg_advisory_xact_lock({lock_key('hub.migrate')})")
        command.upgrade(_config(connection), "head")
        for file in sql_objects():
            connection.exec_driver_sql(file.read_text(encoding="utf-8").replace("%", "%%"))
    with warehouse.begin() as connection:
        lock(connection, "hub.migrate")
        roles.grant(connection, warehouse.database)
    return head()


def sql_objects() -> list[Path]:
    """The files of views and functions, in the order of their application: ops, core, vault, mart, bi, by name."""
    return [
        file
        for schema in ("ops", "core", "vault", "mart", "bi")
        for file in sorted((FOLDER / "sql" / schema).glob("*.sql"))
    ]


def head() -> str:
    """The newest revision of the project."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return ScriptDirectory.from_config(config).get_current_head() or ""


def current(warehouse: Warehouse) -> str | None:
    """The revision that the warehouse stands at; None before the first migration."""
    with warehouse.begin() as connection:
        row = connection.execute("select to_regclass('ops.alembic_version') is null").fetchone()
        if row is None or row[0]:
            return None
        found = connection.execute("select version_num from ops.alembic_version").fetchone()
        return found[0] if found else None


def differences(warehouse: Warehouse) -> list[object]:
    """What the migrated database has otherwise than the declarations say; empty when they agree."""
    with warehouse.engine().connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_schemas": True,
                "include_name": include,
                "compare_type": True,
                "version_table_schema": "ops",
            },
        )
        return list(compare_metadata(context, METADATA))
