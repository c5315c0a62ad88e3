"""How one SQL system is reached through its ODBC driver, and a list of such a system. Plain values.

Here: what a caller fills in, with defaults that suit a busy one-stop office, and the connection string. Not here:
behaviour (`odbc_session`), SQL of the products (`odbc_dialects`). Secrets stand in fields that no repr shows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Literal, get_args

from connectors.contract import StreamSpec
from connectors.patience import Clock, Retry

DialectName = Literal["tsql", "postgres", "mariadb", "sqlite"]
_PLAIN = re.compile(r"[\w./:\\,-]([\w ./:\\,-]*[\w./:\\,-])?", re.ASCII)
_LOGIN = {"UID", "PWD", "USER", "PASSWORD", "USERNAME", "TRUSTED_CONNECTION"}
# What the connector stands on; whoever fills in `parameters` may say otherwise.
_DEFAULTS: Mapping[str, Mapping[str, str]] = {
    "tsql": {"ApplicationIntent": "ReadOnly"},
    "postgres": {"CommLog": "0", "Debug": "0"},  # Debian switches a log of the wire on, which would lie in /tmp
    "mariadb": {"CHARSET": "utf8mb4"},
    "sqlite": {"NoCreat": "1", "Timeout": "5000"},
}


@dataclass(frozen=True, slots=True)
class OdbcSource:
    """One SQL system.

    driver: as `pyodbc.drivers()` lists it, or the path of its library.
    parameters: SERVER, PORT, DATABASE and the like, as the driver spells them; no login.
    login_timeout_s: until a connection stands; query_timeout_s: one query with its answer; budget_s: one pull.
    limiter: entered around each query (it must be reusable): the limit per host across connectors.
    """

    name: str
    driver: str
    dialect: DialectName
    parameters: Mapping[str, str] = field(default_factory=dict)
    user: str = ""
    password: str = field(default="", repr=False)
    login_timeout_s: float = 15.0
    query_timeout_s: float = 60.0
    budget_s: float = 600.0
    retry: Retry = Retry()
    limiter: AbstractContextManager[object] = field(default_factory=nullcontext, repr=False)
    clock: Clock = Clock()

    def __post_init__(self) -> None:
        if self.dialect not in get_args(DialectName):
            raise ValueError(
                f"source {self.name}: dialect {self.dialect} is none of {', '.join(get_args(DialectName))}"
            )
        if login := sorted(name for name in self.parameters if name.upper() in _LOGIN):
            raise ValueError(f"source {self.name}: {', '.join(login)} is no parameter: the login is user and password")
        if wrong := sorted(name for name in self.parameters if not name.isascii() or set(name) & set("=;{}")):
            raise ValueError(f"source {self.name}: {', '.join(wrong)} is no name of a connection parameter")


@dataclass(frozen=True, slots=True)
class OdbcStream(StreamSpec):
    """One list of a SQL system.

    key: output columns of the SELECT; version: the output column of the cursor, or None: then every pull reads the
        whole list, by key. `order` needs no value: the connector sorts.
    cursor_format: only for text cursors that are times; time columns are spelled by the connector itself.
    sql: a SELECT without WITH, ORDER BY and paging, with ANSI quoting ("…" for names); it is wrapped as a derived
        table, so a condition of its own is welcome where it is always the same.
    sql_variants: the text for a dialect where `sql` will not do.
    cursor_type: time (any date or time column), integer (also SQL Server's rowversion), or text, which sorts as the
        source's collation says.
    key_type: what the key columns are; only text may lie in a collation that takes different texts for equal.
    count: announce how many records the window has, by one count(*); sensible where an index counts it.
    """

    sql: str = ""
    sql_variants: Mapping[str, str] = field(default_factory=dict)
    cursor_type: Literal["time", "integer", "text"] = "time"
    key_type: Literal["text", "integer", "uuid"] = "text"
    count: bool = False

    @property
    def key_columns(self) -> tuple[str, ...]:
        """The key's columns; none when the records have no key."""
        return self.key if isinstance(self.key, tuple) else (self.key,) if self.key else ()


def connection_string(source: OdbcSource) -> str:
    """The string that opens the source, password included: it must reach nothing but the driver."""
    given = {name.upper() for name in source.parameters}
    defaults = {name: value for name, value in _DEFAULTS[source.dialect].items() if name.upper() not in given}
    login = {"UID": source.user, "PWD": source.password} if source.user else {}
    words = {**source.parameters, **defaults, **login}
    return ";".join([f"DRIVER={{{source.driver}}}", *(f"{name}={braced(value)}" for name, value in words.items())])


def braced(value: str) -> str:
    """A value of a connection string: in braces, closing ones doubled, where it would be read wrongly without.

    Not always, because the drivers of PostgreSQL and SQLite take the braces of a plain number or path for its text.
    """
    if _PLAIN.fullmatch(value):
        return value
    return "{" + value.replace("}", "}}") + "}"
