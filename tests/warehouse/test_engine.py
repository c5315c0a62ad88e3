"""The door to the warehouse: what is refused is said with a way out and without the password."""

from __future__ import annotations

import socket
from collections.abc import Callable

import psycopg
import pytest
from sqlalchemy.engine import URL, make_url

from hub.errors import HubError
from hub.warehouse import engine
from hub.warehouse.engine import Warehouse, lock, lock_key, try_lock

PASSWORD = "Mật-khẩu%đúng"


def changed(url: str, **parts: object) -> str:
    return make_url(url).set(**parts).render_as_string(hide_password=False)  # type: ignore[arg-type]


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


WRONG: dict[str, tuple[Callable[[URL], dict[str, object]], str, str]] = {
    "password": (lambda url: {"password": PASSWORD}, "refused user hub_owner", "HUB_WAREHOUSE_URL"),
    "port": (lambda url: {"port": closed_port()}, "cannot be reached", "hub doctor"),
    "host": (lambda url: {"host": "no-such-host.invalid"}, "cannot be reached", "hub doctor"),
    "database": (lambda url: {"database": "elsewhere"}, "no such database", "HUB_WAREHOUSE_URL"),
}


@pytest.mark.parametrize("what", WRONG)
@pytest.mark.parametrize("door", ["begin", "session"])
def test_a_warehouse_that_cannot_be_entered(server: str, what: str, door: str) -> None:
    change, message, hint = WRONG[what]
    warehouse = Warehouse(changed(server, **change(make_url(server))))
    entered = warehouse.begin() if door == "begin" else warehouse.session("loader")
    with pytest.raises(HubError, match=message) as told, entered:
        raise AssertionError("entered")
    assert hint in told.value.hint
    shown = "\n".join([str(told.value), repr(told.value), repr(warehouse)])
    for secret in (PASSWORD, make_url(server).password):
        assert secret and secret not in shown
    warehouse.close()


def test_no_free_connection_is_said_in_time(server: str) -> None:
    warehouse = Warehouse(server, pool_size=1, patience_s=0.1)
    with warehouse.begin() as first:
        told_so = r"no free connection .* within 0\.1 s \(pool of 1\)"
        with pytest.raises(HubError, match=told_so) as told, warehouse.begin():
            raise AssertionError("entered")
        assert "run again" in told.value.hint
        assert first.execute("select 1").fetchone() == (1,)
    with warehouse.begin() as again:
        assert again.execute("select 1").fetchone() == (1,)
    warehouse.close()


def test_a_server_that_is_too_old_is_refused(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    warehouse = Warehouse(server)
    assert warehouse.version() >= engine.FLOOR
    monkeypatch.setattr(engine, "FLOOR", 990000)
    with pytest.raises(HubError, match="15 or newer is needed") as told:
        warehouse.version()
    assert "upgrade" in told.value.hint
    warehouse.close()


def test_a_connection_that_is_cut_in_a_transaction(warehouse: Warehouse) -> None:
    with warehouse.begin() as connection:
        connection.execute("create table kept (n int)")
    with pytest.raises(HubError, match="broke off") as told, warehouse.begin() as connection:
        connection.execute("insert into kept values (1)")
        with warehouse.begin() as other:
            other.execute("select pg_terminate_backend(%s)", (connection.info.backend_pid,))
        connection.execute("insert into kept values (2)")
    assert "nothing of this step was written" in told.value.hint
    assert str(make_url(warehouse.url).password) not in str(told.value)
    with warehouse.begin() as connection:
        assert connection.execute("select count(*) from kept").fetchone() == (0,)


def test_an_error_of_a_statement_stays_what_it_is(warehouse: Warehouse) -> None:
    with pytest.raises(psycopg.errors.UndefinedTable), warehouse.begin() as connection:
        connection.execute("select * from nowhere")
    with pytest.raises(psycopg.errors.QueryCanceled), warehouse.session("loader") as connection:
        connection.execute("set statement_timeout = 1")
        connection.execute("select pg_sleep(5)")


def test_work_is_done_in_the_role_and_zone_that_were_asked_for(warehouse: Warehouse) -> None:
    for role in ("loader", "matcher", "steward", "bi"):
        with warehouse.begin(role) as connection:  # type: ignore[arg-type]
            assert connection.execute("select current_user").fetchone() == (warehouse.role(role),)  # type: ignore[arg-type]
            assert connection.execute("show timezone").fetchone() == ("Asia/Ho_Chi_Minh",)
    with warehouse.begin() as connection:
        assert connection.execute("select current_user").fetchone() == ("hub_owner",)
    with pytest.raises(psycopg.errors.InsufficientPrivilege), warehouse.begin("bi") as connection:
        connection.execute("select * from std.dossier_record")


def test_a_lock_is_one_across_connections_and_ends_with_its_transaction(warehouse: Warehouse) -> None:
    with warehouse.begin() as first:
        lock(first, "hub.test")
        with warehouse.begin() as second:
            assert not try_lock(second, "hub.test")
            assert try_lock(second, "hub.other")
    with warehouse.begin() as second:
        assert try_lock(second, "hub.test")
    assert lock_key("hub.test") == lock_key("hub.test") != lock_key("hub.other")
