"""From a declared REST source to the values of its connector.

Here: family rest alone. Not here: secrets and the choice of the family (`connecting.py`), how REST systems are read
(`connectors/rest.py`).
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import msgspec

from connectors.rest_source import Auth, Paging, RestSource, RestStream, Rule
from hub.errors import HubError
from hub.mapping import Read, Stream
from hub.source import RestAuth, RestConnection, Source

# One answer may take so many times the silence that a source is allowed: large pages over slow lines.
_ANSWER_PER_SILENCE = 5


def to_rest_source(
    source: Source, resolved: dict[str, Any], limiter: AbstractContextManager[object] | None = None
) -> RestSource:
    """The configuration of the REST connector; the secrets are filled in. Raises HubError for a wrong address."""
    try:
        connection = msgspec.convert(resolved, RestConnection)
        return RestSource(
            name=source.source_id,
            base_url=connection.base_url,
            headers=connection.headers,
            auth=_auth(connection.auth),
            verify_tls=connection.verify_tls,
            read_timeout_s=source.pull.timeout.total_seconds(),
            request_timeout_s=source.pull.timeout.total_seconds() * _ANSWER_PER_SILENCE,
            budget_s=source.pull.budget.total_seconds(),
            max_redirects=connection.max_redirects,
            limiter=limiter or nullcontext(),
        )
    except ValueError:
        # The address may come from a secret and hold a login, so it is not quoted.
        raise HubError(
            f"{source.file}:{source.line}: {source.source_id}: connection.base_url is no address of a REST system",
            "write http(s)://host/path without a login; the login belongs to auth",
        ) from None


def to_rest_stream(stream: Stream, source: Source, name: str) -> RestStream:
    """The stream `name` of the source's mapping as its connector reads it."""
    read = stream.read
    assert isinstance(read, Read), "the registry gives each family its own shape"
    params, in_params = _without_paging(read.params)
    body, in_body = _without_paging(read.body) if isinstance(read.body, dict) else (read.body, {})
    names = in_params or in_body
    paging = Paging(
        kind=read.paging.kind,
        page=names.get("{page}", ""),
        first=read.paging.first,
        start=names.get("{offset}", ""),
        end=names.get("{end}", ""),
        cursor=names.get("{cursor}", ""),
        next=read.paging.next_cursor,
        place="body" if in_body else "query",
    )
    success = read.success
    return RestStream(
        name=name,
        path=read.path,
        method=read.method,
        params=_sized(params),
        body=_sized(body),
        records=read.records,
        total=read.total or None,
        success=Rule(success.path, tuple(success.accept), success.absent) if success else None,
        message=(success.message or None) if success else None,
        paging=paging,
        page_size=source.pull.page_size,
        key=tuple(stream.key) if len(stream.key) > 1 else stream.key[0],
        version=stream.version or None,
        cursor_format=stream.cursor_format or None,
        lag=source.pull.lag,
        order=read.order or None,
        sweep=read.sweep,
    )


def _auth(auth: RestAuth) -> Auth:
    return Auth(
        kind=auth.kind,
        url=auth.url,
        fields=auth.fields,
        token=auth.token,
        place=auth.place,
        name=auth.name,
        prefix=auth.prefix,
        message=auth.message or None,
        expired=Rule(auth.expired.path, tuple(auth.expired.values)) if auth.expired else None,
    )


def _without_paging(entries: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The entries that are not the connector's to fill in, and the names of those that are, by their field."""
    paging = {field: name for name, field in entries.items() if field in ("{page}", "{offset}", "{end}", "{cursor}")}
    return {name: value for name, value in entries.items() if name not in paging.values()}, paging


def _sized(value: Any) -> Any:
    """The connector knows {size} as {page_size} and fills it in at any depth."""
    if isinstance(value, dict):
        return {name: _sized(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_sized(item) for item in value]
    return value.replace("{size}", "{page_size}") if isinstance(value, str) else value
