"""From a declared source to an open connector: secrets are filled in, shapes become the connector's own values.

Here: the glue between the registry and `connectors`, which know nothing of each other. Not here: pulling
(`hub/landing.py`), how a family reads. Secrets leave the settings only here, at the moment of connecting, so that a
source object can be listed, compared and logged.
"""

from __future__ import annotations

from typing import Any

from connectors.contract import Connector
from connectors.files import FilesConnector
from connectors.odbc import OdbcConnector
from connectors.rest import RestConnector
from hub.asking import Hosts, host_of
from hub.connecting_files import to_files_source, to_files_stream
from hub.connecting_odbc import to_odbc_source, to_odbc_stream
from hub.connecting_rest import to_rest_source, to_rest_stream
from hub.mapping import OdbcRead, Read, Stream
from hub.originals import Taken
from hub.registry_shapes import is_secret
from hub.settings import Settings
from hub.source import Source


def resolve(connection: Any, settings: Settings) -> Any:
    """The connection with each {env: NAME} replaced by the secret of that name. Raises HubError for a missing one."""
    if is_secret(connection):
        return settings.secret(connection["env"])
    if isinstance(connection, dict):
        return {name: resolve(value, settings) for name, value in connection.items()}
    if isinstance(connection, list):
        return [resolve(value, settings) for value in connection]
    return connection


def connect(
    source: Source, settings: Settings, hosts: Hosts | None = None, taken: Taken | None = None
) -> Connector[Any]:
    """A connector for the source; `hosts` bounds the requests at once to its host, `taken` knows the files that were
    taken before. Opens nothing yet.

    Raises HubError for a missing secret or a wrong address.
    """
    name, stream = next(iter(source.mapping.streams.items()))
    resolved, probe = resolve(source.connection, settings), to_stream_spec(stream, source, name)
    limiter = hosts.limiter(host_of(resolved)) if hosts else None
    if source.family == "rest":
        return RestConnector(to_rest_source(source, resolved, limiter), probe)
    if source.family == "files":
        return FilesConnector(to_files_source(source, resolved, taken))
    return OdbcConnector(to_odbc_source(source, resolved, limiter), probe)


def to_stream_spec(stream: Stream, source: Source, name: str) -> Any:
    """The stream `name` of the source's mapping as the connector of its family reads it (a StreamSpec)."""
    if isinstance(stream.read, Read):
        return to_rest_stream(stream, source, name)
    if isinstance(stream.read, OdbcRead):
        return to_odbc_stream(stream, source, name)
    return to_files_stream(stream, source, name)
