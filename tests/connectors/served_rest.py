"""A one-stop system over HTTP, as the conformance suite wants it: pages in three styles, logins in five.

Here: what such a system answers. Not here: sockets (`http_host`). Records carry the national field names.
"""

from __future__ import annotations

import json
import threading
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, quote

from connectors.rest import RestConnector
from connectors.rest_source import Auth, Clock, Paging, RestSource, RestStream, Retry, Rule
from tests.connectors.http_host import Ask, Host, Reply
from tests.connectors.served import Fault, Row

USER, PASSWORD = "cong.dan.hub", "Mật khẩu/+&% 1"
PAGING = {
    "page_number": Paging("page_number", page="pageNumber", size="pageSize"),
    "offset": Paging("offset", start="start", end="end"),
    "cursor": Paging("cursor", size="limit", cursor="after", next="page.next"),
}
LOGIN = {"userName": USER, "password": PASSWORD}
AUTH = {
    "none": Auth(),
    "basic": Auth("basic", fields={"username": USER, "password": PASSWORD}),
    "body_token": Auth("body_token", "/api/tokens", LOGIN, token="data.token", message="message"),
    "oauth2": Auth(
        "oauth2_client_credentials",
        "/oauth/token",
        {"client_id": USER, "client_secret": PASSWORD},
        token="access_token",
    ),
    "session": Auth("session", "/login", LOGIN, "session", "body", "session", message="message"),
    "query": Auth("body_token", "/api/tokens", LOGIN, token="data.token", place="query", name="access"),
}


@dataclass
class FastClock:
    """Time that waits are added to instead of being waited for."""

    skipped: list[float] = field(default_factory=list)
    waited: Callable[[], None] = lambda: None  # called at each wait

    def clock(self) -> Clock:
        return Clock(lambda: time.monotonic() + sum(self.skipped), lambda: datetime.now(UTC), self._skip)

    def _skip(self, seconds: float) -> None:
        self.skipped.append(seconds)
        self.waited()


