"""The migrated database is what the declarations say, twice; roles may do what they must and no more."""

from __future__ import annotations

import psycopg
import pytest

from hub.warehouse.engine import Role, Warehouse
from hub.warehouse.migrate import current, differences, head, migrate
from schemas.tables import METADATA


def test_a_migrated_database_agrees_with_the_declarations(warehouse: Warehouse) -> None:
    assert current(warehouse) == head()
    assert differences(warehouse) == []


def test_every_table_and_column_has_a_vietnamese_comment(warehouse: Warehouse) -> None:
    with warehouse.begin() as connection:
        bare = connection.execute(
            "select c.table_schema, c.table_name, c.column_name from information_schema.columns c "
            "join information_schema.tables t using (table_schema, table_name) "
            "where c.table_schema in ('ops', 'std', 'core', 'mart', 'vault') and t.table_type = 'BASE TABLE' "
            "and c.table_name <> 'alembic_version' "
            "and col_description(format('%I.%I', c.table_schema, c.table_name)::regclass, c.ordinal_position) is null"
        ).fetchall()
    assert bare == []
    assert all(table.comment for table in METADATA.tables.values())


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("loader", "select applicant_name from vault.dossier_record"),
        ("loader", "update core.dossier set dossier_no = null"),
        ("loader", "select * from vault.audit"),
        ("steward", "select applicant_name from vault.dossier_record"),
        ("steward", "delete from vault.audit"),
        ("bi", "select * from core.dossier"),
        ("bi", "select * from std.dossier_record"),
        ("bi", "select * from ops.pull"),
        ("bi", "select * from core.officer"),
        ("bi", "select * from vault.dossier_record"),
        ("bi", "delete from mart.dossier_version"),
    ],
)
def test_a_role_may_not(warehouse: Warehouse, role: Role, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege), warehouse.begin(role) as connection:
        connection.execute(statement.encode())


def test_a_steward_reads_the_vault_with_a_trace(warehouse: Warehouse) -> None:
    with warehouse.begin("loader") as connection:
        connection.execute(
            "insert into vault.dossier_record (source_id, source_key, clear_hash, applicant_name) "
            "values ('portal', 'k', '\\x01', 'Nguyễn Văn A') on conflict do nothing"
        )
    with warehouse.begin("steward") as connection:
        rows = connection.execute("select vault.read('dossier', 'portal', 'k', 'khiếu nại số 5')").fetchall()
    assert rows[0][0]["applicant_name"] == "Nguyễn Văn A"
    with warehouse.begin() as connection:
        audit = connection.execute("select record_type, source_key, reason from vault.audit").fetchall()
    assert audit == [("dossier", "k", "khiếu nại số 5")]


def test_a_steward_must_say_why(warehouse: Warehouse) -> None:
    with pytest.raises(psycopg.errors.InvalidParameterValue), warehouse.begin("steward") as connection:
        connection.execute("select vault.read('dossier', 'portal', 'k', ' ')")


def test_migrating_again_changes_nothing(server: str) -> None:
    again = Warehouse(server)
    assert migrate(again) == head()
    again.close()
