"""The source of the benchmark: a process of its own that answers pages of prepared bytes over real HTTP.

Here: GET with pageNumber, pageSize, updatedFrom; POST /changes adds later versions. Not here: how the records
look (`rest_data.py`). Pages are joined from prepared bytes, so the server costs the same for limit and candidate.
"""

from __future__ import annotations

import bisect
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

from bench.rest_data import encoded

PAGE = 1000
CURSOR = b'"NgayCapNhat":"'


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    records: ClassVar[list[bytes]] = []
    updated: ClassVar[list[str]] = []
    numbers: ClassVar[list[int]] = []

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        first = bisect.bisect_left(self.updated, query.get("updatedFrom", "")) if "DongBoHoSoMC" in url.path else None
        found = len(self.records) - first if first is not None else 0
        size, page = int(query.get("pageSize", PAGE)), int(query.get("pageNumber", 1))
        start = (first or 0) + (page - 1) * size
        rows = self.records[start : start + size] if first is not None else []
        self._answer(b'{"data":[' + b",".join(rows) + b'],"totalCount":%d,"currentPage":%d}' % (found, page))

    def do_POST(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        generation, count, every = (int(query[name][0]) for name in ("generation", "count", "every"))
        self.load(range(0, count * every, every), generation)
        self._answer(b"{}")

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet: the figures are what is printed."""

    @classmethod
    def load(cls, numbers: range, generation: int = 0) -> None:
        """Put the dossiers' present versions at the end; the list stays ordered because generations are later."""
        changed = set(numbers) if generation else set()
        kept = [i for i, number in enumerate(cls.numbers) if number not in changed]
        records = encoded(numbers, generation)
        cls.updated = [cls.updated[i] for i in kept] + [
            r[r.rindex(CURSOR) + len(CURSOR) :][:14].decode() for r in records
        ]
        cls.records = [cls.records[i] for i in kept] + records
        cls.numbers = [cls.numbers[i] for i in kept] + list(numbers)


@contextmanager
def source(count: int) -> Iterator[str]:
    """A running source of `count` dossiers; gives its base URL."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.rest_serve", str(count)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()


def change(url: str, generation: int, count: int, every: int) -> None:
    """Let `count` dossiers, every `every`-th, get a later version."""
    urlopen(Request(f"{url}/changes?generation={generation}&count={count}&every={every}", b"", method="POST")).read()


def main() -> None:
    """Serve until killed; the first line printed is the address."""
    _Handler.load(range(int(sys.argv[1])))
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
