"""The connector of family `rest`: JSON lists over HTTP, page by page, until the list adds up.

Here: the order of a pull — window, repeated readings, sweep of records without a version — and the prefetch of
one page. Not here: limits and retries (`rest_http`), logins (`rest_auth`), shapes (`rest_json`), positions and
accounts (`rest_paging`), watermarks (`cursors`). Memory is bounded by two pages: the consumer's and the next.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass

from connectors.contract import Check, Page, Window
from connectors.cursors import WindowCursor
from connectors.errors import Incomplete, Malformed, Refused, Secrets, SourceError
from connectors.patience import Budget
from connectors.rest_auth import Session
from connectors.rest_http import Call, HttpClient
from connectors.rest_json import Answer, PageReader
from connectors.rest_paging import Position, Reading, fill, filled, page_parameters
from connectors.rest_source import RestSource, RestStream

log = logging.getLogger("connectors.rest")
READINGS = 3  # of a list that shifts; each costs the source a full read
_SKEW_S = 120.0


@dataclass(slots=True)
class _List:
    """One list to read in a pull: the window, or the records without a version."""

    name: str
    values: Mapping[str, str | None]
    extra: Mapping[str, str]


class RestConnector:
    """Reads one REST source. `probe` is the stream that `check` reads one page of."""

    def __init__(self, source: RestSource, probe: RestStream | None = None) -> None:
        self._source = source
        self._probe = probe
        self._secrets = Secrets()
        self._http = HttpClient(source, self._secrets)
        self._session = Session(self._http, source.auth, self._secrets)

    def __repr__(self) -> str:
        return f"RestConnector({self._source.name!r})"

    def close(self) -> None:
        """Give back connections."""
        self._http.close()

    @property
    def skew_s(self) -> float | None:
        """Our clock minus the source's, by the Date header of its last answer."""
        return self._http.skew_s

    def check(self) -> list[Check]:
        """Login, one page, and the clock of the source against ours. Never raises for what the source does."""
        checks: list[Check] = []
        if self._session.issues_tokens:
            budget = Budget(self._source.clock, self._source.budget_s)
            checks.append(self._tried("login", lambda: self._session.login(budget), "a token was issued"))
        if self._probe is not None and all(check.ok for check in checks):
            checks.append(self._tried("page", self._first_page, f"page 1 of {self._probe.name} was read"))
        return [*checks, self._clock_check()]

    def pages(self, stream: RestStream, window: Window) -> Iterator[Page]:
        """Deliver the window, then the sweep. The last page carries the watermark.

        Raises Refused, Unreachable, Malformed, OverBudget; and Incomplete after all pages, when no reading of a
        shifting list added up: what was yielded is to be kept, the watermark is not to be moved.
        """
        log.info("%s, %s: pull begins", self._source.name, stream.name)
        try:
            with closing(_Pull(self._source, self._http, self._session, stream, window)) as pull:
                yield from pull.pages()
        except SourceError as error:
            if not error.message.startswith(self._source.name):
                error.message = f"{self._source.name}, {error.message}"
            error.redact(self._secrets)
            log.warning("%s, %s: pull fails: %s", self._source.name, stream.name, error)
            raise
        log.info("%s, %s: pull ends, %d records", self._source.name, stream.name, pull.delivered)

    def _first_page(self) -> None:
        assert self._probe is not None
        with closing(_Pull(self._source, self._http, self._session, self._probe, Window())) as pull:
            answer = pull.fetch(pull.lists[0], Position())
        if answer.refused:
            raise Malformed(answer.refused)

    def _tried(self, name: str, attempt: Callable[[], None], detail: str) -> Check:
        try:
            attempt()
        except SourceError as error:
            error.redact(self._secrets)
            return Check(name, False, error.message, error.hint)
        return Check(name, True, detail)

    def _clock_check(self) -> Check:
        skew = self._http.skew_s
        if skew is None:
            return Check("clock", True, "the source tells no time")
        hint = "set the clock right, or make the lag of the streams longer than the difference"
        fine = abs(skew) <= _SKEW_S
        return Check("clock", fine, f"our clock is {skew:+.0f} s from the source's", "" if fine else hint)


