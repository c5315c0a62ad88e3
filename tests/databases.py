"""Copies of the migrated template: one per test, the same database again where a test left only rows behind.

Making and dropping a database costs several tenths of a second and three hundred tests want one; emptying the few
tables that a test filled costs hundredths. Here: when a database may be used again. Not here: the server.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg
from sqlalchemy.engine import make_url

from hub.warehouse.engine import Warehouse

# Whatever a statement other than insert, update or delete touches leaves a newer row in one of these.
_CATALOGUE = """
    select (select array[count(*), max(xmin::text::bigint)] from pg_class where relpersistence <> 't'),
           (select array[count(*), max(a.xmin::text::bigint)] from pg_attribute a
              join pg_class c on c.oid = a.attrelid and c.relpersistence <> 't'),
           (select array[count(*), max(xmin::text::bigint)] from pg_constraint),
           (select array[count(*), max(xmin::text::bigint)] from pg_index i
              where not exists (select from pg_class c where c.oid = i.indexrelid and c.relpersistence = 't')),
           (select array[count(*), max(xmin::text::bigint)] from pg_proc),
           (select array[count(*), max(xmin::text::bigint)] from pg_trigger),
           (select array[count(*), max(xmin::text::bigint)] from pg_default_acl),
           (select array[count(*), max(xmin::text::bigint)] from pg_namespace where nspname !~ '^pg_(toast_)?temp'),
           (select array[count(*), max(xmin::text::bigint)] from pg_database where datname = current_database()),
           (select array[count(*), max(xmin::text::bigint)] from pg_db_role_setting),
           (select array[count(*), max(xmin::text::bigint)] from pg_authid),
           (select array[count(*), max(xmin::text::bigint)] from pg_auth_members)
"""
_TABLES = """
    select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and c.relpersistence <> 't' and n.nspname !~ '^(pg_|information_schema)' order by 1
"""
_SEQUENCES = """
    select setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
    from pg_sequences where last_value is not null
"""
_GROWN = 4_000_000  # bytes: beyond them what was deleted is cheaper to drop than to leave behind


class TemplateCopy(Warehouse):
    """A copy of the template keeps the template's roles (`hub_loader` …), whatever its own name is."""

    def role(self, role: str) -> str:  # type: ignore[override]
        return f"hub_{role}"


@dataclass
class Databases:
    """The databases of one server. `idle` is the one that the next test gets, None when it needs a new one."""

    server: str
    idle: str | None = None
    number: int = 0
    fresh: dict[str, tuple[object, int]] = field(default_factory=dict)

    @contextmanager
    def one(self) -> Iterator[Warehouse]:
        """An empty, migrated warehouse for one test."""
        name = self.idle or self._make()
        self.idle = None
        made = TemplateCopy(make_url(self.server).set(database=name).render_as_string(hide_password=False))
        try:
            yield made
        finally:
            made.close()
            if self._emptied(name):
                self.idle = name
            else:
                drop(self.server, name)

    def _make(self) -> str:
        self.number += 1
        name = f"hub_t{self.number}"
        make(self.server, name, "hub")
        with administrator(self.server, name) as admin:
            self.fresh[name] = self._state(admin)
        return name

    def _state(self, admin: psycopg.Connection[tuple[object, ...]]) -> tuple[object, int]:
        version = admin.execute("select array_agg(version_num::text) from ops.alembic_version").fetchall()
        size = admin.execute("select pg_database_size(current_database())").fetchall()[0][0]
        return (admin.execute(_CATALOGUE).fetchall(), version), int(str(size))

    def _emptied(self, name: str) -> bool:
        """Whether nothing but rows was left behind, which are gone then."""
        with administrator(self.server, name) as admin:
            admin.execute(
                "select pg_terminate_backend(pid, 5000) from pg_stat_activity "
                "where datname = current_database() and pid <> pg_backend_pid()"
            )
            catalogue, size = self._state(admin)
            known, first_size = self.fresh[name]
            if catalogue != known or size - first_size > _GROWN:
                return False
            admin.execute("set session_replication_role = replica")
            tables = [str(row[0]) for row in admin.execute(_TABLES).fetchall()]
            tables.remove("ops.alembic_version")
            filled = " union all ".join(f"select '{table}' where exists (select from {table})" for table in tables)
            with admin.transaction():
                for (table,) in admin.execute(filled).fetchall():
                    admin.execute(f"delete from {table}")
                admin.execute(_SEQUENCES)
        return True


@contextmanager
def copied(server: str, name: str, template: str = "hub") -> Iterator[Warehouse]:
    """A copy of the template as database `name`, which lives as long as the block."""
    make(server, name, template)
    made = TemplateCopy(make_url(server).set(database=name).render_as_string(hide_password=False))
    try:
        yield made
    finally:
        made.close()
        drop(server, name)


def make(server: str, name: str, template: str) -> None:
    with administrator(server) as admin:
        admin.execute(f'create database "{name}" template "{template}"')


def drop(server: str, name: str) -> None:
    with administrator(server) as admin:
        admin.execute(f'drop database "{name}" with (force)')


def administrator(server: str, database: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
    """A session of the server's own administrator, outside the databases of the tests unless one is named."""
    plain = make_url(server).set(drivername="postgresql", database=database).render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True)
