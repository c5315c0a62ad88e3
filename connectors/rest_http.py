"""Requests over a hostile network: one answer or one clear error, within limits of time, size and attempts.

Here: retries, Retry-After, redirects, size and time limits of an answer, the budget of a pull. Not here: what
an answer means (`rest_json`), logins (`rest_auth`), paging (`rest_paging`). Nothing is read
from the environment (no proxy variables, no .netrc): what a connector does follows from its configuration.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from itertools import count
from typing import Any, TypeVar
from urllib.parse import urljoin, urlsplit

import msgspec
import requests
import urllib3
from requests.auth import HTTPBasicAuth

from connectors.errors import Malformed, OverBudget, Refused, Secrets, SourceError, Unreachable
from connectors.patience import Budget
from connectors.rest_json import SignedOut, dig, text_of
from connectors.rest_source import RestSource
from connectors.rest_wire import Wire

log = logging.getLogger("connectors.rest")
T = TypeVar("T")
_CHUNK_BYTES = 64 * 1024
_ERROR_BODY_BYTES = 64 * 1024
# ValueError: a header that cannot be written as Latin-1, whose error text would quote it.
_LIBRARY_ERRORS = (requests.RequestException, urllib3.exceptions.HTTPError, HTTPException, OSError, ValueError)
_TRY_AGAIN = {408, 425, 429}


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `what` names it in messages; `message` is the dotted path of the source's words on failure."""

    what: str
    method: str
    path: str
    params: Mapping[str, str | int] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    json: object = field(default=None, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    limit_bytes: int = 1024 * 1024
    message: str | None = None


class HttpClient:
    """Sends calls to one source, one at a time, with one connection pool."""

    def __init__(self, source: RestSource, secrets: Secrets) -> None:
        self.source = source
        self.secrets = secrets
        self.skew_s: float | None = None  # our clock minus the source's, by its last Date header
        self._turn = threading.Lock()
        self._wire = Wire()
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.mount("http://", self._wire.adapter())
        self._session.mount("https://", self._wire.adapter())
        self._session.headers.update({"Accept": "application/json", **source.headers})
        # As bytes: requests would write text as Latin-1, which has no place for Vietnamese passwords.
        login = source.auth.fields if source.auth.kind == "basic" else None
        self._basic = HTTPBasicAuth(login["username"].encode(), login["password"].encode()) if login else None
        secrets.learn_named(source.headers)

    def close(self) -> None:
        self._session.close()

    def give_up(self, budget: Budget) -> None:
        """End a running request at once: its reader has gone."""
        budget.given_up.set()
        self._wire.cut()

    def ask(self, call: Call, read: Callable[[bytes], T], budget: Budget) -> T:
        """The answer as `read` understands it, after retries. Raises SourceError without secrets."""
        for attempt in count(1):
            try:
                return read(self._exchange(call, budget))
            except SourceError as error:
                problem = error
            problem.message = f"{self.source.name}, {call.what}: {problem.message}"
            problem.redact(self.secrets)
            if not problem.retryable or attempt >= self.source.retry.attempts or budget.given_up.is_set():
                raise problem
            wait = self._wait(attempt, problem)
            if wait >= budget.left_s():
                raise OverBudget(f"{problem.message}; the pull's time is over before the next attempt", problem.hint)
            log.warning("%s; attempt %d, next in %.1f s", problem.message, attempt, wait)
            budget.pause(wait)
        raise AssertionError("count() never ends")

    def _wait(self, attempt: int, problem: SourceError) -> float:
        asked = problem.wait_s if isinstance(problem, Unreachable) else None
        return self.source.retry.wait_s(attempt, self.source.clock.chance(), asked)

    def _exchange(self, call: Call, budget: Budget) -> bytes:
        failure: Exception
        if budget.given_up.is_set():
            raise OverBudget("nobody waits for the answer any more")
        with self._turn, self.source.limiter:
            seconds = min(self.source.request_timeout_s, budget.left_s())
            if seconds <= 0:
                raise OverBudget(f"the {self.source.budget_s:g} s of the pull are over")
            with self._wire.at_most(seconds) as deadline:
                try:
                    body = self._follow(call, min(self.source.connect_timeout_s, seconds))
                    # A cut connection looks like the end of a body without a length.
                    if not deadline.passed:
                        return body
                except _LIBRARY_ERRORS as error:
                    failure = error
        if deadline.passed:
            raise Unreachable(f"no whole answer within {seconds:.3g} s", "raise request_timeout_s or ask for less")
        raise _translated(failure)

    def _follow(self, call: Call, connect_s: float) -> bytes:
        origin = self.source.base_url.rstrip("/") + "/"
        url = call.path if call.path.startswith(("http://", "https://")) else origin + call.path.lstrip("/")
        params: Mapping[str, str | int] | None = call.params
        headers = dict(call.headers)
        data: Any = call.form
        if call.json is not None:
            data, headers["Content-Type"] = msgspec.json.encode(call.json), "application/json; charset=utf-8"
        for _ in range(self.source.max_redirects + 1):
            response = self._session.request(
                call.method,
                url,
                params=params,
                data=data,
                headers=headers,
                auth=self._basic,
                stream=True,
                allow_redirects=False,
                timeout=(connect_s, self.source.read_timeout_s),
                verify=self.source.verify_tls,
            )
            with response:
                self._note_skew(response)
                if not response.is_redirect:
                    return self._body(call, response)
                url, params = _next_hop(url, response.headers["Location"], response.status_code, call.method), None
        raise Refused(f"more than {self.source.max_redirects} redirects", "check base_url and path")

    def _body(self, call: Call, response: requests.Response) -> bytes:
        status = response.status_code
        good = 200 <= status < 300
        limit = call.limit_bytes if good else _ERROR_BODY_BYTES
        chunks, size = [], 0
        for chunk in response.iter_content(_CHUNK_BYTES):
            size += len(chunk)
            if size > limit:
                if not good:
                    break
                raise Malformed(f"the body exceeds {limit:,} bytes", "ask for smaller pages", retryable=False)
            chunks.append(chunk)
        body = b"".join(chunks)
        if good:
            return body if status != 204 else b"[]"  # "no content" is an empty list, an empty 200 is a failure
        said = text_of(dig(body, call.message)) if call.message else ""
        sentence = f"answered {status}" + (f": {said}" if said else "")
        if status in (401, 403):
            raise SignedOut(sentence, "check the login and its rights")
        if status >= 500 or status in _TRY_AGAIN:
            raise Unreachable(sentence, wait_s=self._retry_after_s(response))
        raise Refused(sentence, "check path and parameters of the mapping")

    def _retry_after_s(self, response: requests.Response) -> float | None:
        text = response.headers.get("Retry-After", "").strip()
        if text.isascii() and text.isdigit():
            return float(min(int(text[:9]), 10**9))
        until = _http_date(text)
        # A date is the source's own time: measured from its Date header, a wrong clock does no harm.
        start = _http_date(response.headers.get("Date", "")) or self.source.clock.wall()
        return (until - start).total_seconds() if until else None

    def _note_skew(self, response: requests.Response) -> None:
        if (theirs := _http_date(response.headers.get("Date", ""))) is not None:
            self.skew_s = (self.source.clock.wall() - theirs).total_seconds()


def _next_hop(url: str, location: str, status: int, method: str) -> str:
    """Where a redirect leads. Only within the source: other hosts must not get tokens that travel in body or query."""
    target = urljoin(url, location)
    here, there = urlsplit(url), urlsplit(target)
    same = here.hostname == there.hostname and (
        (here.scheme, here.port) == (there.scheme, there.port) or (here.scheme, there.scheme) == ("http", "https")
    )
    if not same:
        raise Refused(f"redirects to another place ({there.scheme}://{there.hostname})", "set base_url to it if right")
    if method != "GET" and status not in (307, 308):
        raise Refused(f"answered {status} to a {method}, which would drop its body", "check the path")
    return target


def _translated(error: Exception) -> SourceError:
    """Our error for a library's. Only its kind is told: its text holds the URL, and the URL may hold a token."""
    kinds = repr(error)
    if "CERTIFICATE_VERIFY_FAILED" in kinds:
        return Refused("its certificate is not trusted", "give the CA bundle of the source as verify_tls")
    if isinstance(error, requests.exceptions.ContentDecodingError):
        return Malformed("the compressed body cannot be unpacked")
    if "ConnectTimeout" in kinds or "NewConnectionError" in kinds or "NameResolutionError" in kinds:
        return Unreachable("does not accept connections", "check host, port and network")
    if "ReadTimeout" in kinds or isinstance(error, TimeoutError):
        return Unreachable("stopped answering (time-out)")
    if isinstance(error, ValueError):
        return Refused(f"the request cannot be sent ({type(error).__name__})", "check base_url, path and headers")
    return Unreachable("the connection was cut before the answer was whole")


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
