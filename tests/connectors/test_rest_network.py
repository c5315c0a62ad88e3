"""What only HTTP can do to a reader: Retry-After, redirects, endless and false bodies, other people's hosts."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from connectors.contract import Window
from connectors.errors import Malformed, OverBudget, Refused, SourceError, Unreachable
from connectors.rest import RestConnector
from connectors.rest_source import Auth, Clock, RestSource, Retry
from tests.connectors.http_host import Ask, Host, Reply
from tests.connectors.served import moment, rows
from tests.connectors.served_rest import ServedRest


@pytest.fixture
def served() -> Iterator[ServedRest]:
    served = ServedRest("page_number", "none")
    served.rows = rows(25)
    yield served
    served.close()


def first(times: int, reply: Reply | Callable[[Ask], Reply]) -> Callable[[Ask], Reply | None]:
    """Answer so the first few times, then as usual."""
    left = [times]

    def override(ask: Ask) -> Reply | None:
        left[0] -= 1
        if left[0] < 0:
            return None
        return reply if isinstance(reply, Reply) else reply(ask)

    return override


def keys(served: ServedRest, **changes: Any) -> list[str]:
    """All keys of a pull, with other limits of the source (and `spec`: of the stream)."""
    spec = changes.pop("spec", {})
    connector = served.connector(**changes)
    try:
        return [key for page in connector.pages(served.stream(**spec), Window()) for key in page.keys]
    finally:
        connector.close()


def everything(served: ServedRest) -> list[str | None]:
    return [row.key for row in served.rows]


def in_seconds(seconds: float) -> dict[str, str]:
    """Retry-After as a date, told by a host whose clock is a day wrong."""
    now = datetime.now(UTC) - timedelta(days=1)
    later = now + timedelta(seconds=seconds)
    return {"Date": format_datetime(now, usegmt=True), "Retry-After": format_datetime(later, usegmt=True)}


@pytest.mark.parametrize(
    ("headers", "least", "most"),
    [
        ({"Retry-After": "0"}, 2, 2),  # the floor
        ({"Retry-After": "86400"}, 60, 60),  # the ceiling
        ({"Retry-After": "7"}, 7, 7),
        ({"Retry-After": "soon"}, 0.25, 0.5),  # not understood: the usual back-off
        (in_seconds(30), 29, 31),
        (in_seconds(-5), 2, 2),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_honoured_between_floor_and_ceiling(served, headers, least, most, status):
    def busy(ask: Ask) -> Reply:
        return Reply({}, status, headers)

    served.override = first(1, busy)
    retry = Retry(attempts=3, backoff_s=0.5, floor_s=2, ceiling_s=60)
    assert keys(served, retry=retry) == everything(served)
    assert least <= served.time.skipped[0] <= most
    assert len(served.time.skipped) == 1


def test_a_wait_longer_than_the_budget_is_not_waited(served):
    served.override = first(9, Reply({}, 503, {"Retry-After": "86400"}))
    with pytest.raises(OverBudget, match="answered 503"):
        keys(served, budget_s=100)
    assert served.time.skipped == []


def test_backoff_grows_and_ends(served):
    served.override = first(99, Reply({}, 500))
    with pytest.raises(Unreachable, match="answered 500"):
        keys(served, retry=Retry(attempts=5, backoff_s=1, ceiling_s=5))
    assert len(served.time.skipped) == 4
    for wait, limit in zip(served.time.skipped, [1, 2, 4, 5], strict=True):
        assert limit / 2 <= wait <= limit


@pytest.mark.parametrize("status", [400, 404, 405, 410, 422])
def test_a_wrong_request_is_not_repeated(served, status):
    served.override = first(99, Reply({"message": "thiếu tham số của 038204012345"}, status))
    with pytest.raises(Refused, match=rf"answered {status}: thiếu tham số của \*\*\*"):
        keys(served)
    assert len(served.host.asked) == 1


def test_a_redirect_loop_ends(served):
    served.override = first(99, Reply(b"", 302, {"Location": "/api/v1/HoSo/Search"}))
    with pytest.raises(Refused, match="more than 5 redirects"):
        keys(served)
    assert len(served.host.asked) == 6


def test_a_redirect_within_the_source_is_followed(served):
    served.override = lambda ask: (
        Reply(b"", 307, {"Location": f"/new?{'&'.join(f'{k}={v}' for k, v in ask.query.items())}"})
        if ask.path != "/new"
        else None
    )
    assert keys(served) == everything(served)


def test_another_host_never_gets_the_token():
    served = ServedRest("page_number", "query")
    thief = Host(lambda ask: Reply([]))
    usual = first(1, lambda ask: Reply(b"", 307, {"Location": f"{thief.url}/?{ask.query}"}))
    served.override = lambda ask: usual(ask) if ask.path != "/api/tokens" else None
    with pytest.raises(Refused, match="another place"):
        keys(served)
    assert thief.asked == []
    thief.close()
    served.close()


def test_a_flood_is_cut_at_the_size_of_a_page(served):
    served.override = first(99, Reply(b"[", drip_s=0))
    with pytest.raises(Malformed, match="exceeds 1,000,000 bytes"):
        keys(served, spec={"max_page_bytes": 1_000_000}, read_timeout_s=60)
    assert len(served.host.asked) == 3  # three unreadable pages in a row, none of them asked for twice


@pytest.mark.parametrize("body", [b"", b'{"data": ['])
def test_a_drip_is_cut_at_the_time_of_a_request(served, body):
    served.override = first(99, Reply(body, drip_s=0.02))
    begin = time.monotonic()
    with pytest.raises(Unreachable, match="no whole answer within"):
        keys(served, request_timeout_s=0.3, read_timeout_s=60, retry=Retry(attempts=2))
    assert time.monotonic() - begin < 3


def test_a_pull_that_is_given_up_does_not_wait_for_the_next_page(served):
    served.override = lambda ask: Reply([], silence_s=30) if ask.query["pageNumber"] == "2" else None
    connector = served.connector(read_timeout_s=60)
    pages = connector.pages(served.stream(), Window())
    next(pages)
    while len(served.host.asked) < 2:
        time.sleep(0.01)
    begin = time.monotonic()
    pages.close()
    assert time.monotonic() - begin < 2
    connector.close()


def test_a_pull_that_is_given_up_does_not_sleep_to_the_end_of_a_back_off(served):
    served.override = lambda ask: Reply({}, 503) if ask.query["pageNumber"] == "2" else None
    connector = served.connector(clock=Clock(), retry=Retry(backoff_s=60))
    pages = connector.pages(served.stream(), Window())
    next(pages)
    while len(served.host.asked) < 2:
        time.sleep(0.01)
    begin = time.monotonic()
    pages.close()
    assert time.monotonic() - begin < 2
    assert len(served.host.asked) == 2
    connector.close()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda whole: replace(whole, length=len(whole.body) + 50),
        lambda whole: replace(whole, length=len(whole.body) - 50),
        lambda whole: replace(whole, cut=50, length=""),  # neither length nor chunks: the end of the stream is the end
        lambda whole: replace(whole, packed=True, cut=60),
        lambda whole: replace(whole, headers={"Content-Encoding": "gzip"}),
        lambda whole: Reply(b"<html>B\xe1\xba\xa3o tr\xc3\xac h\xe1\xbb\x87 th\xe1\xbb\x91ng</html>"),
        lambda whole: Reply(b""),
        lambda whole: Reply({"status": "ok"}),
    ],
    ids=["longer", "shorter", "unmeasured", "cut-gzip", "false-gzip", "html", "empty", "other-json"],
)
def test_a_false_body_is_asked_for_again(served, spoil):
    answer = served.host.answer
    left = [2]

    def spoilt(ask: Ask) -> Reply:
        whole = answer(ask)
        left[0] -= 1
        return spoil(whole) if left[0] >= 0 else whole

    served.host.answer = spoilt
    assert keys(served) == everything(served)
    assert len(served.time.skipped) == 2


def test_gzip_is_unpacked(served):
    answer = served.host.answer
    served.host.answer = lambda ask: replace(answer(ask), packed=True)
    assert keys(served) == everything(served)
    assert "gzip" in served.host.asked[0].headers["accept-encoding"]


def test_a_gzip_bomb_is_cut_at_the_size_of_a_page(served):
    served.override = first(99, Reply(b"[" + b" " * 20_000_000, packed=True))
    with pytest.raises(Malformed, match="exceeds"):
        keys(served, spec={"max_page_bytes": 1_000_000}, read_timeout_s=60)


def test_no_content_is_an_empty_list(served):
    served.override = first(1, Reply(b"", 204, length=""))
    assert keys(served) == []


def test_the_environment_is_not_read(served, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    for name, value in {
        "HTTP_PROXY": "http://127.0.0.1:9",
        "http_proxy": "http://127.0.0.1:9",
        "NETRC": str(netrc),
    }.items():
        monkeypatch.setenv(name, value)
    assert keys(served) == everything(served)
    assert "authorization" not in served.host.asked[0].headers


def test_the_limiter_surrounds_each_request_and_no_wait(served):
    class Limiter:
        inside = entered = 0

        def __enter__(self) -> None:
            self.inside += 1
            self.entered += 1

        def __exit__(self, *_: object) -> None:
            self.inside -= 1

    limiter = Limiter()
    seen: list[int] = []
    served.override = lambda ask: seen.append(limiter.inside)
    keys(served, limiter=limiter)
    assert seen == [1, 1, 1, 1]  # three pages and the sweep
    assert (limiter.inside, limiter.entered) == (0, 4)


def test_a_header_that_http_cannot_carry_is_named_without_its_value(served):
    with pytest.raises(Refused) as caught:
        keys(served, headers={"tenant": "Thanh Hóa – mật"})
    assert "mật" not in str(caught.value)


def test_a_login_in_the_address_is_refused_without_repeating_it():
    with pytest.raises(ValueError, match="hold no login") as caught:
        RestSource("x", "http://user:s3cret@host/")
    assert "s3cret" not in str(caught.value)


def test_a_login_that_lacks_something_is_a_mistake_of_the_configuration():
    with pytest.raises(ValueError, match="username and password"):
        Auth("basic", fields={"user": "x"})
    with pytest.raises(ValueError, match="needs a url"):
        Auth("body_token")


def test_a_check_names_a_clock_that_is_wrong(served):
    clock = served.time.clock()
    wrong = replace(clock, wall=lambda: datetime.now(UTC) + timedelta(hours=7))
    connector = RestConnector(served.source(clock=wrong), served.stream())
    page, time_line = connector.check()
    assert page.ok
    assert not time_line.ok
    assert re.search(r"\+25(199|20[0-5]) s", time_line.detail)
    assert connector.skew_s == pytest.approx(25200, abs=5)
    connector.close()


def test_a_window_that_is_not_of_the_format_is_refused_before_any_request(served):
    connector = served.connector()
    with pytest.raises(SourceError, match="district-391, dossiers: the window's since"):
        next(connector.pages(served.stream(), Window("15/03/2024", moment(3))))
    assert served.host.asked == []
    connector.close()
