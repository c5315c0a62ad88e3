"""Looking at a database over ODBC: its tables with declared keys and references, and a page of rows of each.

Here: the catalogue's statements of the four dialects, which tables are worth a look, and the SELECT of a stream. Not
here: fields (`fields.py`), connecting and rendering of values, which are the connector's own (`connectors/odbc.py`).
Only the catalogue and first pages are read; the session is read-only.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from connectors.contract import Window
from connectors.errors import Secrets, SourceError
from connectors.odbc import OdbcConnector
from connectors.odbc_session import Session
from connectors.odbc_source import OdbcSource, OdbcStream
from connectors.odbc_spelling import quoted
from connectors.patience import Budget
from hub.errors import HubError
from hub.scaffold.observed import Column, Table, columns_of
from hub.scaffold.proposal import Flow
from hub.scaffold.streams import Seen
from hub.scaffold.values import Values
from hub.scaffold.words import Vocabulary

_MOST_TABLES = 40  # looked into; those whose columns say most come first
_BINARY = ("blob", "bytea", "binary", "image", "xml", "json", "geometry", "geography")
_TEXT = ("char", "text", "clob", "string")
_SYSTEM = "('information_schema', 'pg_catalog', 'mysql', 'performance_schema', 'sys', 'INFORMATION_SCHEMA')"
_HERE = {"mariadb": " AND c.table_schema = DATABASE()"}
_COLUMNS = (
    "SELECT c.table_schema, c.table_name, c.column_name, c.data_type FROM information_schema.columns c"
    f" WHERE c.table_schema NOT IN {_SYSTEM}{{here}} ORDER BY c.table_schema, c.table_name, c.ordinal_position"
)
_KEYS_ELSE = (
    "SELECT k.table_schema, k.table_name, k.column_name FROM information_schema.table_constraints t"
    " JOIN information_schema.key_column_usage k ON k.constraint_name = t.constraint_name"
    " AND k.table_schema = t.table_schema AND k.table_name = t.table_name"
    " WHERE t.constraint_type = 'PRIMARY KEY' ORDER BY k.table_schema, k.table_name, k.ordinal_position"
)
# PostgreSQL shows the constraints of the standard's catalogue to owners alone, and a reader of the hub owns nothing.
_KEYS = {
    "sqlite": "SELECT '', m.name, p.name FROM sqlite_master m, pragma_table_info(m.name) p"
    " WHERE m.type = 'table' AND p.pk > 0 ORDER BY m.name, p.pk",
    "postgres": "SELECT n.nspname, c.relname, a.attname FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid"
    " JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid"
    " AND a.attnum = ANY (i.indkey) WHERE i.indisprimary ORDER BY 1, 2, a.attnum",
}
_LINKS = {
    "postgres": "SELECT n.nspname, c.relname, a.attname, fn.nspname, fc.relname, fa.attname FROM pg_constraint o"
    " JOIN pg_class c ON c.oid = o.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
    " JOIN pg_class fc ON fc.oid = o.confrelid JOIN pg_namespace fn ON fn.oid = fc.relnamespace"
    " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = o.conkey[1]"
    " JOIN pg_attribute fa ON fa.attrelid = fc.oid AND fa.attnum = o.confkey[1] WHERE o.contype = 'f'",
    "mariadb": "SELECT table_schema, table_name, column_name, referenced_table_schema, referenced_table_name,"
    " referenced_column_name FROM information_schema.key_column_usage WHERE referenced_table_name IS NOT NULL",
    "sqlite": 'SELECT \'\', m.name, f."from", \'\', f."table", f."to" FROM sqlite_master m,'
    " pragma_foreign_key_list(m.name) f WHERE m.type = 'table'",
}
_LINKS_ELSE = (
    "SELECT k.table_schema, k.table_name, k.column_name, p.table_schema, p.table_name, p.column_name"
    " FROM information_schema.referential_constraints r"
    " JOIN information_schema.key_column_usage k ON k.constraint_name = r.constraint_name"
    " AND k.constraint_schema = r.constraint_schema"
    " JOIN information_schema.key_column_usage p ON p.constraint_name = r.unique_constraint_name"
    " AND p.constraint_schema = r.unique_constraint_schema AND p.ordinal_position = k.ordinal_position"
)
_SQLITE_COLUMNS = (
    "SELECT '', m.name, p.name, p.type FROM sqlite_master m, pragma_table_info(m.name) p"
    " WHERE m.type IN ('table', 'view') AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, p.cid"
)


@dataclass
class _Listed:
    schema: str
    name: str
    types: dict[str, str] = field(default_factory=dict)
    key: list[str] = field(default_factory=list)
    links: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def called(self) -> str:
        return f"{self.schema}.{self.name}" if self.schema else self.name

    @property
    def sql(self) -> str:
        return ".".join(quoted(part) for part in (self.schema, self.name) if part)


def look(source: OdbcSource, words: Vocabulary, sample: int) -> list[Seen]:
    """The tables of a database. Raises SourceError for what the server does, HubError when there is no table."""
    session = Session(source, Secrets())
    try:
        listed = _catalogue(session, source)
    finally:
        session.close()
    if not listed:
        raise HubError(f"{source.name}: the login sees no table", "grant it SELECT on the tables of the dossiers")
    ranked = sorted(listed.values(), key=lambda each: -_worth(each, words))[:_MOST_TABLES]
    connector = OdbcConnector(source)
    try:
        tables = {each.called: _table(each, _rows(connector, each, sample)) for each in ranked}
    finally:
        connector.close()
    join(list(tables.values()))
    return [_seen(each, tables[each.called], listed) for each in ranked]


def _catalogue(session: Session, source: OdbcSource) -> dict[str, _Listed]:
    budget, sqlite = Budget(source.clock, source.budget_s), source.dialect == "sqlite"
    here = _HERE.get(source.dialect, "")

    def told(what: str, sql: str) -> list[Sequence[Any]]:
        return session.ask(what, sql, (), budget, lambda cursor: [list(row) for row in cursor.fetchall()])

    found: dict[str, _Listed] = {}
    for schema, table, column, kind in told("columns", _SQLITE_COLUMNS if sqlite else _COLUMNS.format(here=here)):
        own = "" if source.dialect == "mariadb" else schema
        each = found.setdefault(f"{schema}.{table}", _Listed(own, table))
        each.types[column] = str(kind).lower()
    for schema, table, column in told("keys", _KEYS.get(source.dialect, _KEYS_ELSE)):
        if f"{schema}.{table}" in found:
            found[f"{schema}.{table}"].key.append(column)
    for schema, table, column, to_schema, to_table, to_column in told(
        "references", _LINKS.get(source.dialect, _LINKS_ELSE)
    ):
        target = found.get(f"{to_schema}.{to_table}")
        if target is not None and f"{schema}.{table}" in found:
            refers = to_column or (target.key[0] if target.key else "")
            found[f"{schema}.{table}"].links[column] = (target.called, refers)
    return found


def _worth(listed: _Listed, words: Vocabulary) -> float:
    """How much the names of a table promise: of its kind and of its columns."""
    named = max(words.likeness(listed.name, patterns) for patterns in words.records.values())
    known = sum("?" not in words.concepts(name) for name in listed.types)
    return named * 10 + min(known, 20)


def _rows(connector: OdbcConnector, listed: _Listed, sample: int) -> list[dict[str, Any]]:
    """The first page of a table, as a pull would read it; no rows where the login may not read."""
    names = _readable(listed)
    key = tuple(listed.key) or tuple(names[:1])
    sql = f"SELECT {', '.join(map(quoted, names))} FROM {listed.sql}"
    stream = OdbcStream(listed.name, key=key, sql=sql, page_size=sample)
    pages = connector.pages(stream, Window())
    try:
        page = next(pages, None)
        return [msgspec.json.decode(payload) for payload in page.payloads] if page else []
    except SourceError:
        return []
    finally:
        pages.close()  # type: ignore[attr-defined]  # a generator: nobody reads the rest


def _readable(listed: _Listed) -> list[str]:
    return [name for name, kind in listed.types.items() if not any(word in kind for word in _BINARY)]


def _table(listed: _Listed, rows: list[dict[str, Any]]) -> Table:
    columns = columns_of(_readable(listed), rows, listed.types)
    return Table(listed.called, columns, len(rows), key=tuple(listed.key), links=listed.links)


def _seen(listed: _Listed, table: Table, all_: Mapping[str, _Listed]) -> Seen:
    names = {each.called: each.sql for each in all_.values()}
    return Seen(table, lambda flow: _read(listed, flow, table, names), takes_all=False)


def _read(listed: _Listed, flow: Flow, table: Table, names: Mapping[str, str]) -> Mapping[str, Any]:
    """The SELECT of what the stream uses, and what kind of values its key and cursor are. The cursor takes in creation
    and deletion where the change stamp alone would miss them."""
    wanted = [*flow.key, *(path for fed in flow.fields.values() for path in fed.paths), flow.deleted]
    wanted += [flow.parent[1]] if flow.parent else []
    columns = {column.path: column for column in table.columns}
    joined = list(dict.fromkeys(c.joined[0] for path in wanted if (c := columns.get(path)) and c.joined))
    alias = {name: f"l{number}" for number, name in enumerate(joined, 1)}

    def spelled(path: str) -> str:
        column = columns.get(path)
        if column is not None and column.joined:
            return f"{alias[column.joined[0]]}.{quoted(column.joined[1])} AS {quoted(path)}"
        return f"t.{quoted(path)}" if alias else quoted(path)

    chosen = [spelled(name) for name in dict.fromkeys(filter(None, wanted))]
    kind = next((c.declared for c in table.columns if c.path == flow.version), flow.stamp.partition("\n")[0])
    stamp = flow.stamp.partition("\n")[2] or _stamp(flow, table, listed, spelled)
    if stamp and " AS " in stamp:
        flow.version, flow.stamp = "change_stamp", f"{kind}\n{stamp}"
    if stamp and stamp not in chosen:
        chosen.append(stamp)
    lines = textwrap.wrap(f"SELECT {', '.join(chosen)}", 104, subsequent_indent="       ", break_long_words=False)
    lines.append(f"FROM {listed.sql} t" if alias else f"FROM {listed.sql}")
    for name in joined:
        own, other = table.joins[name]
        lines.append(f"LEFT JOIN {names[name]} {alias[name]} ON {alias[name]}.{quoted(other)} = t.{quoted(own)}")
    if flow.only_where:
        lines.append(f"WHERE {spelled(flow.only_where)} IS NOT NULL")
    read: dict[str, Any] = {"sql": "\n".join(lines)}
    if flow.version and any(word in kind for word in _TEXT):
        read["cursor"] = "text"
    elif flow.version and "int" in kind:
        read["cursor"] = "integer"
    elif flow.version:
        flow.cursor_format = ""
    if len(flow.key) == 1:
        declared = listed.types.get(flow.key[0], "")
        if "int" in declared or declared in ("serial", "bigserial"):
            read["identity"] = "integer"
        elif declared in ("uuid", "uniqueidentifier"):
            read["identity"] = "uuid"
    return read


def join(tables: Sequence[Table]) -> None:
    """Give each table the columns of those that explain its codes: lists of procedures, fields, agencies.

    A list is joined where one of its columns is unique in it, holds four of five values of a column here, and is
    referred to by the system itself, or bears the same name, or holds codes that nobody takes for a counter.
    """
    own = {table.name: list(table.columns) for table in tables}
    for table in tables:
        for other in tables:
            link = _explains(own[table.name], table, own[other.name], other) if other is not table else None
            if link is None or any(column.values.is_("number") for column in own[other.name]):
                continue  # what holds dossier numbers is no list of codes
            table.joins[other.name] = (link[0].path, link[1].path)
            texts = {key: at for at, key in enumerate(link[1].values.texts)}
            rows = [texts.get(key, -1) if key else -1 for key in link[0].values.texts]
            for column in own[other.name]:
                path = column.path
                while table.column(path) is not None:
                    path = f"{other.name.rpartition('.')[2]}_{path}"
                if column is link[1] or column.values.is_("time") or column.values.is_("uuid"):
                    continue
                seen = Values([column.values.texts[at] if at >= 0 else "" for at in rows])
                table.columns.append(Column(path, seen, column.declared, (other.name, column.path)))


def _explains(own: list[Column], table: Table, columns: list[Column], other: Table) -> tuple[Column, Column] | None:
    for mine in own:
        values = set(mine.values.counted)
        if not values or (mine.values.unique and mine.path in table.key) or mine.values.is_("time"):
            continue
        for theirs in columns:
            declared = table.links.get(mine.path) == (other.name, theirs.path)
            if not declared and (not theirs.values.unique or other.rows < 1 or table.rows <= other.rows):
                continue
            telling = theirs.path == mine.path or any(not text.isdecimal() and len(text) > 4 for text in values)
            if declared or (telling and len(values & set(theirs.values.counted)) * 5 >= len(values) * 4):
                return mine, theirs
    return None


def _stamp(flow: Flow, table: Table, listed: _Listed, spelled: Callable[[str], str]) -> str:
    """The cursor as SQL: the change stamp, or with what stands in where it is empty; "" when there is none."""
    if not flow.version:
        return ""
    kind = listed.types[flow.version]
    deleted = flow.deleted if flow.deleted and listed.types.get(flow.deleted) == kind else ""
    column = table.column(flow.version)
    empty = column is None or len(column.values.filled) < len(column.values.texts)
    created = [
        other.path for other in table.columns
        if empty and other.path not in (flow.version, flow.deleted) and other.declared == kind and not other.joined
        and other.values.times and len(other.values.filled) == len(other.values.texts)
        and any(word in other.path.lower() for word in ("creat", "tao"))
    ]  # fmt: skip
    if not deleted and not created:
        return spelled(flow.version)
    flow.unsure.pop("version", None)
    names = [spelled(name) for name in (deleted, flow.version, *created[:1]) if name]
    return f'coalesce({", ".join(names)}) AS "change_stamp"'
