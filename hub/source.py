"""What a source declaration means, as validated objects.

Here: the shapes of `schemas/sources/*.yml` and of one source after its file was expanded. Not here: reading YAML and
its errors (`hub/registry.py`), opening a connection (`hub/connecting.py`), what records mean (`hub/mapping.py`).
The shapes of a connection repeat names and meaning of the connector's own configuration, of which they are the
part that a file may set; what they leave out keeps the connector's default.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Literal

import msgspec

from hub.mapping import Mapping

Level = Literal["portal", "national", "province", "district", "commune"]
Family = Literal["rest", "odbc", "files"]


class Pull(msgspec.Struct, frozen=True):
    """How a source is read: how far a window reaches back, how much at once, how often, how patiently.

    timeout: silence after which one request is given up.  budget: the time of one pull of the whole source.
    quiet: hours of the day, Asia/Ho_Chi_Minh, in which it is not asked, like "07:00-11:30".
    deadline: the time of one run of all sources of the file's level; what was not begun by then waits.
    """

    lag: timedelta = timedelta(minutes=10)
    page_size: int = 1000
    every: timedelta = timedelta(hours=1)
    timeout: timedelta = timedelta(seconds=60)
    budget: timedelta = timedelta(minutes=10)
    quiet: list[str] = []
    deadline: timedelta = timedelta(hours=1)


class Shrink(msgspec.Struct, frozen=True):
    """What the shrink guard lets through by itself: of the live keys of a stream, or of one agency in it, at most this
    share may vanish at once, or at most so many keys (`least`), whichever is more. The rest waits for a person's word.
    """

    share: float = 0.1
    least: int = 5


class Source(msgspec.Struct, frozen=True):
    """One system that is read.

    connection: as written, secrets still as {"env": NAME}.   agency_code: whose system it is, if of one agency.
    valid_from, valid_to: days in Asia/Ho_Chi_Minh, valid_to exclusive, None is open.
    active: whether the moment for which the sources were expanded lies in that time.
    file, line: where the source is declared.
    """

    source_id: str
    level: Level
    family: Family
    mapping: Mapping
    agency_code: str | None
    connection: dict[str, Any]
    pull: Pull
    valid_from: date | None
    valid_to: date | None
    active: bool
    file: str
    line: int
    shrink: Shrink = Shrink()


class Valid(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """The days on which a source exists; `to` is exclusive."""

    from_: date | None = None
    to: date | None = None


class AgencyFilter(msgspec.Struct, frozen=True):
    """Agencies by their level in the list of agencies and, if given, by their system in `systems.csv`.

    That file stands beside the source files: agency_code, system, from, to (exclusive; blank is open), one row for each
    system that an agency has had.
    """

    level: str
    system: str = ""


class ForEach(msgspec.Struct, frozen=True):
    """One source per agency."""

    agencies: AgencyFilter


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """What a file says of all its sources, and what an override may say of one of them."""

    mapping: str
    connection: dict[str, Any]
    pull: Pull = Pull()
    valid: Valid = Valid()
    shrink: Shrink = Shrink()


class SourceFile(Declared, frozen=True, kw_only=True):
    """One file of `schemas/sources`: sources by name, or one per agency with `id` as the form of their names."""

    level: Level
    family: Family
    sources: list[str] = []
    for_each: ForEach | None = None
    id: str = ""
    overrides: dict[str, Any] = {}


class Expired(msgspec.Struct, frozen=True):
    """A body that says that the login is over: the value at `path` is one of `values`."""

    path: str
    values: list[str]


class RestAuth(msgspec.Struct, frozen=True):
    """How to log in; see `connectors.rest_source.Auth`."""

    kind: Literal["none", "basic", "body_token", "oauth2_client_credentials", "session"] = "none"
    url: str = ""
    fields: dict[str, str] = {}
    token: str = "token"
    place: Literal["header", "query", "body"] = "header"
    name: str = "Authorization"
    prefix: str = "Bearer "
    message: str = ""
    expired: Expired | None = None


class RestConnection(msgspec.Struct, frozen=True):
    """The connection of family rest; see `connectors.rest_source.RestSource`. verify_tls may be a CA bundle's path."""

    base_url: str
    headers: dict[str, str] = {}
    auth: RestAuth = RestAuth()
    verify_tls: bool | str = True
    max_redirects: int = 5


class OdbcConnection(msgspec.Struct, frozen=True):
    """The connection of family odbc; see `connectors.odbc_source.OdbcSource`.

    dialect: which SQL the server speaks; "" is told by the driver's name.   options: further words of the driver.
    """

    driver: str
    database: str
    server: str = ""
    port: str = ""
    user: str = ""
    password: str = ""
    dialect: Literal["tsql", "postgres", "mariadb", "sqlite", ""] = ""
    options: dict[str, str] = {}


class FilesConnection(msgspec.Struct, frozen=True):
    """The connection of family files; see `connectors.files_source.FilesSource`.

    url: the drop folder of the source, or the folder above it when `folder` names the one below.
    options: login of a remote folder, as fsspec spells it.
    archive, reject: where files go that were read, or could not be; "" leaves them.   settle: how long a file must
        have stayed as it is before it is read.
    """

    url: str
    folder: str = ""
    pattern: str = "*"
    options: dict[str, str] = {}
    archive: str = "archive"
    reject: str = "reject"
    settle: timedelta = timedelta(seconds=60)


CONNECTIONS: dict[str, type[msgspec.Struct]] = {
    "rest": RestConnection,
    "odbc": OdbcConnection,
    "files": FilesConnection,
}
