"""What is done to systems in SQL servers, by the names of the catalogue.

Here: faults of wires, logins, sessions, queries, tables and rows. Not here: the systems (`ill_odbc.py`). Each strikes
until its `yield` and heals after it; a fault that only passes has ended by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from random import Random
from typing import Any

from tests.connectors.tcp_proxy import Harm
from tests.faults.experiment import Strike
from tests.faults.ill_odbc import (
    OLD_PASSWORD,
    PAGES,
    PASSWORD,
    READER,
    RECORDS,
    IllMaria,
    IllPostgres,
    Networked,
)
from tests.faults.ill_sqlite import IllSqlite


def rewired(**options: Any) -> Strike:
    """A wire on which no connection comes about."""

    def strike(ill: Networked, chance: Random) -> Generator[None]:
        ill.login_s = 0.4
        ill.rewired(**options)
        yield
        ill.login_s = 5.0
        ill.rewired()

    return strike


def down(ill: Networked, chance: Random) -> Generator[None]:
    ill.proxy.close()
    yield
    ill.rewired()


def on_page(harm: Harm, *, times: int | None = None, query_s: float = 8.0) -> Strike:
    """Something happens to the wire from a later page on, so many times."""

    def strike(ill: Networked, chance: Random) -> Generator[None]:
        first, left = chance.randint(2, PAGES - 1), [times]

        def watch(page: int) -> Harm:
            if page < first or left[0] == 0:
                return ""
            left[0] = left[0] and left[0] - 1
            return harm

        ill.watch, ill.query_s = watch, query_s
        yield
        ill.watch, ill.query_s = lambda page: "", 8.0

    return strike


def between_pages(act: Callable[[Any], None]) -> Strike:
    """Something is done to the server before one of the later pages is asked for, once."""

    def strike(ill: Networked, chance: Random) -> Generator[None]:
        when = chance.randint(2, PAGES - 1)

        def watch(page: int) -> Harm:
            if page == when:
                act(ill)
            return ""

        ill.watch = watch
        yield
        ill.watch = lambda page: ""

    return strike


def shown(query_s: float = 8.0, **changes: str) -> Strike:
    """The view is another one."""

    def strike(ill: Any, chance: Random) -> Generator[None]:
        ill.query_s = query_s
        ill.show(**changes)
        yield
        ill.query_s = 8.0
        ill.show()

    return strike


def root(statement: str, back: str) -> Strike:
    """The administrator says one thing, and takes it back."""

    def strike(ill: IllPostgres, chance: Random) -> Generator[None]:
        ill.root.execute(statement.encode())
        yield
        ill.root.execute(back.encode())

    return strike


def changed(statement: str, back: str) -> Strike:
    """One row is changed, and mended."""

    def strike(ill: IllPostgres, chance: Random) -> Generator[None]:
        row = f"000.00.12.H56-240315-{chance.randrange(RECORDS):05}"
        ill.admin.execute(statement.encode(), {"row": row})
        yield
        ill.admin.execute(back.encode(), {"row": row})

    return strike


def wrong_password(ill: Networked, chance: Random) -> Generator[None]:
    ill.password = OLD_PASSWORD
    yield
    ill.password = PASSWORD


def table_locked(ill: IllPostgres, chance: Random) -> Generator[None]:
    ill.query_s = 0.2
    with ill.another() as other, other.transaction():
        other.execute("LOCK TABLE goc IN ACCESS EXCLUSIVE MODE")
        yield
    ill.query_s = 8.0


def table_gone(ill: IllPostgres, chance: Random) -> Generator[None]:
    ill.admin.execute('ALTER VIEW "HoSos" RENAME TO "HoSo"')
    yield
    ill.admin.execute('ALTER VIEW "HoSo" RENAME TO "HoSos"')


def right_revoked(ill: IllPostgres, chance: Random) -> Generator[None]:
    ill.admin.execute(f'REVOKE SELECT ON "HoSos" FROM {READER}'.encode())
    yield
    ill.admin.execute(f'GRANT SELECT ON "HoSos" TO {READER}'.encode())


def terminate(ill: IllPostgres) -> None:
    ill.admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", (READER,))


def kill(ill: IllMaria) -> None:
    found = ill.admin.execute("SELECT id FROM information_schema.processlist WHERE user = ?", READER).fetchall()
    for (number,) in found:
        ill.admin.execute(f"KILL CONNECTION {number}")


def maria_stopped(ill: IllMaria, chance: Random) -> Generator[None]:
    yield from between_pages(IllMaria.stop)(ill, chance)
    ill.start()


def maria_locked(ill: IllMaria, chance: Random) -> Generator[None]:
    ill.query_s = 0.2
    other = ill.another()
    other.execute("LOCK TABLES mot_cua.goc WRITE")
    yield
    other.close()
    ill.query_s = 8.0


def maria_right_revoked(ill: IllMaria, chance: Random) -> Generator[None]:
    ill.may_read(False)
    yield
    ill.may_read(True)


def sqlite_locked(ill: IllSqlite, chance: Random) -> Generator[None]:
    holder = ill.opened()
    holder.execute("BEGIN EXCLUSIVE")
    yield
    holder.execute("ROLLBACK")
    holder.close()


def sqlite_gone(ill: IllSqlite, chance: Random) -> Generator[None]:
    aside = ill.path.rename(ill.path.with_suffix(".gone"))
    yield
    aside.rename(ill.path)


def sqlite_damaged(ill: IllSqlite, chance: Random) -> Generator[None]:
    right = ill.path.read_bytes()
    ill.path.write_bytes(chance.randbytes(len(right)))
    yield
    ill.path.write_bytes(right)


def sqlite_bad_encoding(ill: IllSqlite, chance: Random) -> Generator[None]:
    row = f"000.00.12.H56-240315-{chance.randrange(RECORDS):05}"
    file = ill.opened()
    file.execute('UPDATE goc SET "ChuHoSo" = CAST(x\'4eff\' AS TEXT) WHERE "MaHoSo" = ?', (row,))
    yield
    file.execute('UPDATE goc SET "ChuHoSo" = ? WHERE "MaHoSo" = ?', ("Lê Thị Bưởi", row))
    file.close()


POSTGRES: dict[str, Strike] = {
    "sql-server-down": down,
    "sql-server-never-greets": rewired(mute=True),
    "sql-wire-cut": on_page("cut"),
    "sql-wire-cut-for-a-moment": on_page("cut", times=1),
    "sql-wire-silent": on_page("silence", query_s=0.2),
    "sql-wrong-password": wrong_password,
    "sql-login-locked": root(f"ALTER ROLE {READER} NOLOGIN", f"ALTER ROLE {READER} LOGIN"),
    "sql-too-many-connections": root(
        f"ALTER ROLE {READER} CONNECTION LIMIT 0", f"ALTER ROLE {READER} CONNECTION LIMIT -1"
    ),
    "sql-database-closed": root(
        "ALTER DATABASE mot_cua ALLOW_CONNECTIONS false", "ALTER DATABASE mot_cua ALLOW_CONNECTIONS true"
    ),
    "sql-session-terminated": between_pages(terminate),
    "sql-deadlock": shown(where="fails('40P01', 'deadlock detected')"),
    "sql-serialisation": shown(where="fails('40001', 'could not serialize access')"),
    "sql-statement-timeout": shown(query_s=0.2, where="(SELECT pg_sleep(5)) IS NOT NULL"),
    "sql-table-locked": table_locked,
    "sql-column-dropped": shown(ChuHoSo=""),
    "sql-column-renamed": shown(NgayCapNhat="", NgaySua='"NgayCapNhat"'),
    "sql-column-of-another-type": shown(NgayTiepNhan="'hôm qua'::text"),
    "sql-cursor-of-another-type": shown(NgayCapNhat="to_char(\"NgayCapNhat\", 'DD/MM/YYYY HH24:MI:SS')"),
    "sql-table-gone": table_gone,
    "sql-right-revoked": right_revoked,
    "sql-value-cannot-be-computed": shown(TrangThai='4 / ("TrangThai" - 4) + 4'),
    "sql-null-key": changed(
        """UPDATE goc SET "MaHoSo" = NULL, "TenTTHC" = %(row)s WHERE "MaHoSo" = %(row)s""",
        """UPDATE goc SET "MaHoSo" = "TenTTHC", "TenTTHC" = 'Đăng ký khai sinh' WHERE "TenTTHC" = %(row)s""",
    ),
    "sql-clock-of-the-next-century": changed(
        """UPDATE goc SET "NgayCapNhat" = "NgayCapNhat" + '100 years' WHERE "MaHoSo" = %(row)s""",
        """UPDATE goc SET "NgayCapNhat" = "NgayCapNhat" - interval '100 years' WHERE "MaHoSo" = %(row)s""",
    ),
}
MARIADB: dict[str, Strike] = {
    "mariadb-session-killed": between_pages(kill),
    "mariadb-stopped": maria_stopped,
    "mariadb-deadlock": shown(where="fails() = 1"),
    "mariadb-table-locked": maria_locked,
    "mariadb-wrong-password": wrong_password,
    "mariadb-right-revoked": maria_right_revoked,
}
SQLITE: dict[str, Strike] = {
    "sqlite-locked": sqlite_locked,
    "sqlite-gone": sqlite_gone,
    "sqlite-damaged": sqlite_damaged,
    "sqlite-bad-encoding": sqlite_bad_encoding,
}
