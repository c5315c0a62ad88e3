"""The simulated systems over HTTP: portal, national copy and the departments' systems on one loopback address.

Here: login, paging, cursors and the process that serves them. Not here: what is served (`world.py`) and who starts
the process (`control.py`). Paths, the `tenant` header and the page envelope follow the province's one-stop product;
the hub's mappings name them again, on their own. Records are kept as bytes and only joined.
A key that a list serves several times (duplicates, an older version after a newer one) never crosses a page edge:
a reader must be able to tell a list that repeats itself from a list that shifts while it is read.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
import socket
import sys
import time
from bisect import bisect_left
from functools import lru_cache
from pathlib import Path
from urllib.parse import parse_qs

import msgspec
import pyarrow.parquet as pq
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hub.sandbox.places import seed_rows

MAX_PAGE = 10_000


class Listing:
    """One list of records: rows in served order, grouped into units of one key."""

    def __init__(self, units: list[int], versions: list[str], payloads: list[bytes]) -> None:
        self._payloads = payloads
        self._versions = versions
        self._units: list[list[int]] = []
        for row, unit in enumerate(units):
            if unit == len(self._units):
                self._units.append([])
            self._units[unit].append(row)
        self._leads = [versions[rows[0]] for rows in self._units]
        self._order = lru_cache(maxsize=8)(self._lay_out)

    @classmethod
    def read(cls, path: Path) -> Listing:
        """The list that `control` wrote."""
        table = pq.read_table(path)
        return cls(*(table[name].to_pylist() for name in ("unit", "version", "payload")))

    @classmethod
    def single(cls, payloads: list[bytes]) -> Listing:
        """A list without cursor or repetition."""
        return cls(list(range(len(payloads))), [""] * len(payloads), payloads)

    def _lay_out(self, since: str, size: int) -> list[int]:
        """Rows with a version from `since` on; a unit that would cross a page edge goes before single rows."""
        order: list[int] = []
        single: list[bool] = []
        for rows in self._units[bisect_left(self._leads, since) :]:
            unit = [row for row in rows if self._versions[row] >= since]
            used = len(order) % size
            missing = len(unit) - (size - used)
            moved: list[int] = []
            at = len(order) - 1
            while len(unit) > 1 and len(moved) < missing and at >= len(order) - used + len(moved):
                if single[at]:
                    moved.append(order.pop(at))
                    single.pop(at)
                at -= 1
            order += unit + moved[::-1]
            single += [len(unit) == 1] * len(unit) + [True] * len(moved)
        return order

    def page(self, since: str, number: int, size: int) -> bytes:
        """The envelope of page `number` (from 1) of the records changed at or after `since`."""
        order = self._order(since, size)
        rows = order[(number - 1) * size : number * size]
        pages = -(-len(order) // size)
        tail = {
            "currentPage": number,
            "totalPages": pages,
            "totalCount": len(order),
            "pageSize": size,
            "hasPreviousPage": number > 1,
            "hasNextPage": number < pages,
        }
        data = b",".join([self._payloads[row] for row in rows])
        return b'{"data":[' + data + b"]," + msgspec.json.encode(tail)[1:]


class Province:
    """All systems: their secrets, valid tokens and lists."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = json.loads((folder / "server.json").read_text())
        self.logins: dict[str, str] = {}
        self.tokens: dict[str, float] = {}
        self.lists: dict[str, Listing] = {}
        self.load()

    def load(self) -> None:
        """Reads the lists again, all or none."""
        found = {path.stem: Listing.read(path) for path in sorted((self.folder / "systems").glob("*.parquet"))}
        found["portal_catalogue"] = _catalogue()
        self.lists = found
        logins = self.folder / "logins.json"
        self.logins = json.loads(logins.read_text()) if logins.exists() else {}

    def issue(self, system: str) -> str:
        """A fresh token of a system."""
        token = secrets.token_urlsafe(24)
        self.tokens[f"{system} {token}"] = time.monotonic() + self.config["token_seconds"]
        return token

    def knows(self, system: str, header: str) -> bool:
        """Whether an Authorization header carries a token that is still valid."""
        token = header.removeprefix("Bearer ").strip()
        return self.tokens.get(f"{system} {token}", 0.0) > time.monotonic()


def _catalogue() -> Listing:
    rows = seed_rows("procedures.csv")
    return Listing.single(
        [
            msgspec.json.encode(
                {
                    "MATTHC": row["procedure_code"],
                    "TENTTHC": row["name"],
                    "TRANGTHAI": "1",
                    "LINHVUCTHUCHIEN": [{"MALINHVUC": row["field_code"], "TENLINHVUC": row["field_name"]}],
                }
            )
            for row in rows
        ]
    )


def _page(province: Province, request: Request, system: str, name: str, since_name: str, digits: int) -> Response:
    """One page of a list; the time from which changes are asked counts with so many digits."""
    if not province.knows(system, request.headers.get("authorization", "")):
        return _refusal(401, "Phiên làm việc đã hết hạn")
    query = request.query_params
    since = re.sub(r"\D", "", query.get(since_name, ""))[:digits]
    try:
        number, size = int(query.get("pageNumber", "1")), int(query.get("pageSize", "10"))
    except ValueError:
        return _refusal(400, "pageNumber và pageSize phải là số")
    if number < 1 or not 1 <= size <= MAX_PAGE:
        return _refusal(400, f"pageNumber từ 1, pageSize từ 1 đến {MAX_PAGE}")
    return Response(province.lists[f"{system}_{name}"].page(since, number, size), media_type="application/json")


