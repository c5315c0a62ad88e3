"""The portal and the national copy on one small HTTP server: login, pages, cursors, and a dozen dossiers.

Here: how the two systems answer. Not here: what they hold (`dossiers.py`).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from tests.connectors.http_host import Ask, Host, Reply

LOGINS = {
    "/api/tokens": ({"userName": "hub", "password": "mật khẩu của Cổng"}, "token", "ticket-portal"),
    "/oauth/token": ({"client_id": "hub", "client_secret": "bí mật quốc gia"}, "access_token", "ticket-national"),
}
LISTS = {
    "/api/v1/HoSo/DongBoHoSoMC": ("portal", "dossier"),
    "/api/v1/HoSo/CapNhatTienDoHoSoMC": ("portal", "step"),
    "/api/v1/QuocGia/DongBoHoSoMC": ("national", "dossier"),
    "/api/v1/QuocGia/CapNhatTienDoHoSoMC": ("national", "step"),
}


class Systems:
    """Both systems at `url`; `held[system, stream]` are their records, which tests may add to."""

    def __init__(self, held: dict[tuple[str, str], list[dict[str, Any]]]) -> None:
        self.held = held
        self.host = Host(self._answer)

    def settings(self) -> dict[str, str]:
        """The settings that lead a hub here."""
        secrets = {name: list(fields.values())[-1] for name, (fields, *_) in LOGINS.items()}
        return {
            "HUB_PORTAL_URL": self.host.url,
            "HUB_PORTAL_PASSWORD": secrets["/api/tokens"],
            "HUB_NATIONAL_URL": self.host.url,
            "HUB_NATIONAL_SECRET": secrets["/oauth/token"],
        }

    def _answer(self, ask: Ask) -> Reply:
        if ask.path in LOGINS:
            fields, name, ticket = LOGINS[ask.path]
            given = ask.json if ask.body.startswith(b"{") else dict(parse_qsl(ask.body.decode()))
            known = {key: given.get(key) for key in fields} == fields
            return Reply({name: ticket}) if known else Reply({"message": "sai mật khẩu"}, status=401)
        system, stream = LISTS[ask.path]
        if ask.headers.get("authorization") != f"Bearer ticket-{system}":
            return Reply({"message": "chưa đăng nhập"}, status=401)
        since, size = ask.query.get("updatedFrom", ""), int(ask.query["pageSize"])
        rows = sorted(self.held.get((system, stream), []), key=lambda row: row["NgayCapNhat"])
        rows = [row for row in rows if row["NgayCapNhat"] >= since]
        first = (int(ask.query["pageNumber"]) - 1) * size
        return Reply({"data": rows[first : first + size], "totalCount": len(rows)})
