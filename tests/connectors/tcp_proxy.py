"""A wire between a driver and its server that can be cut, fall silent, or be torn down.

Here: bytes and sockets. Not here: which page is meant (`served_odbc`): a callback sees each request and says what shall
happen to its answer.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

Harm = Literal["", "cut", "silence"]
_CUT_AFTER_BYTES = 200


@dataclass
class _Line:
    """One connection through the proxy."""

    client: socket.socket
    server: socket.socket
    harm: Harm = ""
    left: int = _CUT_AFTER_BYTES

    def close(self) -> None:
        for end in (self.client, self.server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@dataclass
class Proxy:
    """Listens on `port` of 127.0.0.1 and passes everything to `target`; `watch` is asked at each request."""

    target: int
    watch: Callable[[bytes], Harm] = lambda request: ""
    mute: bool = False  # accepts connections and never says a word
    lines: list[_Line] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for line in self.lines:
            line.close()
        for thread in list(self._threads):
            thread.join(5)
        for line in self.lines:
            line.client.close()
            line.server.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.target))
            except OSError:  # the target is down: whoever wanted it sees that at once
                client.close()
                continue
            line = _Line(client, server)
            self.lines.append(line)
            if not self.mute:
                for pump in (self._requests, self._answers):
                    thread = threading.Thread(target=pump, args=(line,), daemon=True)
                    self._threads.append(thread)
                    thread.start()

    def _requests(self, line: _Line) -> None:
        with suppress(OSError):
            while data := line.client.recv(65536):
                line.harm = self.watch(data) or line.harm
                line.server.sendall(data)
        line.close()

    def _answers(self, line: _Line) -> None:
        with suppress(OSError):
            while data := line.server.recv(65536):
                if line.harm == "silence":
                    continue
                if line.harm == "cut":
                    data, line.left = data[: line.left], line.left - len(data)
                line.client.sendall(data)
                if line.left <= 0:
                    break
        line.close()
