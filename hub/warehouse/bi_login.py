"""The login by which BI tools read the embedded server: role `<database>_bi` with a password of its own.

Here: making and keeping it. Not here: what the role may see (`roles.py`), a managed server, whose logins its
administrator gives. The password lies beside the owner's, readable by the same account alone.
"""

from __future__ import annotations

import secrets
from pathlib import Path

import psycopg
from psycopg import sql

from hub.errors import HubError
from hub.settings import Settings
from hub.warehouse.engine import Warehouse
from hub.warehouse.server_folder import existing_folder, write_file


def bi_url(settings: Settings, warehouse: Warehouse) -> str:
    """The address for BI tools, password included; the login is made at the first call and stays the same.

    Raises HubError for a managed server.
    """
    role = warehouse.role("bi")
    folder = existing_folder(settings.home.expanduser().resolve())
    if settings.warehouse_url is not None or folder is None:
        raise HubError(
            "the warehouse is a managed server, whose administrator gives logins",
            f"""ask for: create role "<name>" login password '…' in role "{role}" """.strip(),
        )
    file = folder / f"{role}.password"
    password = _kept(file) or secrets.token_urlsafe(24)
    with warehouse.begin() as connection:
        if not _lets_in(warehouse, role, password):
            verifier = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
            connection.execute(
                sql.SQL("alter role {} login password {}").format(sql.Identifier(role), sql.Literal(verifier.decode()))
            )
            write_file(file, f"{password}\n", 0o600)
    parts = warehouse.parts.set(drivername="postgresql", username=role, password=password)
    return parts.render_as_string(hide_password=False)


def _kept(file: Path) -> str:
    return file.read_text(encoding="utf-8").strip() if file.exists() else ""


def _lets_in(warehouse: Warehouse, role: str, password: str) -> bool:
    parts = warehouse.parts
    try:
        psycopg.connect(
            host=parts.host, port=parts.port, dbname=parts.database, user=role, password=password, connect_timeout=10
        ).close()
    except psycopg.OperationalError:
        return False
    return True
