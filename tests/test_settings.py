"""Settings: precedence of the places, forms of the values, the clock, the key; no secret is ever shown."""

from __future__ import annotations

import time
import traceback
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from hub.errors import HubError
from hub.settings import ZONE, Settings, load

SECRET = "Bí-mật-4711"


def loaded(home: Path, **values: str) -> Settings:
    return load({"HUB_HOME": str(home), **values})


def refusal(home: Path, **values: str) -> str:
    with pytest.raises(HubError) as caught:
        loaded(home, **values)
    return str(caught.value)


def test_defaults_need_nothing_but_a_home(tmp_path: Path) -> None:
    one = loaded(tmp_path)
    assert (one.home, one.database, one.log_level, one.warehouse_url) == (tmp_path, "hub", "INFO", None)
    assert one.raw_url == str(tmp_path / "raw")
    assert (one.sources / "portal.yml").is_file() and (one.mappings / "dongbo_hoso_mc.yml").is_file()
    assert list(tmp_path.iterdir()) == []  # loading writes nothing


@pytest.mark.parametrize(
    ("uid", "environ", "home"),
    [
        (0, {"HOME": "/root"}, "/var/lib/tthc-hub"),
        (1000, {"HOME": "/home/lan"}, "/home/lan/.local/share/tthc-hub"),
        (1000, {"HOME": "/home/lan", "XDG_DATA_HOME": "/data"}, "/data/tthc-hub"),
        (1000, {"HOME": "/home/lan", "HUB_HOME": "~/hub"}, "/home/lan/hub"),
        (0, {"HUB_HOME": ""}, "/var/lib/tthc-hub"),
    ],
)
def test_home_follows_the_user(monkeypatch: pytest.MonkeyPatch, uid: int, environ: dict[str, str], home: str) -> None:
    monkeypatch.setattr("os.geteuid", lambda: uid)
    assert load(environ).home == Path(home)


def test_environment_wins_over_hub_env_wins_over_sandbox_env(tmp_path: Path) -> None:
    (tmp_path / "sandbox.env").write_text("HUB_DATABASE=s\nHUB_LOG_LEVEL=debug\nHUB_PG_BIN=/s\nHUB_A=s\nHUB_B=s\n")
    (tmp_path / "hub.env").write_text("# people write here\n\nHUB_DATABASE=h\nHUB_LOG_LEVEL=error\nHUB_A='h # h'\n")
    one = loaded(tmp_path, HUB_DATABASE="e", HUB_B="")
    assert (one.database, one.log_level, one.pg_bin) == ("e", "ERROR", Path("/s"))
    assert (one.secret("HUB_A"), one.secret("HUB_B")) == ("h # h", "s")


def test_files_of_windows_editors_are_read(tmp_path: Path) -> None:
    (tmp_path / "hub.env").write_bytes("\ufeffHUB_A=mật khẩu=1\r\n".encode())
    assert loaded(tmp_path).secret("HUB_A") == "mật khẩu=1"


NO_ADDRESS = "HUB_WAREHOUSE_URL is not a PostgreSQL address — write postgresql://user:password@host:5432/hub"
NO_NAME = (
    "HUB_DATABASE=Hub is not a name for a database — use small letters, digits and _, at most 55 of them, like hub"
)
NO_LEVEL = "HUB_LOG_LEVEL=loud is not a level — use one of DEBUG, INFO, WARNING, ERROR, CRITICAL"
NO_MOMENT = "HUB_NOW=hôm nay is not a moment — write it like 2025-06-30T17:00:00+07:00"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("HUB_NOW", "hôm nay", NO_MOMENT),
        ("HUB_LOG_LEVEL", "loud", NO_LEVEL),
        ("HUB_LANG", "fr", "HUB_LANG=fr is not a language of the hub — use vi or en"),
        ("HUB_DATABASE", "Hub", NO_NAME),
        ("HUB_WAREHOUSE_URL", f"mysql://hub:{SECRET}@db/hub", NO_ADDRESS),
        ("HUB_WAREHOUSE_URL", f"postgresql://[{SECRET}", NO_ADDRESS),
    ],
)
def test_wrong_values_are_refused_by_name(tmp_path: Path, name: str, value: str, message: str) -> None:
    assert refusal(tmp_path, **{name: value}) == message


