"""What a long command is doing, on stderr: records through each station, the rate, the time.

Here: a watcher beside the work, asking the ledger. Not here: the work. It shows nothing in the first two seconds;
a terminal sees one line that changes, a pipe a line every ten seconds. Sources commit whole, so the numbers move in
steps, and nobody knows how much a source still has: there is no time of arrival to promise before it has told.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg

from hub.cli.output import lasting, tell
from hub.errors import HubError

if TYPE_CHECKING:
    from hub.application import Hub

_QUIET_S = 2.0
_LINE_EVERY_S = 10.0


@contextmanager
def watched(hub: Hub) -> Iterator[None]:
    """Tell how the work inside goes on. Opens the warehouse before, so that its start is not counted."""
    watcher = _Watcher(hub)
    watcher.start()
    try:
        yield
    finally:
        watcher.done.set()
        watcher.join(timeout=5)


class _Watcher(threading.Thread):
    """Counts from where the ledger stood: a simulated clock says nothing about what came before what."""

    def __init__(self, hub: Hub) -> None:
        super().__init__(daemon=True)
        self.hub = hub
        self.done = threading.Event()
        self.began = time.monotonic()
        self.before = list(self.counts())

    def run(self) -> None:
        moving, shown_at = sys.stderr.isatty(), 0.0
        if self.done.wait(_QUIET_S):
            return
        while not self.done.is_set():
            took = time.monotonic() - self.began
            if moving or took - shown_at >= _LINE_EVERY_S:
                shown_at = took
                try:
                    line = self.line(took)
                except (HubError, psycopg.Error):
                    return  # the work itself will tell what is wrong with the warehouse
                if moving:
                    sys.stderr.write(f"\r\x1b[K{line}")
                    sys.stderr.flush()
                else:
                    tell(line)
            self.done.wait(1.0)
        if moving:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def line(self, took: float) -> str:
        done = []
        for place, now in enumerate(self.counts()):
            self.before[place] = min(self.before[place], now)  # what is read again is taken off the ledger first
            done.append(now - self.before[place])
        raw, std, core = done
        return f"raw {raw:,} · std {std:,} · core {core:,} records · {max(done) / took:,.0f}/s · {lasting(took)}"

    def counts(self) -> tuple[int, int, int]:
        with self.hub.warehouse.begin("steward") as connection:
            raw, std, core = connection.execute(_COUNTS).fetchall()[0]
        return raw, std, core


_COUNTS = """
select (select coalesce(sum(fetched), 0)::bigint from ops.pull),
       (select coalesce(sum(stored), 0)::bigint from ops.batch_consumed where consumer = 'std'),
       (select coalesce(sum(stored), 0)::bigint from ops.batch_consumed where consumer = 'core')
"""
