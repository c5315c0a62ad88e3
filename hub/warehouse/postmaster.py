"""The server's main process, as the operating system and `postmaster.pid` tell it.

Here: is it alive, is it ours, does it accept work, wait for it, end it. Not here: starting it (`embedded.py`).
No program of PostgreSQL is needed for this, so a server can be stopped after its programs were uninstalled.

A process id alone proves nothing: it may belong to a zombie that nobody has reaped (kill -9 in a container), or,
after a restart of the machine, to a stranger. `postmaster.pid` is only read: deleting it would let a second
server start beside surviving workers of the first, on the same data.
"""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from hub.errors import HubError

_PAUSE_S = 0.02
_ZOMBIE_S = 15.0
"""How long a dead process may wait for its reaper before the start is tried all the same."""


@dataclass(frozen=True)
class Postmaster:
    """A main process that exists. `ready`: it accepts connections on `port`; `zombie`: it is dead but not reaped."""

    pid: int
    port: int
    ready: bool
    zombie: bool


def find_postmaster(data: Path) -> Postmaster | None:
    """The main process of the data directory, or None when it is gone or its id now belongs to another program."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return None
    if not lines or not lines[0].lstrip("-").isdigit():
        return None  # PostgreSQL says what is wrong with it when it starts
    pid = abs(int(lines[0]))  # negative while a single-user server holds the directory
    state = _process_state(pid, data)
    if state == "gone":
        return None
    # Lines are added as the server comes up: 4 is the port, 8 the state.
    return Postmaster(
        pid,
        port=int(lines[3]) if len(lines) > 3 else 0,
        ready=len(lines) > 7 and lines[7].strip() == "ready",
        zombie=state == "zombie",
    )


def settled_postmaster(data: Path, deadline: float) -> Postmaster | None:
    """Wait until the main process is ready (returned) or gone (None).

    A zombie is waited for a bounded time and then counts as gone: whether its directory can be taken over is for
    PostgreSQL to decide. `deadline` is on the monotonic clock; HubError when the server is still starting or
    stopping then.
    """
    patience = min(deadline, time.monotonic() + _ZOMBIE_S)
    while (found := find_postmaster(data)) is not None and not (found.ready and not found.zombie):
        if found.zombie and time.monotonic() > patience:
            return None
        if time.monotonic() > deadline:
            raise HubError(
                f"{data}: the PostgreSQL server (process {found.pid}) is still starting or stopping",
                hint=f"recovery of much data takes minutes: see {data / 'log'}, then run the same command again",
            )
        time.sleep(_PAUSE_S)
    return found


def end_postmaster(data: Path, deadline: float) -> bool:
    """Stop in fast mode: sessions are ended, data is written out. False when no server was running.

    HubError when it is still writing at `deadline` (monotonic clock); it goes on and ends by itself.
    """
    found = find_postmaster(data)
    if found is None or found.zombie:
        return False
    os.kill(found.pid, signal.SIGINT)
    while (left := find_postmaster(data)) is not None and not left.zombie:
        if time.monotonic() > deadline:
            raise HubError(
                f"{data}: the PostgreSQL server (process {found.pid}) was told to stop and is still writing",
                hint="wait; it ends by itself when everything is on disk",
            )
        time.sleep(_PAUSE_S)
    return True


def _process_state(pid: int, data: Path) -> Literal["alive", "zombie", "gone"]:
    process = Path(f"/proc/{pid}")
    try:
        if not Path("/proc/self/stat").exists():  # macOS
            os.kill(pid, 0)
            return "alive"
        # The name in brackets may hold anything; the state is the first word after it.
        if (process / "stat").read_text(errors="replace").rpartition(")")[2].split()[0] in "ZX":
            return "zombie"
        words = (process / "cmdline").read_bytes()
        if not words:  # killed, its memory is gone already, and the state does not say so yet
            return "zombie"
        # The main process keeps its command line: postgres -D <data>
        return "alive" if os.fsencode(data) in words.split(b"\0") else "gone"
    except (FileNotFoundError, ProcessLookupError):
        return "gone"