def test_a_broken_file_is_named_with_its_line_and_never_quoted(tmp_path: Path) -> None:
    file = tmp_path / "hub.env"
    file.write_text(f"HUB_DATABASE=hub\n{SECRET}\n")
    told = f"{file}:2: not a line of the form NAME=value — write NAME=value, or # before a remark"
    assert refusal(tmp_path) == told
    file.write_bytes(b"HUB_A=m\xe1\xbat\n")
    assert refusal(tmp_path) == f"{file} is not UTF-8 text — save it as UTF-8"


def test_the_clock_of_hub_now_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = loaded(tmp_path, HUB_NOW="2025-06-30T10:00:00+00:00")
    started = time.monotonic()
    monkeypatch.setattr("time.monotonic", lambda: started + 3600)
    passed = one.now() - datetime(2025, 6, 30, 17, tzinfo=ZONE)
    assert timedelta(hours=1) <= passed < timedelta(hours=1, minutes=1)
    assert one.now().tzinfo is ZONE


def test_a_naive_hub_now_is_local_and_without_it_the_system_tells(tmp_path: Path) -> None:
    assert loaded(tmp_path, HUB_NOW="2025-07-01").clock == datetime(2025, 7, 1, tzinfo=ZONE)
    now = loaded(tmp_path).now()
    assert now.tzinfo is ZONE and abs(now - datetime.now(ZONE)) < timedelta(minutes=1)


def test_a_missing_secret_says_where_to_set_it(tmp_path: Path) -> None:
    with pytest.raises(HubError) as caught:
        loaded(tmp_path).secret("HUB_X")
    hint = f"set it in the environment or as a line HUB_X=… in {tmp_path}/hub.env"
    assert str(caught.value) == f"HUB_X is not set — {hint}"


def test_no_secret_is_shown(tmp_path: Path) -> None:
    key = "ab" * 32
    url = f"postgresql://hub:{SECRET}@db/hub"
    raw = f"sftp://hub:{SECRET}@host/raw"
    one = loaded(tmp_path, HUB_HASH_KEY=key, HUB_WAREHOUSE_URL=url, HUB_RAW_URL=raw, HUB_P=SECRET)
    assert (one.secret("HUB_P"), one.warehouse_url, one.hash_key().key) == (SECRET, url, bytes.fromhex(key))
    for text in (repr(one), str(one), repr(one.hash_key()), f"{one}"):
        assert SECRET not in text and key not in text and repr(bytes.fromhex(key)) not in text


def test_the_key_is_created_once_for_the_owner_alone(tmp_path: Path) -> None:
    first, second = loaded(tmp_path).hash_key(), loaded(tmp_path).hash_key()
    file = tmp_path / "keys" / "hash-1.key"
    assert first == second and (first.key_id, len(first.key)) == (1, 32)
    assert (file.stat().st_mode & 0o777, [*file.parent.iterdir()]) == (0o600, [file])


def test_of_two_processes_the_first_key_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "keys" / "hash-1.key"
    file.parent.mkdir()

    def another_process_was_faster(size: int) -> str:
        file.write_text("cd" * 32)
        return "ab" * size

    monkeypatch.setattr("secrets.token_hex", another_process_was_faster)
    assert loaded(tmp_path).hash_key().key == bytes.fromhex("cd" * 32)
    assert [*file.parent.iterdir()] == [file]


def test_a_broken_or_contradicting_key_is_refused_without_showing_it(tmp_path: Path) -> None:
    with pytest.raises(HubError, match="HUB_HASH_KEY holds no key of at least 64 hex digits") as caught:
        loaded(tmp_path, HUB_HASH_KEY=SECRET).hash_key()
    assert SECRET not in "".join(traceback.format_exception(caught.value))
    created = loaded(tmp_path).hash_key().key
    assert loaded(tmp_path, HUB_HASH_KEY=created.hex()).hash_key().key == created
    with pytest.raises(HubError, match="HUB_HASH_KEY differs from the key in"):
        loaded(tmp_path, HUB_HASH_KEY="ab" * 32).hash_key()
    (tmp_path / "keys" / "hash-1.key").write_text("")
    with pytest.raises(HubError, match=r"hash-1\.key holds no key .* — restore .* from the backup"):
        loaded(tmp_path).hash_key()