class ServedRest:
    """The system and its account; `ServedSource` of the suite."""

    def __init__(self, paging: str, auth: str) -> None:
        self.paging, self.auth = PAGING[paging], AUTH[auth]
        self.rows: list[Row] = []
        self.time = FastClock()
        self.tokens = [f"v4.local.{n}-THẺ/{'x' * n}" if auth == "session" else f"v4.local.{n}/x+" for n in range(9)]
        login = b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        self.secrets = (PASSWORD, *self.tokens, *(quote(text, safe="") for text in (PASSWORD, *self.tokens)), login)
        self.logins = 0
        self.token_calls = 1_000_000  # how many calls a token is good for
        self.asked_pages: list[int] = []
        self.override: Callable[[Ask], Reply | None] = lambda ask: None
        self._faults: dict[Fault, list[int]] = {}  # page and times left
        self._calls = 0
        self._lock = threading.Lock()
        self.host = Host(self._answer)

    # What the suite asks for

    def stream(self, **changes: Any) -> RestStream:
        in_body = self.auth.place == "body"
        window = {"updatedFrom": "{since}", "updatedTo": "{until}"}
        spec = RestStream(
            "dossiers",
            path="/api/v1/HoSo/Search",
            method="POST" if in_body else "GET",
            params={} if in_body else window,
            body={"service": "TraCuu", "madonvi": "000.00.12.H56", **window} if in_body else None,
            records="data",
            total="totalCount",
            success=Rule("error_code", ("0", "00"), absent=True),
            message="message",
            paging=replace(self.paging, place="body") if in_body else self.paging,
            page_size=10,
            key="MaHoSo",
            version="NgayCapNhat",
            cursor_format="%Y-%m-%dT%H:%M:%S.%f",
            order="ascending",
            sweep={"khongNgay": "1"},
        )
        return replace(spec, **changes)

    def source(self, **changes: Any) -> RestSource:
        source = RestSource(
            "district-391",
            self.host.url,
            headers={"tenant": "thanhhoa"},
            auth=self.auth,
            read_timeout_s=0.25,
            retry=Retry(attempts=3, backoff_s=0.5),
            clock=self.time.clock(),
        )
        return replace(source, **changes)

    def connector(self, **changes: Any) -> RestConnector:
        return RestConnector(self.source(**changes), self.stream())

    def payload(self, row: Row) -> bytes:
        record = {"MaHoSo": row.key, "ChuHoSo": row.text, "NgayCapNhat": row.version, "SoBoHoSo": 1.50}
        # Blanks as no encoder writes them: what comes out must be a slice of this, not a second encoding.
        return json.dumps(record, ensure_ascii=False, separators=(" ,", ":  ")).encode()

    def misbehave(self, fault: Fault, *, page: int = 1, times: int = 1_000_000) -> None:
        self._faults[fault] = [page, times]
        if fault is Fault.DEAD:
            self.host.close()

    def close(self) -> None:
        if Fault.DEAD not in self._faults:
            self.host.close()

    # What it answers

    def _answer(self, ask: Ask) -> Reply:
        with self._lock:
            if (reply := self.override(ask)) is not None:
                return reply
            if self.auth.url and ask.path == self.auth.url:
                return self._login(ask)
            return self._list(ask) if self._signed(ask) else self._not_signed()

    def _login(self, ask: Ask) -> Reply:
        form = self.auth.kind.startswith("oauth2")
        given = {name: values[0] for name, values in parse_qs(ask.body.decode()).items()} if form else ask.json
        expected = {**self.auth.fields, **({"grant_type": "client_credentials"} if form else {})}
        if given != expected or ask.headers.get("tenant") != "thanhhoa":
            return Reply({"message": f"wrong password {PASSWORD}"}, 401)
        self.logins, self._calls = self.logins + 1, 0
        answer: Any = self.tokens[self.logins]
        for name in reversed(self.auth.token.split(".")):
            answer = {name: answer}
        return Reply({"error_code": "0", **answer})

    def _signed(self, ask: Ask) -> bool:
        if self.auth.kind == "none":
            return True
        if self.auth.kind == "basic":
            return ask.headers.get("authorization") == "Basic " + self.secrets[-1]
        self._calls += 1
        sent = {
            "header": ask.headers.get("authorization", "").removeprefix("Bearer "),
            "query": ask.query.get("access"),
            "body": ask.json.get("session") if ask.body else None,
        }[self.auth.place]
        return sent == self.tokens[self.logins] and self._calls <= self.token_calls

    def _not_signed(self) -> Reply:
        if self.auth.kind == "session":
            return Reply({"error_code": "-1", "message": "Phiên làm việc không hợp lệ"})
        return Reply({"message": "token expired"}, 401)

    def _list(self, ask: Ask) -> Reply:
        asked = {**ask.query, **(ask.json if ask.body else {})}
        rows = self._chosen(asked)
        size, start = 10, 0
        if self.paging.kind == "page_number":
            size = int(asked["pageSize"])
            start = (int(asked["pageNumber"]) - 1) * size
        elif self.paging.kind == "offset":
            start = int(asked["start"])
            size = int(asked["end"]) - start
        else:
            size, start = int(asked["limit"]), int(asked.get("after", "p0")[1:])
        page = start // size + 1
        self.asked_pages.append(page)
        if page == 2 and self._strikes(Fault.SHIFT, 2):
            self._move_oldest()
            rows = self._chosen(asked)
        total = len(rows) + (3 if self._strikes(Fault.SHORT_TOTAL, page) else 0)
        listed = b", ".join(map(self.payload, rows[start : start + size]))
        following = f'"p{start + size}"' if start + size < len(rows) else "null"
        head = f'{{"error_code": 0, "totalCount": {total}, "page": {{"next": {following}}}, "data": ['
        return self._spoilt(Reply(head.encode() + listed + b"]}"), page)

    def _chosen(self, asked: dict[str, str]) -> list[Row]:
        if "khongNgay" in asked:
            return [row for row in self.rows if row.version is None]
        low, high = asked.get("updatedFrom", ""), asked.get("updatedTo", "9")
        return [row for row in self.rows if row.version is not None and low <= row.version <= high]

    def _move_oldest(self) -> None:
        first = self.rows.pop(0)
        last = str(self.rows[-1].version)
        self.rows.append(Row(first.key, f"{last[:-2]}{int(last[-2:]) + 1:02}", "changed meanwhile"))

    def _strikes(self, fault: Fault, page: int) -> bool:
        wanted, left = self._faults.get(fault, [0, 0])
        if left <= 0 or (wanted != page and fault not in (Fault.SHORT_TOTAL, Fault.SHIFT)):
            return False
        self._faults[fault][1] -= 1
        return True

    def _spoilt(self, reply: Reply, page: int) -> Reply:
        if self._strikes(Fault.CUT, page):
            return replace(reply, cut=len(reply.body) // 2)
        if self._strikes(Fault.SLOW, page):
            return replace(reply, silence_s=5)
        if self._strikes(Fault.GARBLED, page):
            return replace(reply, body=reply.body[: len(reply.body) // 2])
        if self._strikes(Fault.ERROR_BODY, page):
            token = self.tokens[self.logins] if self.auth.url else ""
            return Reply({"error_code": "97", "message": f"không có quyền: {PASSWORD} {token} 038204012345"})
        return reply
