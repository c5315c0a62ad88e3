"""What a pull shows of its source besides records: its clock, versions from the future, records that come late.

Here: three figures per pull, kept in the ledger (`ops.pull`). Not here: what they mean for people (`hub/health.py`),
reading (`connectors`). The lag of a source rests on them: a record whose version lies further behind the watermark than
the lag is never asked for again, and only a reading of an old window or a census brings it to light.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from connectors.contract import Clocked, Connector
from connectors.cursors import CursorFormat
from hub.ledger import Pull
from hub.mapping import Stream
from hub.source import Source


class Observer:
    """One stream of one source, while it is read. `mark`: how far it had been read before, None at the first time."""

    def __init__(self, source: Source, stream: Stream, mark: str | None) -> None:
        # Files are known by their content: one that comes late is read whatever its time.
        timed = stream.cursor_format and source.family != "files"
        self._format = CursorFormat(stream.cursor_format) if timed else None
        self._zone = ZoneInfo(source.mapping.zone)
        self._mark = mark if self._format and mark and self._format.order(mark) is not None else None
        self._bound = self._format.order(self._mark) if self._format and self._mark else None
        self._oldest: tuple[str, str] | None = None  # (order, text) of the newcomer furthest behind the mark

    def newcomers(self, versions: Sequence[str], keep: Sequence[int]) -> None:
        """Look at the versions of the records that are new or changed."""
        if self._format is None or self._bound is None:
            return
        order = self._format.order
        for text in {versions[i] for i in keep} - {""}:
            own = order(text)
            if own is not None and own < (self._oldest[0] if self._oldest else self._bound):
                self._oldest = own, text

    def note(self, pull: Pull, connector: Connector[Any], now: datetime) -> None:
        """Write into `pull` what was seen; before its cursor is cut to what may be stored."""
        skew = connector.skew_s if isinstance(connector, Clocked) else None
        pull.clock_skew_s = None if skew is None else round(-skew)
        if self._format is None:
            return
        if pull.cursor_after and (newest := self._moment(pull.cursor_after)) is not None and newest > now:
            pull.version_ahead_s = _seconds(newest, now)
        if self._mark and self._oldest:
            mark, oldest = self._moment(self._mark), self._moment(self._oldest[1])
            if mark is not None and oldest is not None:
                pull.late_arrival_s = _seconds(mark, oldest)

    def _moment(self, text: str) -> datetime | None:
        assert self._format is not None
        try:
            found = self._format.moment(text)
        except ValueError:
            return None
        return (found if found.tzinfo else found.replace(tzinfo=self._zone)).astimezone(UTC)


def _seconds(later: datetime, earlier: datetime) -> int:
    """At most what the ledger's column holds: a mistyped year is centuries away."""
    return min(round((later - earlier).total_seconds()), 2**31 - 1)
