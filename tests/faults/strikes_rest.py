"""What is done to a system over HTTP, by the names of the catalogue.

Here: faults of names, wires, answers, logins and lists. Not here: the system (`ill_rest.py`). Each strikes until its
`yield` and heals after it; a fault that only passes has ended by itself.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Generator
from dataclasses import replace
from random import Random

from tests.connectors.http_host import Ask, Reply
from tests.connectors.served import Row, moment
from tests.faults.experiment import Strike
from tests.faults.ill_rest import OLD_PASSWORD, PAGES, RECORDS, IllRest
from tests.faults.tls import Tls

FOR_EVER = 1_000_000
Change = Callable[[Reply], Reply]


def asked(ask: Ask) -> int:
    """The page that a request asks for; 0 for a login."""
    return int(ask.query.get("pageNumber", 0))


def spoilt(change: Change, times: int = FOR_EVER, first: int = 2) -> Strike:
    """Changes the answer to one of the later pages, so many times."""

    def strike(ill: IllRest, chance: Random) -> Generator[None]:
        page, left = chance.randint(first, PAGES - 1), [times]

        def spoil(ask: Ask, reply: Reply) -> Reply:
            if asked(ask) != page or not left[0]:
                return reply
            left[0] -= 1
            return change(reply)

        ill.served.spoil = spoil
        yield
        ill.served.spoil = lambda ask, reply: reply

    return strike


def edited(edit: Callable[[bytes], bytes], times: int = FOR_EVER) -> Strike:
    """Changes the bytes of one of the later pages."""
    return spoilt(lambda reply: replace(reply, body=edit(reply.body)), times)


def failing(status: int, times: int = FOR_EVER, **headers: str) -> Strike:
    """Answers one of the later pages with a status and a page of HTML."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    body = b"<html><body><h1>Loi he thong</h1></body></html>"
    return spoilt(lambda reply: Reply(body, status, {"Content-Type": "text/html", **names}), times)


