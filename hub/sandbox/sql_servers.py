"""The districts' databases in real servers: a PostgreSQL and a MariaDB of the sandbox's own, one database each.

Here: databases, read-only logins, loading rows in bulk, starting and stopping. Not here: tables and rows
(`td_sql.py`, `opencps_sql.py`). Neither server is the warehouse's: a source must be able to die alone. A database
and its login bear the district's slug (`hub-<slug>`); loading replaces all rows in one transaction, so a reader sees
the day before or the day after.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from hub.errors import HubError
from hub.sandbox import mariadb, opencps_sql, td_sql
from hub.sandbox.one_stop import OneStop
from hub.warehouse import embedded

SQL_FOLDER, MARIADB_FOLDER = "sql", "mariadb"
_ROWS = 400  # per INSERT
# What the sandbox holds can be made again: no need to wait for a disk.
_FAST = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


def login(system: OneStop) -> str:
    """The read-only login of a district's database."""
    return f"hub-{system.slug}"


def ports(folder: Path) -> dict[str, int]:
    """The ports of both servers, `postgres` and `mariadb`, started as far as needed."""
    found: dict[str, int] = {}
    thread = threading.Thread(target=lambda: found.update(postgres=embedded.ensure_running(folder / SQL_FOLDER).port))
    thread.start()
    found["mariadb"] = mariadb.start(folder / MARIADB_FOLDER).port
    thread.join()
    if "postgres" not in found:
        found["postgres"] = embedded.ensure_running(folder / SQL_FOLDER).port  # fails again, and says why
    return found


def stop(folder: Path) -> bool:
    """Ends both servers; True when one was running."""
    ended = [embedded.stop(folder / SQL_FOLDER)] if (folder / SQL_FOLDER).exists() else []
    return any([*ended, mariadb.stop(folder / MARIADB_FOLDER)])


def load_td(
    folder: Path, districts: Mapping[str, td_sql.District], systems: Mapping[str, OneStop], passwords: Mapping[str, str]
) -> None:
    """Fills the databases of the provincial product, by agency code, on PostgreSQL."""
    url = embedded.ensure_running(folder / SQL_FOLDER).url.replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(url, autocommit=True) as admin:
        for setting in _FAST:
            admin.execute(f"alter system set {setting}")
        admin.execute("select pg_reload_conf()")
        known = {row[0] for row in admin.execute("select datname from pg_database")}
        for code in districts:
            _database(admin, systems[code], passwords[code], systems[code].slug in known)
    for code, district in districts.items():
        with psycopg.connect(url, dbname=systems[code].slug) as connection:
            _fill(connection, district, login(systems[code]))


def _database(admin: psycopg.Connection[Any], system: OneStop, password: str, known: bool) -> None:
    role = sql.Identifier(login(system))
    # only the verifier goes into a statement, never the password
    verifier = admin.pgconn.encrypt_password(password.encode(), login(system).encode(), b"scram-sha-256")
    exists = admin.execute("select 1 from pg_roles where rolname = %s", (login(system),)).fetchone()
    verb = sql.SQL("alter" if exists else "create")
    admin.execute(sql.SQL("{} role {} login password {}").format(verb, role, sql.Literal(verifier.decode())))
    admin.execute(sql.SQL("alter role {} set default_transaction_read_only = on").format(role))
    if not known:
        admin.execute(sql.SQL("create database {}").format(sql.Identifier(system.slug)))
        admin.execute(sql.SQL("revoke connect on database {} from public").format(sql.Identifier(system.slug)))
        admin.execute(sql.SQL("grant connect on database {} to {}").format(sql.Identifier(system.slug), role))


def _fill(connection: psycopg.Connection[Any], district: td_sql.District, reader: str) -> None:
    with connection.cursor() as cursor:
        for statement in td_sql.statements():
            cursor.execute(statement)
        cursor.execute("set local client_min_messages = warning")
        cursor.execute("; ".join(f"delete from {td_sql.quoted(table)}" for table in td_sql.TABLES))
        for table, rows in district.tables.items():
            if rows:
                names, text = td_sql.copy_text(rows)
                columns = ", ".join(f'"{name}"' for name in names)
                with cursor.copy(f"copy {td_sql.quoted(table)} ({columns}) from stdin") as copy:
                    copy.write(text)
        for schema in td_sql.SCHEMAS:
            cursor.execute(
                sql.SQL("grant usage on schema {0} to {1}; grant select on all tables in schema {0} to {1}").format(
                    sql.Identifier(schema), sql.Identifier(reader)
                )
            )


def load_opencps(
    folder: Path, sites: Mapping[str, opencps_sql.Site], systems: Mapping[str, OneStop], passwords: Mapping[str, str]
) -> None:
    """Fills the databases of OpenCPS, by agency code, on MariaDB.

    By the server's own client, which comes with it: its ODBC driver breaks down over statements of many rows.
    """
    server = mariadb.start(folder / MARIADB_FOLDER)
    client = shutil.which("mariadb") or shutil.which("mysql")
    if client is None:
        raise HubError("no program mariadb", "apt-get install -y mariadb-client")
    for code, site in sites.items():
        script = ";\n".join([*_script(site, systems[code], passwords[code]), ""])
        words = [client, "--no-defaults", "--protocol=tcp", "--host=127.0.0.1", f"--port={server.port}"]
        done = subprocess.run(
            [*words, f"--user={server.user}", "--default-character-set=utf8mb4", "--batch"],
            input=script.encode(),
            env={"PATH": os.defpath, "MYSQL_PWD": server.password},
            capture_output=True,
            check=False,
        )
        if done.returncode:
            reason = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
            raise HubError(
                f"sandbox: database {systems[code].slug} could not be filled: {' '.join(reason)[:200]}",
                "see server.log",
            )


def _script(site: opencps_sql.Site, system: OneStop, password: str) -> Iterator[str]:
    yield f"create database if not exists `{system.slug}` character set utf8mb4"
    yield f"use `{system.slug}`"
    yield f"create or replace user '{login(system)}'@'127.0.0.1' identified by '{password}'"
    yield f"grant select on `{system.slug}`.* to '{login(system)}'@'127.0.0.1'"
    yield from opencps_sql.statements()
    yield "start transaction"
    yield from (f"delete from {table}" for table in opencps_sql.TABLES)
    for table, rows in site.tables.items():
        for start in range(0, len(rows), _ROWS):
            yield _insert(table, rows[start : start + _ROWS])
    yield "commit"


def _insert(table: str, rows: list[opencps_sql.Row]) -> str:
    names = list(dict.fromkeys(name for row in rows for name in row))  # a row need not fill every column
    values = [f"({','.join([_literal(row.get(name)) for name in names])})" for row in rows]
    return f"insert into {table} (`{'`,`'.join(names)}`) values {','.join(values)}"


def _literal(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, str):
        return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"
    if isinstance(value, datetime):
        return f"'{value.isoformat(sep=' ', timespec='seconds')}'"
    return str(value)
