"""The roles of the warehouse and what each may do.

Here: the names, the grants as data, and the statements made of them. Not here: passwords of people (the DBA's),
the audit function (`schemas/migrations/sql/vault`).

| role    | may                                                                                   |
| owner   | owns everything, migrates                                                             |
| loader  | writes ops and std, inserts into the vault without reading clear values               |
| matcher | writes core and mart, reads the vault in memory                                       |
| steward | reads core and std, judges, reads the vault through `vault.read`, which is audited    |
| bi      | SELECT on bi and on what its views and functions need in mart; nothing else           |
"""

from __future__ import annotations

from typing import Any

import psycopg

from hub.errors import HubError
from schemas.tables import METADATA
from schemas.tables.vault import CLEAR_TABLES

ROLES = ("owner", "loader", "matcher", "steward", "bi")
KEY_OF_CLEAR = "source_id, source_key, clear_hash"

GRANTS = {
    "loader": [
        "usage on schema ops, std, core, vault",
        "select, insert, update, delete on all tables in schema ops",
        "usage on all sequences in schema ops",
        "select, insert, update, delete on all tables in schema std",
        "select on core.agency, core.agency_alias, core.agency_succession, core.procedure, core.code_list",
        *(f"insert on vault.{t.name}" for t in CLEAR_TABLES.values()),
        *(f"select ({KEY_OF_CLEAR}) on vault.{t.name}" for t in CLEAR_TABLES.values()),
    ],
    "matcher": [
        "usage on schema ops, std, core, vault, mart",
        "select, insert, update, delete on all tables in schema ops, core, mart",
        "usage, select, update on all sequences in schema ops, core",
        "select on all tables in schema std",
        *(f"select on vault.{t.name}" for t in CLEAR_TABLES.values()),
    ],
    "steward": [
        "usage on schema ops, std, core, mart, bi, vault",
        "select on all tables in schema ops, std, core, mart, bi",
        "insert on core.judgement",
        "usage on all sequences in schema core",
        "execute on function vault.read(text, text, text, text)",
    ],
    "bi": [
        "usage on schema bi, mart",
        "select on all tables in schema bi",
        "execute on all functions in schema bi",
        *(f"select on mart.{t.name}" for t in METADATA.tables.values() if t.schema == "mart"),
        "select on mart.working_hours",
    ],
}


def names(database: str) -> dict[str, str]:
    """Role → its name in this database."""
    return {role: f"{database}_{role}" for role in ROLES}


def ensure(connection: psycopg.Connection[Any], database: str) -> None:
    """Create missing roles and make the connected user a member. Raises HubError with the lines for the DBA."""
    known = {row[0] for row in connection.execute("select rolname from pg_roles").fetchall()}
    missing = [name for name in names(database).values() if name not in known]
    try:
        for name in missing:
            connection.execute(f'create role "{name}" nologin')
        me = connection.info.user
        for name in names(database).values():
            if name != me:
                connection.execute(f'grant "{name}" to "{me}"')
    except psycopg.errors.InsufficientPrivilege as error:
        lines = " ".join(f'create role "{n}" nologin; grant "{n}" to "{connection.info.user}";' for n in missing)
        raise HubError(
            f"user {connection.info.user} may not create the roles of the hub", f"ask the administrator to run: {lines}"
        ) from error


def grant(connection: psycopg.Connection[Any], database: str) -> None:
    """Give each role exactly what GRANTS says; anything else is taken away first."""
    for role, name in names(database).items():
        if role == "owner":
            continue
        for schema in ("ops", "std", "core", "mart", "bi", "vault"):
            connection.execute(f'revoke all on all tables in schema {schema} from "{name}"')
            connection.execute(f'revoke all on schema {schema} from "{name}"')
        for item in GRANTS[role]:
            connection.execute(f'grant {item} to "{name}"')
        connection.execute(f"alter role \"{name}\" set timezone = 'Asia/Ho_Chi_Minh'")
    for role in ("loader", "matcher"):  # staging
        connection.execute(f'grant temporary on database "{connection.info.dbname}" to "{names(database)[role]}"')
    connection.execute(f"alter role \"{database}_bi\" set statement_timeout = '10min'")
    connection.execute(f'alter role "{database}_bi" set search_path = bi')
