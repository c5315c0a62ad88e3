"""How a pull over HTTP walks through a list: logins that end, odd paging, broken pages, false totals."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from connectors.contract import Page, Window
from connectors.errors import Incomplete, Malformed, Refused, SourceError
from connectors.rest import RestConnector
from connectors.rest_source import Paging, RestSource, RestStream, Retry
from tests.connectors.http_host import Ask, Host, Reply
from tests.connectors.served import Fault, Row, moment, rows
from tests.connectors.served_rest import FastClock, ServedRest

NUMBERED = Paging("page_number", page="page", size="size")


@pytest.fixture
def serve() -> Iterator[Callable[[str, str], ServedRest]]:
    running: list[ServedRest] = []

    def start(paging: str, auth: str) -> ServedRest:
        served = ServedRest(paging, auth)
        served.rows = rows(35)
        running.append(served)
        return served

    yield start
    for served in running:
        served.close()


class Odd:
    """A source that answers by a function of the request; pulls end as (pages, error)."""

    def __init__(self, answer: Callable[[Ask], Any]) -> None:
        self.host = Host(lambda ask: answer(ask) if isinstance(answer(ask), Reply) else Reply(answer(ask)))
        source = RestSource("odd", self.host.url, retry=Retry(attempts=2), clock=FastClock().clock())
        self.connector = RestConnector(source)

    def pull(self, **spec: Any) -> tuple[list[Page], SourceError | None]:
        stream = RestStream("list", **{"path": "/list", "key": "id", "page_size": 10, "paging": NUMBERED} | spec)
        pages: list[Page] = []
        try:
            for page in self.connector.pages(stream, Window()):
                pages.append(page)
        except SourceError as error:
            return pages, error
        finally:
            self.connector.close()
            self.host.close()
        return pages, None


def part(count: int, ask: Ask, size: int = 10) -> list[dict[str, int]]:
    """One numbered page of a list of `count` records."""
    start = (int(ask.query["page"]) - 1) * size
    return [{"id": n} for n in range(start, min(start + size, count))]


def keys(pages: list[Page]) -> list[str]:
    return [key for page in pages for key in page.keys]


# Logins


@pytest.mark.parametrize("auth", ["body_token", "oauth2", "session", "query"])
def test_a_login_that_ends_in_the_middle_is_renewed(serve, auth):
    served = serve("page_number", auth)
    served.token_calls = 2
    connector = served.connector()
    pages = list(connector.pages(served.stream(), Window()))
    assert keys(pages) == [row.key for row in served.rows]
    assert served.logins == 3  # four pages and the sweep, two calls each
    connector.close()


@pytest.mark.parametrize("auth", ["body_token", "oauth2", "session"])
def test_a_fresh_login_that_is_refused_too_ends_the_pull(serve, auth):
    served = serve("page_number", auth)
    connector = served.connector()
    stream = served.stream()
    list(connector.pages(stream, Window()))
    served.token_calls = 0
    with pytest.raises(Refused):
        next(connector.pages(stream, Window()))
    assert served.logins == 2
    connector.close()


def test_a_token_that_is_refused_from_the_start_is_not_asked_for_twice(serve):
    served = serve("page_number", "session")
    served.token_calls = 0
    connector = served.connector()
    with pytest.raises(Refused, match="Phiên làm việc không hợp lệ"):
        next(connector.pages(served.stream(), Window()))
    assert served.logins == 1
    connector.close()


def test_a_wrong_password_is_tried_once(serve):
    served = serve("page_number", "body_token")
    fields = {**served.auth.fields, "password": "s3cret-but-wrong"}
    connector = served.connector(auth=replace(served.auth, fields=fields))
    with pytest.raises(Refused, match="district-391, login: answered 401: wrong password") as caught:
        next(connector.pages(served.stream(), Window()))
    assert len(served.host.asked) == 1
    assert "s3cret" not in str(caught.value)
    login, clock = connector.check()
    assert (login.ok, login.name, clock.ok) == (False, "login", True)
    connector.close()


def test_a_login_without_a_token_says_what_the_source_said(serve):
    served = serve("page_number", "session")
    served.override = lambda ask: Reply({"error_code": "4", "message": "Sai mật khẩu"})
    connector = served.connector()
    with pytest.raises(Refused, match="no token at 'session': Sai mật khẩu"):
        next(connector.pages(served.stream(), Window()))
    connector.close()


def test_the_national_envelope_is_posted(serve):
    served = serve("page_number", "session")
    connector = served.connector()
    list(connector.pages(served.stream(), Window(moment(30))))
    login, call, sweep = served.host.asked
    assert set(login.json) == {"userName", "password"}
    assert call.json == {
        "session": served.tokens[1],
        "madonvi": "000.00.12.H56",
        "service": "TraCuu",
        "updatedFrom": moment(30),
        "pageNumber": 1,
        "pageSize": 10,
    }
    assert sweep.json["khongNgay"] == "1"
    assert "updatedFrom" not in sweep.json
    assert call.query == {}
    connector.close()


# Ends of lists


@pytest.mark.parametrize("count", [0, 7, 10, 25, 30])
def test_a_list_without_a_total_ends_with_an_empty_page(count):
    pages, error = Odd(lambda ask: part(count, ask)).pull()
    assert (error, keys(pages)) == (None, [str(n) for n in range(count)])


def test_a_source_that_caps_the_page_size_is_read_to_its_end():
    numbered, error = Odd(lambda ask: {"rows": part(25, ask, 4), "total": 25}).pull(records="rows", total="total")
    assert (error, len(keys(numbered))) == (None, 25)
    offset = Paging("offset", first=0, start="start", end="end")

    def capped(ask: Ask) -> Any:
        start = int(ask.query["start"])
        return {"rows": [{"id": n} for n in range(start, min(start + 4, 25))], "total": 25}

    pages, error = Odd(capped).pull(records="rows", total="total", paging=offset)
    assert (error, keys(pages)) == (None, [str(n) for n in range(25)])


@pytest.mark.parametrize("kind", ["none", "cursor"])
def test_a_single_page(kind):
    pages, error = Odd(lambda ask: [{"id": "a"}, {"id": "b"}]).pull(paging=Paging(kind))
    assert (error, keys(pages)) == (None, ["a", "b"])


def test_a_total_that_is_the_count_of_the_page_is_found_out():
    liar = Odd(lambda ask: {"rows": part(25, ask), "total": len(part(25, ask))})
    pages, error = liar.pull(records="rows", total="total")
    assert isinstance(error, Incomplete)
    assert len(set(keys(pages))) == 20
    honest = Odd(lambda ask: {"rows": part(10, ask), "total": 10} if ask.query["page"] == "1" else Reply({}, 404))
    assert honest.pull(records="rows", total="total")[1] is None


def test_a_source_that_ignores_the_page_is_stopped():
    pages, error = Odd(lambda ask: [{"id": n} for n in range(10)]).pull()
    assert isinstance(error, Malformed)
    assert "pages 1 to 3 are the same page" in str(error)
    assert len(pages) == 3


def test_a_cursor_that_leads_back_is_stopped():
    back = {"a": "b", "b": "a", "": "a"}
    walk = Odd(lambda ask: {"rows": [{"id": ask.query.get("c", "0")}], "next": back[ask.query.get("c", "")]})
    pages, error = walk.pull(records="rows", paging=Paging("cursor", cursor="c", next="next"))
    assert isinstance(error, Malformed)
    assert keys(pages) == ["0", "a", "b"]


def test_the_next_page_is_fetched_while_one_is_consumed_and_only_one(serve):
    served = serve("page_number", "none")
    connector = served.connector()
    pages = connector.pages(served.stream(), Window())
    next(pages)
    next(pages)
    while len(served.asked_pages) < 3:
        time.sleep(0.005)
    time.sleep(0.05)  # time enough for a fourth request, which must not come
    assert served.asked_pages == [1, 2, 3]
    pages.close()
    connector.close()


# Broken pages and false lists


@pytest.mark.parametrize("paging", ["page_number", "offset"])
def test_a_page_that_stays_broken_is_named_and_passed_over(serve, paging):
    served = serve(paging, "none")
    served.misbehave(Fault.GARBLED, page=2)
    connector = served.connector()
    pages = list(connector.pages(served.stream(), Window()))
    assert keys(pages) == [row.key for row in served.rows if row not in served.rows[10:20]]
    (sentence,) = [line for page in pages for line in page.refused]
    assert sentence.startswith("district-391, dossiers page 2: the body of")
    assert served.rows[10].text not in sentence
    assert [page.cursor for page in pages] == [None] * len(pages)
    connector.close()


def test_a_broken_last_page_ends_the_list_by_the_total(serve):
    served = serve("page_number", "none")
    served.misbehave(Fault.GARBLED, page=4)
    connector = served.connector()
    pages = list(connector.pages(served.stream(sweep=None), Window()))
    assert len(keys(pages)) == 30
    assert max(served.asked_pages) == 4
    connector.close()


def test_a_source_that_only_sends_pages_of_html_is_malformed():
    pages, error = Odd(lambda ask: Reply(b"<html/>")).pull()
    assert isinstance(error, Malformed)
    assert [len(page.refused) for page in pages] == [1, 1, 1]


def test_with_a_cursor_there_is_no_way_past_a_broken_page(serve):
    served = serve("cursor", "none")
    served.misbehave(Fault.GARBLED, page=2)
    connector = served.connector()
    with pytest.raises(Malformed, match=r"page 2: the body of .* byte"):
        list(connector.pages(served.stream(), Window()))
    connector.close()


def test_a_record_on_two_pages_costs_one_more_reading(serve):
    served = serve("page_number", "none")
    served.rows.append(Row(served.rows[0].key, moment(90)))
    connector = served.connector()
    pages = list(connector.pages(served.stream(sweep=None), Window()))
    assert served.asked_pages == [1, 2, 3, 4] * 2
    assert [page.repeated for page in pages] == [False] * 4 + [True] * 4
    assert pages[-1].cursor == moment(90)
    connector.close()


@pytest.mark.parametrize("totals", [(25, 25, 26), (26, 25, 26), (26, 26, 25)])
def test_a_total_that_changes_while_being_read_is_read_again(totals):
    announced = iter([*totals, 26, 26, 26])
    host = Odd(lambda ask: None)
    host.host.answer = lambda ask: Reply({"rows": part(26, ask), "total": next(announced)})
    pages, error = host.pull(records="rows", total="total")
    assert error is None
    assert [page.repeated for page in pages] == [False] * 3 + [True] * 3
    assert [page.announced for page in pages] == [*totals, 26, 26, 26]


def test_the_sweep_is_read_although_the_window_never_rests(serve):
    served = serve("page_number", "none")
    served.rows.append(Row("without", None))
    served.misbehave(Fault.SHORT_TOTAL)
    connector = served.connector()
    pages: list[Page] = []
    with pytest.raises(Incomplete, match="35 records came, 38 were announced"):
        for page in connector.pages(served.stream(), Window()):
            pages.append(page)
    assert "without" in keys(pages)
    connector.close()


def test_an_unreadable_total_is_not_taken_for_none():
    _, error = Odd(lambda ask: {"rows": [], "total": "nhiều"}).pull(records="rows", total="total")
    assert isinstance(error, Malformed)
