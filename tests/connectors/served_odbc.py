"""One-stop systems in real SQL servers behind their real ODBC drivers, as the conformance suite wants them.

Here: how each server is made to misbehave. Not here: the servers (`odbc_servers.py`), the wire (`tcp_proxy.py`).
The cursor is a text with seven digits of fraction: SQL Server writes that, and none of these could hold it as a time.
"""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

from connectors.odbc import OdbcConnector
from connectors.odbc_source import OdbcSource, OdbcStream, Retry
from tests.connectors.odbc_servers import COPIES, PASSWORD, USER, Server, SqliteFile
from tests.connectors.served import Fault, Row
from tests.connectors.served_rest import FastClock
from tests.connectors.tcp_proxy import Harm, Proxy

SQL = (
    'SELECT "MaHoSo", "ChuHoSo", "NgayCapNhat", "SoBoHoSo" FROM "HoSos"'
    ' CROSS JOIN "Switch" WHERE "On" >= 0 AND {spoilt}'
)


class _Loading(AbstractContextManager[None]):
    """Entered around each query: what the test has done to the rows by then is in the table."""

    def __init__(self, served: ServedOdbc) -> None:
        self._served = served

    def __enter__(self) -> None:
        self._served.load()

    def __exit__(self, *error: object) -> None: ...


@dataclass
class _Strike:
    page: int
    times: int


class ServedOdbc:
    """A system in one server; `ServedSource` of the suite."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.rows: list[Row] = []
        self.time = FastClock(waited=self._waited)
        self.secrets = (PASSWORD,)
        self.requests = 0
        self._loaded: list[Row] | None = None
        self._faults: dict[Fault, _Strike] = {}
        self._positions: list[bytes] = []
        self._spoilt = False
        parameters = server.parameters()
        self.proxy = Proxy(int(parameters["PORT"]), self._watch) if "PORT" in parameters else None

    # What the suite asks for

    def stream(self, **changes: Any) -> OdbcStream:
        spec = OdbcStream(
            "dossiers",
            key="MaHoSo",
            version="NgayCapNhat",
            cursor_format="%Y-%m-%dT%H:%M:%S.%f",
            cursor_type="text",
            page_size=10,
            sql=SQL.format(spoilt=self.server.spoilt),
        )
        return replace(spec, **changes)

    def source(self, **changes: Any) -> OdbcSource:
        parameters = self.server.parameters()
        if self.proxy is not None:
            parameters["PORT"] = str(self.proxy.port)
        source = OdbcSource(
            "district-391",
            self.server.driver,
            self.server.dialect,
            parameters,
            USER,
            PASSWORD,
            login_timeout_s=5,
            query_timeout_s=0.5,
            retry=Retry(attempts=3, backoff_s=0.5),
            limiter=_Loading(self),
            clock=self.time.clock(),
        )
        return replace(source, **changes)

    def connector(self, **changes: Any) -> OdbcConnector:
        return OdbcConnector(self.source(**changes), self.stream())

    def payload(self, row: Row) -> bytes:
        record = {
            "$row": "1",
            "ChuHoSo": row.text,
            "MaHoSo": row.key,
            "NgayCapNhat": row.version,
            "SoBoHoSo": COPIES,
        }
        return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()

    def misbehave(self, fault: Fault, *, page: int = 1, times: int = 1_000_000) -> None:
        self._faults[fault] = _Strike(page, times)
        if fault is Fault.DEAD and self.proxy is not None:
            self.proxy.close()
        elif fault is Fault.DEAD and isinstance(self.server, SqliteFile):
            self.server.path.rename(self.server.path.with_suffix(".gone"))
        self._loaded = None

    def close(self) -> None:
        if self.proxy is not None and Fault.DEAD not in self._faults:
            self.proxy.close()
        if self._spoilt:
            self.server.spoil(False)

    # What happens to a query on its way

    def load(self) -> None:
        if self._loaded != self.rows and Fault.DEAD not in self._faults:
            self.server.load(self.rows)
            self._loaded = list(self.rows)
            strike = self._faults.get(Fault.GARBLED)
            if strike is not None and strike.times > 0 and isinstance(self.server, SqliteFile):
                self.server.garble(str(self.rows[strike.page * 10 - 5].key))

    def _waited(self) -> None:
        """A file is mended while the connector waits."""
        strike = self._faults.get(Fault.GARBLED)
        if self.proxy is None and strike is not None:
            strike.times -= 1
            if strike.times <= 0:
                self._loaded = None

    def _watch(self, request: bytes) -> Harm:
        page = self._page(request)
        spoil = self._strikes(Fault.GARBLED, page)
        if page and spoil != self._spoilt:
            self._spoilt = spoil
            self.server.spoil(spoil)
        if self._strikes(Fault.CUT, page):
            return "cut"
        return "silence" if self._strikes(Fault.SLOW, page) else ""

    def _page(self, request: bytes) -> int:
        """Which page of the main list a request asks for; 0 when it asks for something else."""
        found = [row.key.encode() for row in self.rows if row.key and row.key.encode() in request]
        if found:
            if found[0] not in self._positions:
                self._positions.append(found[0])
            return self._positions.index(found[0]) + 2
        if b'ORDER BY t."NgayCapNhat", t."MaHoSo"' in request and b"OR t." not in request:
            self._positions = []
            return 1
        return 0

    def _strikes(self, fault: Fault, page: int) -> bool:
        strike = self._faults.get(fault)
        if strike is None or strike.times <= 0 or strike.page != page:
            return False
        strike.times -= 1
        return True
