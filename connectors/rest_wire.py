"""Sockets that can be cut from outside.

Here: the one thing that requests cannot do: end a request at a fixed time although the other side sends a byte
now and then. A read time-out starts anew with every byte, so a slow drip would hold a worker for days. The same
cut frees the reading thread when a pull is abandoned. Also here: silence about the query strings that urllib3
logs. Not here: any policy (`rest_http`).
"""

from __future__ import annotations

import logging
import re
import socket
from contextlib import AbstractContextManager, suppress
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from connectors.patience import Deadline, at_most

_QUERY = re.compile(r"\?[^\s\"')]*")


def _without_query(record: logging.LogRecord) -> bool:
    record.msg, record.args = _QUERY.sub("?***", record.getMessage()), None
    return True


# Some sources want their token as a query parameter, and urllib3 writes whole URLs at level DEBUG.
for _name in ("urllib3.connectionpool", "urllib3.util.retry"):
    logging.getLogger(_name).addFilter(_without_query)


class Wire:
    """The open sockets of one session."""

    def __init__(self) -> None:
        self._sockets: list[socket.socket] = []

    def adapter(self) -> HTTPAdapter:
        """A transport for a requests session that lets its sockets be cut."""
        return _Adapter(self)

    def at_most(self, seconds: float) -> AbstractContextManager[Deadline]:
        """Cut everything when the block takes longer."""
        return at_most(seconds, self.cut)

    def cut(self) -> None:
        """Shut the sockets down: whoever reads from them sees the end of the stream."""
        for open_socket in list(self._sockets):
            with suppress(OSError):
                # The plain method: the one of SSLSocket would take the TLS state away under its reader.
                socket.socket.shutdown(open_socket, socket.SHUT_RDWR)

    def watch(self, opened: socket.socket | None) -> None:
        self._sockets = [known for known in self._sockets if known.fileno() != -1]
        if opened is not None:
            self._sockets.append(opened)


class _Adapter(HTTPAdapter):
    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        super().__init__(pool_connections=4, pool_maxsize=2, max_retries=0)

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        wire = self._wire

        class Connection(HTTPConnection):
            def connect(self) -> None:
                super().connect()
                wire.watch(self.sock)

        class TlsConnection(HTTPSConnection):
            def connect(self) -> None:
                super().connect()
                wire.watch(self.sock)

        class Pool(HTTPConnectionPool):
            ConnectionCls = Connection

        class TlsPool(HTTPSConnectionPool):
            ConnectionCls = TlsConnection

        self.poolmanager.pool_classes_by_scheme = {"http": Pool, "https": TlsPool}