class _Pull:
    """One pull of one stream: its lists, readings, prefetch and faults."""

    def __init__(
        self, source: RestSource, http: HttpClient, session: Session, stream: RestStream, window: Window
    ) -> None:
        self._source, self._http, self._session, self._stream = source, http, session, stream
        self._mark = WindowCursor(stream, window)
        self._budget = Budget(source.clock, source.budget_s)
        auth = source.auth
        self._reader = PageReader(stream, auth.expired, doubt=auth.kind == "session" and auth.expired is None)
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="rest-prefetch")
        self._coming: Future[Answer] | None = None
        self._refused = False
        self._faults: list[str] = []
        self.delivered = 0
        for named in (stream.params, stream.body, stream.sweep):
            if isinstance(named, Mapping):
                http.secrets.learn_named(named)
        size = str(stream.page_size)
        self.lists = [_List(stream.name, {"since": self._mark.start(), "until": window.until, "page_size": size}, {})]
        if stream.sweep is not None:
            nowhere = {"since": None, "until": None, "page_size": size}
            self.lists.append(_List(f"{stream.name} without version", nowhere, stream.sweep))

    def close(self) -> None:
        """A consumer that goes away does not wait for a page that nobody wants."""
        if self._coming is not None and not self._coming.done():
            self._http.give_up(self._budget)
        self._worker.shutdown(wait=True, cancel_futures=True)

    def pages(self) -> Iterator[Page]:
        for each in self.lists:
            yield from self._read(each, moves=each is self.lists[0], last=each is self.lists[-1])
        if self._faults:
            raise Incomplete(
                f"{'; '.join(self._faults)} (after {READINGS} readings)",
                "pull when the source is quiet, or give the window an end in the past",
            )

    def fetch(self, target: _List, here: Position) -> Answer:
        """One page. A page that stays unreadable is an answer too where the next one can be asked for without it."""
        try:
            return self._session.ask(self._call(target, here), self._reader.read, self._budget)
        except (Malformed, Refused) as error:
            if here.extra:
                return Answer()
            if isinstance(error, Refused) or self._stream.paging.kind in ("cursor", "none"):
                raise
            return Answer(refused=error.message)

    def _read(self, target: _List, *, moves: bool, last: bool) -> Iterator[Page]:
        """The pages of one list, read again while it shifts. `moves`: its versions make the watermark."""
        earlier: int | None = None
        for attempt in range(1, READINGS + 1):
            reading = Reading(self._stream)
            fault = ""
            for answer, ended in self._walk(target, reading):
                page = self._page(answer, repeated=attempt > 1)
                if moves:
                    self._mark.take(page.versions)
                if ended:
                    fault = reading.fault(earlier)
                    self._refused |= reading.refused > 0
                    if last and not (fault or self._faults or self._refused):
                        page.cursor = self._mark.value()
                self.delivered += len(page.keys)
                yield page
            if not fault:
                return
            log.warning("%s, %s: %s (reading %d of %d)", self._source.name, target.name, fault, attempt, READINGS)
            earlier = reading.sequence
        self._faults.append(f"{target.name}: {fault}")

    def _walk(self, target: _List, reading: Reading) -> Iterator[tuple[Answer, bool]]:
        """Each page of one reading and whether it is the last; the next is on its way while one is consumed."""
        here: Position | None = Position()
        while here is not None:
            if here.ordinal == 1:
                self._coming = self._worker.submit(self.fetch, target, here)
            assert self._coming is not None
            answer = self._coming.result()
            stuck: Malformed | None = None
            try:
                here = reading.take(answer, here)
            except Malformed as error:
                stuck = error
            if stuck is not None:
                yield answer, False
                raise stuck
            if here is not None:
                self._coming = self._worker.submit(self.fetch, target, here)
            yield answer, here is None

    def _page(self, answer: Answer, *, repeated: bool) -> Page:
        keys, versions, payloads = answer.keys, answer.versions, answer.payloads
        if (kept := self._mark.inside(versions)) is not None:
            keys, versions = [keys[i] for i in kept], [versions[i] for i in kept]
            payloads = [payloads[i] for i in kept]
        refused = (answer.refused,) if answer.refused else ()
        return Page(keys, versions, payloads, answer.announced, None, refused, repeated)

    def _call(self, target: _List, here: Position) -> Call:
        stream = self._stream
        paging = {**page_parameters(stream.paging, here, stream.page_size), **target.extra}
        params: dict[str, str | int] = dict(filled(stream.params, target.values))
        body = fill(stream.body, target.values)
        if stream.paging.place == "query":
            params |= paging
        elif paging:
            if not isinstance(body, dict):
                raise Refused(f"{stream.name}: paging goes into the body, which is no JSON object", "mend the mapping")
            body |= paging
        return Call(
            what=f"{target.name} page {here.ordinal}",
            method=stream.method,
            path=stream.path,
            params=params,
            json=body,
            limit_bytes=stream.max_page_bytes,
            message=stream.message,
        )
