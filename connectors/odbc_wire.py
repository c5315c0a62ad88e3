"""The socket behind an ODBC connection, which can be cut from outside.

Here: the one thing that drivers leave undone. Those of PostgreSQL and MariaDB wait for ever on a server that took the
query and says nothing more; their time-outs are asked of that same server. So the socket is found, in the list that
Linux keeps of a process's open files, and shut down when time is over: the driver sees its end, and says so. Where
there is no such list the driver's own time-outs are all there is. Not here: any policy (`odbc_session`).
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path

from connectors.patience import Deadline, at_most

_FILES = Path("/proc/self/fd")
_TURNS: dict[tuple[str, int], threading.Lock] = {}
_TURNS_TURN = threading.Lock()


class Wire:
    """The sockets of one connection. `port` None: not known, so nothing is found and nothing cut."""

    def __init__(self, host: str, port: int | None) -> None:
        self._host, self._port = host, port
        self._addresses: set[str] = set()
        self._before: set[int] | None = None
        self._own: set[int] = set()

    @contextmanager
    def opening(self, seconds: float) -> Iterator[Deadline]:
        """Around the making of the connection: whatever socket to that server appears meanwhile is its own.

        One at a time per server, so that two connections do not take each other's sockets for theirs.
        """
        with suppress(OSError):  # the driver will say so in its own words
            found = socket.getaddrinfo(self._host, self._port or 0, type=socket.SOCK_STREAM)
            self._addresses = {str(each[4][0]) for each in found}
        with self._turn():
            self._own, self._before = set(), self._sockets()
            try:
                with self.at_most(seconds) as deadline:
                    yield deadline
                self._own = self._sockets() - self._before
            finally:
                self._before = None

    def at_most(self, seconds: float) -> AbstractContextManager[Deadline]:
        """Cut the connection when the block takes longer."""
        return at_most(seconds, self.cut)

    def cut(self) -> None:
        """Shut the sockets down: whoever reads from them sees the end of the stream."""
        own = self._own if self._before is None else self._sockets() - self._before
        for name in _listed():
            with suppress(OSError), socket.socket(fileno=os.dup(int(name))) as copy:
                # The number may have been given to another file by now: the inode is looked at on the copy.
                if os.fstat(copy.fileno()).st_ino in own:
                    copy.shutdown(socket.SHUT_RDWR)

    def _sockets(self) -> set[int]:
        """Inodes of this process's sockets that lead to the server."""
        found = set()
        if self._port is not None:
            for name in _listed():
                with suppress(OSError), socket.socket(fileno=os.dup(int(name))) as copy:
                    if copy.family not in (socket.AF_INET, socket.AF_INET6):
                        continue  # a pair of sockets inside the machine has no address
                    address, port = copy.getpeername()[:2]
                    if port == self._port and str(address).removeprefix("::ffff:") in self._addresses:
                        found.add(os.fstat(copy.fileno()).st_ino)
        return found

    def _turn(self) -> AbstractContextManager[object]:
        if self._port is None:
            return nullcontext()
        with _TURNS_TURN:
            return _TURNS.setdefault((min(self._addresses, default=self._host), self._port), threading.Lock())


def _listed() -> list[str]:
    """The numbers of this process's open sockets."""
    try:
        names = os.listdir(_FILES)
    except OSError:
        return []
    kept = []
    for name in names:
        with suppress(OSError):
            if os.readlink(_FILES / name).startswith("socket:"):
                kept.append(name)
    return kept