def _refusal(status: int, message: str) -> JSONResponse:
    return JSONResponse({"message": message}, status_code=status)


async def _fields(request: Request) -> dict[str, str]:
    """The fields of a login body, JSON or form."""
    body = await request.body()
    if "json" in request.headers.get("content-type", ""):
        try:
            return msgspec.json.decode(body, type=dict[str, str])
        except msgspec.DecodeError:
            return {}
    return {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}


def application(province: Province) -> Starlette:
    """The routes of all systems over one `Province`."""

    async def portal_login(request: Request) -> Response:
        fields = await _fields(request)
        if not request.headers.get("tenant"):
            return _refusal(400, "Thiếu tiêu đề tenant")
        if fields.get("userName") != "hub" or not _same(fields.get("password"), province.config["portal_password"]):
            return _refusal(401, "Sai tên đăng nhập hoặc mật khẩu")
        return JSONResponse({"token": province.issue("portal")})

    async def national_login(request: Request) -> Response:
        fields = await _fields(request)
        if fields.get("client_id") != "hub" or not _same(
            fields.get("client_secret"), province.config["national_secret"]
        ):
            return _refusal(401, "invalid_client")
        seconds = int(province.config["token_seconds"])
        answer = {"access_token": province.issue("national"), "token_type": "Bearer", "expires_in": seconds}
        return JSONResponse(answer)

    def records(system: str, name: str) -> Route:
        async def answer(request: Request) -> Response:
            return _page(province, request, system, name, "updatedFrom", 14)

        paths = {"dossier": "DongBoHoSoMC", "step": "CapNhatTienDoHoSoMC"}
        base = f"/{system}/api/v1"
        area = "HoSo" if system == "portal" else "QuocGia"
        return Route(f"{base}/ThuTuc" if name == "catalogue" else f"{base}/{area}/{paths[name]}", answer)

    async def department_login(request: Request) -> Response:
        agency = request.headers.get("tenant", "")
        fields = await _fields(request)
        if f"province-{agency}_dossier" not in province.lists:
            return _refusal(400, "Thiếu hoặc sai tiêu đề tenant")
        wanted = province.logins.get("province", "")
        if fields.get("userName") != "hub" or not wanted or not _same(fields.get("password"), wanted):
            return _refusal(401, "Sai tên đăng nhập hoặc mật khẩu")
        return JSONResponse({"token": province.issue(f"province-{agency}")})

    def department(kind: str, name: str) -> Route:
        async def answer(request: Request) -> Response:
            system = f"province-{request.headers.get('tenant', '')}"
            if f"{system}_{kind}" not in province.lists:
                return _refusal(400, "Thiếu hoặc sai tiêu đề tenant")
            return _page(province, request, system, kind, "tuNgay", 21)

        return Route(f"/province/api/v1/HoSo/Search/{name}", answer)

    async def reload(request: Request) -> Response:
        if not _same(request.headers.get("x-admin-token"), province.config["admin_token"]):
            return _refusal(401, "Không được phép")
        province.load()
        return JSONResponse({"reloaded": True})

    async def health(_: Request) -> Response:
        return JSONResponse({"instance": province.config["instance"]})

    return Starlette(
        routes=[
            Route("/portal/api/tokens", portal_login, methods=["POST"]),
            Route("/national/oauth/token", national_login, methods=["POST"]),
            *(records(system, name) for system in ("portal", "national") for name in ("dossier", "step")),
            records("portal", "catalogue"),
            Route("/province/api/tokens", department_login, methods=["POST"]),
            department("dossier", "SoTheoDoiHoSo"),
            department("step", "QuaTrinhXuLyHoSo"),
            Route("/admin/reload", reload, methods=["POST"]),
            Route("/health", health),
        ]
    )


def _same(given: str | None, wanted: str) -> bool:
    return secrets.compare_digest((given or "").encode(), wanted.encode())


def _listen(port: int) -> socket.socket:
    """A socket on loopback, on the port of last time when it is free, else on another."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError:
        listener.bind(("127.0.0.1", 0))
    return listener


def main(folder: Path) -> None:
    """Serves the lists of `folder` in a process of its own until it is told to end."""
    if os.fork():
        os._exit(0)
    os.setsid()
    serving = (folder / "serving").open("a+")
    fcntl.flock(serving, fcntl.LOCK_EX)  # held as long as the process lives, however it ends
    serving.truncate(0)
    serving.write(str(os.getpid()))
    serving.flush()
    port_file = folder / "port"
    listener = _listen(int(port_file.read_text()) if port_file.exists() else 0)
    port_file.write_text(str(listener.getsockname()[1]))
    config = uvicorn.Config(
        application(Province(folder)), log_level="warning", access_log=False, timeout_graceful_shutdown=2
    )
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
