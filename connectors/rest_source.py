"""How one REST system is reached: addresses, login, limits. Plain values, made by whoever reads the configuration.

Here: what a caller fills in, with defaults that suit a slow public office, and a list of such a system. Not here:
behaviour (`rest_http`, `rest_auth`). Secrets stand in fields that no repr shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from connectors.contract import StreamSpec
from connectors.patience import Clock, Retry

__all__ = ["Auth", "Clock", "Paging", "RestSource", "RestStream", "Retry", "Rule"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A body that says something by a value: dotted `path`, the accepted `values` as text (the number 0 is "0")."""

    path: str
    values: tuple[str, ...]
    absent: bool = False  # whether a body without that field satisfies the rule


@dataclass(frozen=True, slots=True)
class Auth:
    """How to log in.

    basic: `fields` username and password, sent with every request.
    body_token, session: `fields` are POSTed as JSON to `url`; the token stands at the dotted path `token`.
    oauth2_client_credentials: the same as a form (RFC 6749, 4.4); `token` is then "access_token".
    place, name, prefix: where the token goes in each call: a header, a query parameter or a field of the body.
    message: dotted path of the source's words when a login fails.
    expired: what a body says when the login is over. A session without this rule takes any failure in a body
        for it, because the national interface (DVCQG) documents no code of its own for an expired session.
    """

    kind: Literal["none", "basic", "body_token", "oauth2_client_credentials", "session"] = "none"
    url: str = ""
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)
    token: str = "token"
    place: Literal["header", "query", "body"] = "header"
    name: str = "Authorization"
    prefix: str = "Bearer "
    message: str | None = None
    expired: Rule | None = None

    def __post_init__(self) -> None:
        if self.kind == "basic" and not {"username", "password"} <= set(self.fields):
            raise ValueError("a basic login needs the fields username and password")
        if self.kind not in ("none", "basic") and not self.url:
            raise ValueError(f"a login of kind {self.kind} needs a url")


@dataclass(frozen=True, slots=True)
class RestSource:
    """One REST system.

    headers: tenant, groupId, dstcode and the like; they go with every request, the login included.
    verify_tls: False, True, or the path of a CA bundle.
    request_timeout_s: one answer, from the first byte sent to the last received; budget_s: one pull.
    limiter: entered around each request (it must be reusable): the limit per host across connectors.
    """

    name: str
    base_url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    auth: Auth = Auth()
    verify_tls: bool | str = True
    connect_timeout_s: float = 10.0
    read_timeout_s: float = 60.0
    request_timeout_s: float = 300.0
    budget_s: float = 600.0
    max_redirects: int = 5
    retry: Retry = Retry()
    limiter: AbstractContextManager[object] = field(default_factory=nullcontext, repr=False)
    clock: Clock = Clock()

    def __post_init__(self) -> None:
        parts = urlsplit(self.base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
            raise ValueError(f"source {self.name}: base_url must be http(s)://host/… and hold no login (auth does)")


@dataclass(frozen=True, slots=True)
class Paging:
    """How a list is cut into pages. A parameter whose name is "" is not sent.

    page_number: `page` counts from `first` (1 unless given), `size` is the page size.
    offset: `start` counts records from `first` (0 unless given); with `size`, or with `end` (exclusive) as
        OpenCPS wants it.
    cursor: `cursor` repeats what the dotted path `next` of the last answer said; the end is an absent one.
    """

    kind: Literal["page_number", "offset", "cursor", "none"] = "none"
    page: str = ""
    first: int | None = None
    size: str = ""
    start: str = ""
    end: str = ""
    cursor: str = ""
    next: str = ""
    place: Literal["query", "body"] = "query"  # where these parameters, and those of a sweep, go


@dataclass(frozen=True, slots=True)
class RestStream(StreamSpec):
    """One list of a REST system; key and version are dotted paths inside a record.

    params, body: may hold {since}, {until}, {page_size}; an entry whose variable has no value is left out;
        a body value that is exactly "{page_size}" is sent as a number.
    records: dotted path of the list in the envelope; "" is a bare array (which is accepted in any case).
    total, message: dotted paths of the announced count and of the source's own words on failure.
    success: None means that the HTTP status alone decides.
    sweep: extra parameters that list the records without a version; None is no sweep.
    """

    path: str = ""
    method: Literal["GET", "POST"] = "GET"
    params: Mapping[str, str] = field(default_factory=dict)
    body: object = None
    records: str = ""
    total: str | None = None
    success: Rule | None = None
    message: str | None = None
    paging: Paging = Paging()
    sweep: Mapping[str, str] | None = None
    max_page_bytes: int = 64 * 1024 * 1024
