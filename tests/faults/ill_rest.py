"""A one-stop system over real HTTP that the portal's mapping understands, and whose answers a fault may spoil.

Here: the system. Not here: faults (`strikes_rest.py`), sockets (`tests/connectors/http_host.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec

from connectors.contract import Connector
from connectors.rest import RestConnector
from connectors.rest_source import Clock, RestSource
from hub.mapping import Mapping
from hub.settings import Settings
from hub.source import Family, Source
from tests.connectors.http_host import Ask, Reply
from tests.connectors.served import Row, rows
from tests.connectors.served_rest import ServedRest
from tests.faults.experiment import QUICK
from tests.standardise.chunk import dossier, mapping

RECORDS = 35  # four pages of ten
PAGES = 4
OLD_PASSWORD = "mật khẩu cũ 1"
FORM = "%Y-%m-%dT%H:%M:%S.%f"


def portal() -> Mapping:
    """The portal's mapping, its cursor as the served system writes it; dossiers alone."""
    stream = msgspec.structs.replace(mapping().streams["dossier"], cursor_format=FORM)
    return msgspec.structs.replace(mapping(), streams={"dossier": stream})


class Served(ServedRest):
    """Answers with dossiers; `spoil` has the last word on each answer."""

    def __init__(self) -> None:
        self.spoil: Callable[[Ask, Reply], Reply] = lambda ask, reply: reply
        self.changed: dict[str, Any] = {}  # fields of every record
        super().__init__("page_number", "body_token")

    def payload(self, row: Row) -> bytes:
        return msgspec.json.encode(dossier(MaHoSo=row.key, NgayCapNhat=row.version, **self.changed))

    def _login(self, ask: Ask) -> Reply:
        self.logins %= len(self.tokens) - 1  # there are so many tokens, and a neighbour is asked in every round
        return super()._login(ask)

    def _answer(self, ask: Ask) -> Reply:
        return self.spoil(ask, super()._answer(ask))


class IllRest:
    """The system of an experiment; `changes` are laid over how it is reached."""

    family: Family = "rest"

    def __init__(self) -> None:
        self.served = Served()
        self.begin("")

    @property
    def secrets(self) -> tuple[str, ...]:
        return (*self.served.secrets, OLD_PASSWORD)

    def begin(self, name: str) -> Mapping:
        del name
        served = self.served
        served.rows, served.changed, served.spoil = rows(RECORDS), {}, lambda ask, reply: reply
        served.token_calls, served.logins = 1_000_000, 0
        self.budget_s, self.silence_s, self.answer_s = 10.0, 5.0, 10.0
        self.changes: dict[str, Any] = {}
        return portal()

    def keys(self) -> set[str]:
        return {str(row.key) for row in self.served.rows}

    def connect(self, source: Source, settings: Settings) -> Connector[Any]:
        made: RestSource = self.served.source(budget_s=self.budget_s, read_timeout_s=self.silence_s, retry=QUICK)
        made = replace(made, name=source.source_id, request_timeout_s=self.answer_s, clock=Clock())
        return RestConnector(replace(made, **self.changes))

    def reborn(self) -> None:
        """The same system at another address: nobody listens at the old one any more."""
        rows, tokens = self.served.rows, self.served.logins
        self.served.close()
        self.served = Served()
        self.served.rows, self.served.logins = rows, tokens

    def close(self) -> None:
        self.served.close()
