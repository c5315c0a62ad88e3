"""Reading again what a census found missing: by key where the family can, else by window, else the whole list.

Here: the choice, and the pull that is made of it. Not here: landing and loading, which are the ordinary ones: what is
read again is counted, stored and given its meaning like everything else, and no watermark moves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from connectors.contract import Check, Connector, Counts, Page, Window
from connectors.cursors import CursorFormat
from hub.landing import Landing, land
from hub.ledger import Pull
from hub.mapping import Stream
from hub.settings import Settings
from hub.source import Source

BY_KEY_AT_MOST = 20_000  # more, and reading the list costs the source less than so many look-ups


class _Again:
    """A connector that delivers again what was missed, whatever window it is asked for."""

    def __init__(self, connector: Connector[Any], keys: Sequence[str], window: Window) -> None:
        self._connector, self._keys, self._window = connector, keys, window

    def check(self) -> list[Check]:
        return self._connector.check()

    def pages(self, stream: Any, window: Window) -> Iterator[Page]:
        if self._keys and isinstance(self._connector, Counts):
            yield from self._connector.named(stream, self._keys)
        else:
            yield from self._connector.pages(stream, self._window)

    def close(self) -> None:
        """The census goes on with the connector, and closes it."""


def read_again(
    landing: Landing,
    source: Source,
    name: str,
    connector: Connector[Any],
    wanted: Sequence[tuple[str, str]],
    census_id: int,
) -> list[Pull]:
    """Pull these (key, version) of one stream once more, by an ordinary pull that moves no watermark."""
    stream = source.mapping.streams[name]
    by_key = isinstance(connector, Counts) and len(stream.key) == 1 and len(wanted) <= BY_KEY_AT_MOST
    keys = [key for key, _ in wanted] if by_key else []
    again = _Again(connector, keys, Window(None if by_key else _since(stream, [version for _, version in wanted])))
    alone = msgspec.structs.replace(source.mapping, streams={name: stream})

    def connect(_: Source, __: Settings) -> Connector[Any]:
        return again

    told = replace(landing, since=f"census {census_id}", until=None, connect=connect, workers=1, insist=True)
    return land(told, [msgspec.structs.replace(source, mapping=alone)])


def _since(stream: Stream, versions: Sequence[str]) -> str | None:
    """The earliest version of what is wanted; None, the beginning, when one of them is not known or cannot be told."""
    if not stream.version or not stream.cursor_format or not all(versions):
        return None
    form = CursorFormat(stream.cursor_format)
    try:
        return min(versions, key=lambda version: form.moment(version).replace(tzinfo=None))
    except ValueError:
        return None