def half(body: bytes) -> bytes:
    return body[: len(body) // 2]


def patience(strike: Strike, *, silence_s: float = 5.0, answer_s: float = 10.0, budget_s: float = 10.0) -> Strike:
    """The same with a source that waits less, until it is well."""

    def struck(ill: IllRest, chance: Random) -> Generator[None]:
        before = ill.silence_s, ill.answer_s, ill.budget_s
        ill.silence_s, ill.answer_s, ill.budget_s = silence_s, answer_s, budget_s
        yield from strike(ill, chance)
        ill.silence_s, ill.answer_s, ill.budget_s = before

    return struck


def connection_refused(ill: IllRest, chance: Random) -> Generator[None]:
    ill.served.close()
    yield
    ill.reborn()


def name_gone(ill: IllRest, chance: Random) -> Generator[None]:
    ill.changes = {"base_url": "http://mot-cua.invalid"}
    yield
    ill.changes = {}


def tls_untrusted(ill: IllRest, chance: Random) -> Generator[None]:
    with Tls(ill.served.host) as tls:
        ill.changes = {"base_url": tls.url}
        yield
        ill.changes = {"base_url": tls.url, "verify_tls": tls.bundle}
        yield


def tls_to_a_plain_port(ill: IllRest, chance: Random) -> Generator[None]:
    ill.changes = {"base_url": ill.served.host.url.replace("http:", "https:")}
    yield
    ill.changes = {}


def redirected_elsewhere(ill: IllRest, chance: Random) -> Generator[None]:
    where = {"Location": "http://mot-cua.invalid/api"}
    yield from spoilt(lambda reply: Reply(b"", 302, where))(ill, chance)


def redirected_in_a_ring(ill: IllRest, chance: Random) -> Generator[None]:
    ring = Reply(b"", 307, {"Location": "/ring"})
    ill.served.spoil = lambda ask, reply: ring if asked(ask) == 2 or ask.path == "/ring" else reply
    ill.served.override = lambda ask: ring if ask.path == "/ring" else None
    yield
    ill.served.spoil, ill.served.override = lambda ask, reply: reply, lambda ask: None


def token_expired(ill: IllRest, chance: Random) -> Generator[None]:
    ill.served.token_calls = chance.randint(1, 3)
    yield
    ill.served.token_calls = FOR_EVER


def password_changed(ill: IllRest, chance: Random) -> Generator[None]:
    """The system repeats the wrong password in its refusal."""
    right, said = ill.served.auth, Reply({"message": f"wrong password {OLD_PASSWORD}"}, 401)
    ill.changes = {"auth": replace(right, fields={**right.fields, "password": OLD_PASSWORD})}
    ill.served.spoil = lambda ask, reply: said if reply.status == 401 else reply
    yield
    ill.changes, ill.served.spoil = {}, lambda ask, reply: reply


def rights_taken(ill: IllRest, chance: Random) -> Generator[None]:
    yield from spoilt(lambda reply: Reply({"message": "khong co quyen"}, 403))(ill, chance)


def total(difference: int) -> Strike:
    """Announces so many records more than there are."""

    def spoil(ask: Ask, reply: Reply) -> Reply:
        before, after = b'"totalCount": %d,' % RECORDS, b'"totalCount": %d,' % (RECORDS + difference)
        return replace(reply, body=reply.body.replace(before, after)) if asked(ask) else reply

    def strike(ill: IllRest, chance: Random) -> Generator[None]:
        ill.served.spoil = spoil
        yield
        ill.served.spoil = lambda ask, reply: reply

    return strike


def pages_shift(ill: IllRest, chance: Random) -> Generator[None]:
    """Before each second page the oldest record changes and moves to the end."""
    served = ill.served

    def spoil(ask: Ask, reply: Reply) -> Reply:
        if asked(ask) == 2:
            first, last = served.rows.pop(0), str(served.rows[-1].version)
            served.rows.append(Row(first.key, f"{last[:-2]}{int(last[-2:]) + 1:02}"))
            return served._list(ask)
        return reply

    served.spoil = spoil
    yield
    served.spoil = lambda ask, reply: reply


def same_page_for_ever(ill: IllRest, chance: Random) -> Generator[None]:
    """Whatever page is asked for, the second comes, and no total is told."""
    served = ill.served

    def spoil(ask: Ask, reply: Reply) -> Reply:
        if not asked(ask):
            return reply
        same = replace(ask, query={**ask.query, "pageNumber": "2"})
        body = served._list(same).body
        return replace(reply, body=body.replace(b'"totalCount": %d,' % RECORDS, b""))

    served.spoil = spoil
    yield
    served.spoil = lambda ask, reply: reply


def empty_page(reply: Reply) -> Reply:
    return replace(reply, body=b'{"error_code": 0, "totalCount": %d, "data": []}' % RECORDS)


def nul_bytes(ill: IllRest, chance: Random) -> Generator[None]:
    """The key of one record holds NUL."""
    spoilt_key = str(ill.served.rows[chance.randrange(RECORDS)].key).encode()
    ill.served.spoil = lambda ask, reply: (
        replace(reply, body=reply.body.replace(spoilt_key, spoilt_key + b"\\u0000")) if asked(ask) else reply
    )
    yield
    ill.served.spoil = lambda ask, reply: reply


def strange_status(ill: IllRest, chance: Random) -> Generator[None]:
    ill.served.changed = {"TrangThaiHoSo": "77"}
    yield
    ill.served.changed = {}


def clock_of_the_next_century(ill: IllRest, chance: Random) -> Generator[None]:
    """One record says that it changes in a hundred years: it must not hide all that changes before."""
    rows = ill.served.rows
    number = chance.randrange(RECORDS)
    right, rows[number] = rows[number], replace(rows[number], version="2124" + moment(number)[4:])
    rows.sort(key=lambda row: str(row.version))
    yield
    rows[:] = sorted([row for row in rows if row.key != right.key] + [right], key=lambda row: str(row.version))


STRIKES: dict[str, Strike] = {
    "connection-refused": connection_refused,
    "name-gone": name_gone,
    "tls-untrusted": tls_untrusted,
    "tls-to-a-plain-port": tls_to_a_plain_port,
    "reset-mid-body": spoilt(lambda reply: replace(reply, cut=len(reply.body) // 2, reset=True)),
    "closed-mid-body": spoilt(lambda reply: replace(reply, cut=len(reply.body) // 2)),
    "closed-mid-body-for-a-moment": spoilt(lambda reply: replace(reply, cut=len(reply.body) // 2), times=2),
    "truncated-json": edited(half),
    "truncated-json-for-a-moment": edited(half, times=2),
    "slow-drip": patience(spoilt(lambda reply: replace(reply, drip_s=0.02)), answer_s=0.3),
    "hang": patience(spoilt(lambda reply: replace(reply, silence_s=5)), silence_s=0.15),
    "hang-for-a-moment": patience(spoilt(lambda reply: replace(reply, silence_s=0.6), times=2), silence_s=0.15),
    "budget-used-up": patience(spoilt(lambda reply: replace(reply, silence_s=5)), silence_s=0.4, budget_s=0.6),
    "http-500": failing(500),
    "http-502": failing(502),
    "http-503-retry-after": failing(503, times=2, Retry_After="1"),
    "http-429": failing(429, times=2, Retry_After="0"),
    "retry-after-absurd": failing(503, Retry_After="999999999999"),
    "http-404": failing(404),
    "redirected-elsewhere": redirected_elsewhere,
    "redirected-in-a-ring": redirected_in_a_ring,
    "token-expired": token_expired,
    "password-changed": password_changed,
    "rights-taken": rights_taken,
    "friendly-refusal": spoilt(lambda reply: Reply({"error_code": "97", "message": "khong co quyen"})),
    "login-page": spoilt(lambda reply: Reply(b"<!DOCTYPE html><html><form>", 200, {"Content-Type": "text/html"})),
    "empty-body": edited(lambda body: b""),
    "wrong-content-encoding": spoilt(lambda reply: replace(reply, headers={"Content-Encoding": "gzip"})),
    "gzip-broken": spoilt(
        lambda reply: replace(reply, body=half(gzip.compress(reply.body)), headers={"Content-Encoding": "gzip"})
    ),
    "wrong-charset": edited(lambda body: body.decode().encode("utf-16")),
    "list-renamed": edited(lambda body: body.replace(b'"data": [', b'"items": [')),
    "endless-page": spoilt(lambda reply: replace(reply, drip_s=0)),
    "total-too-high": total(3),
    "total-too-low": total(-8),
    "pages-shift": pages_shift,
    "same-page-for-ever": same_page_for_ever,
    "empty-page-in-the-middle": spoilt(empty_page),
    "nul-bytes": nul_bytes,
    "strange-status": strange_status,
    "clock-of-the-next-century": clock_of_the_next_century,
}
