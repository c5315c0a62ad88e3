"""A real HTTP server on 127.0.0.1 that misbehaves when told to.

Here: sockets and bytes. Not here: what a source would answer (`served_rest`). Misbehaviour has to happen on
the wire: a mocked session never cuts a body in the middle, and that is where records were lost.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Ask:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]  # names in lower case
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Reply:
    """One answer, and how it goes wrong.

    cut: how many bytes of the body are sent before the connection is closed; length: a Content-Length that is
    not true ("" leaves it out); drip_s: after the body a blank every so many seconds, without an end;
    silence_s: waiting before the first byte; reset: the connection ends with a reset and not with an end.
    """

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    length: int | str | None = None
    drip_s: float | None = None
    silence_s: float = 0
    reset: bool = False
    packed: bool = False

    def content(self) -> bytes:
        plain = self.body if isinstance(self.body, bytes) else json.dumps(self.body, ensure_ascii=False).encode()
        return gzip.compress(plain) if self.packed else plain


class Host:
    """Answers every request by `answer`; remembers the requests in `asked`."""

    def __init__(self, answer: Callable[[Ask], Reply]) -> None:
        self.answer = answer
        self.asked: list[Ask] = []
        self.closing = threading.Event()
        host = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 20
            disable_nagle_algorithm = True  # else 40 ms per answer

            def do_GET(self) -> None:
                host.serve(self)

            do_POST = do_GET

            def log_message(self, *_: object) -> None:
                """Tests print what they need."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

            def handle_error(self, *_: object) -> None:
                """A client that hangs up is what many tests are about."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def close(self) -> None:
        """Stop listening: from now on connections are refused."""
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        headers = {name.lower(): value for name, value in handler.headers.items()}
        body = handler.rfile.read(int(headers.get("content-length", 0)))
        ask = Ask(handler.command, parts.path, dict(parse_qsl(parts.query)), headers, body)
        self.asked.append(ask)
        reply = self.answer(ask)
        if reply.silence_s:
            self.closing.wait(reply.silence_s)
        content = reply.content()
        length = len(content) if reply.length is None else reply.length
        broken = reply.cut is not None or reply.drip_s is not None or reply.length is not None
        handler.send_response_only(reply.status)
        usual = {"Content-Type": "application/json", "Date": formatdate(usegmt=True)}
        extra = {"Content-Length": str(length)} if length != "" and reply.drip_s is None else {}
        extra |= {"Content-Encoding": "gzip"} if reply.packed else {}
        extra |= {"Connection": "close"} if broken else {}
        for name, value in (usual | reply.headers | extra).items():
            handler.send_header(name, value)
        with contextlib.suppress(OSError):
            handler.end_headers()
            handler.wfile.write(content[: reply.cut])
            while reply.drip_s is not None and not self.closing.is_set():
                handler.wfile.write(b" " * (1 if reply.drip_s else 65536))
                handler.wfile.flush()
                time.sleep(reply.drip_s)
            if reply.reset:
                handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.close_connection = handler.close_connection or broken
