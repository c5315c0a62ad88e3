"""The hub's settings: HUB_* variables and two files become one frozen object.

Here: every value that differs between installations, the secrets that sources name, the hub's clock and the key of
the keyed hashes. Not here: who is read and how (`schemas/sources`), what records mean (`schemas/mappings`). Nothing
else reads the environment or the system's clock for a business decision: two places that read HUB_NOW would
sooner or later live on two different days.

Order: the environment, then `<home>/hub.env` (written by people), then `<home>/sandbox.env` (written by the sandbox).
An empty value counts as absent. HUB_HOME itself comes from the environment only, since it says where the files are.
"""

from __future__ import annotations

import os
import re
import secrets
import tempfile
import time
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import schemas
from hub.errors import HubError

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_PACKAGED = Path(schemas.__file__).parent
_KEY_BYTES = 32  # as long as the digest of the hash: a shorter key can be guessed, a longer one adds nothing
_LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
# Roles are named <database>_steward and the like, and PostgreSQL cuts names silently after 63 bytes.
_DATABASE = re.compile(r"[a-z_][a-z0-9_]{0,54}")


@dataclass(frozen=True)
class HashKey:
    """The key of the keyed hashes of personal data. `key_id` stands beside every hash, to tell keys apart."""

    key_id: int
    key: bytes = field(repr=False)


@dataclass(frozen=True)
class Settings:
    """One installation. Addresses may hold passwords, so `repr` leaves them out.

    home: folder of everything the hub keeps on this machine.  sources, mappings: folders of YAML files.
    warehouse_url: None means the embedded server.             raw_url: folder or fsspec URL of the raw store.
    pg_bin: folder of PostgreSQL's programs, None means search. database: name of the warehouse and prefix of its roles.
    language: vi or en, in which people are told stories unless they ask otherwise.
    clock: the simulated moment at which these settings were loaded, None means the system's clock.
    """

    home: Path
    sources: Path
    mappings: Path
    raw_url: str = field(repr=False)
    warehouse_url: str | None = field(default=None, repr=False)
    pg_bin: Path | None = None
    database: str = "hub"
    log_level: str = "INFO"
    language: str = "vi"
    clock: datetime | None = None
    _values: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    _loaded_s: float = field(default_factory=time.monotonic, repr=False, compare=False)

    def now(self) -> datetime:
        """This moment in Asia/Ho_Chi_Minh: HUB_NOW plus the time since loading, else the system's clock."""
        if self.clock is None:
            return datetime.now(ZONE)
        return self.clock + timedelta(seconds=time.monotonic() - self._loaded_s)

    def secret(self, name: str) -> str:
        """The secret or address of this name. Raises HubError when it is nowhere set."""
        value = self._values.get(name)
        if not value:
            raise HubError(f"{name} is not set", f"set it in the environment or as a line {name}=… in {self._file}")
        return value

    def hash_key(self) -> HashKey:
        """HUB_HASH_KEY, else the key file, which is created at the first call. Raises HubError for a broken one."""
        file = self.home / "keys" / "hash-1.key"
        text = self._values.get("HUB_HASH_KEY")
        if not text:
            return HashKey(1, _key(_read_or_create(file), str(file), f"restore {file} from the backup"))
        key = _key(text, "HUB_HASH_KEY", "make one with: openssl rand -hex 32")
        # Another key under the same key_id would give every person a second hash and no error.
        if file.exists() and _key(_read(file), str(file), f"restore {file} from the backup") != key:
            raise HubError(
                f"HUB_HASH_KEY differs from the key in {file}",
                "unset HUB_HASH_KEY, or move the file away if no warehouse was loaded with it",
            )
        return HashKey(1, key)

    @property
    def _file(self) -> Path:
        return self.home / "hub.env"


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; `environ` stands for the process's environment. Raises HubError for a value of wrong form."""
    environ = os.environ if environ is None else environ
    home = _home(environ)
    layers = (dict(environ), _read_env(home / "hub.env"), _read_env(home / "sandbox.env"))
    values = ChainMap(*({name: text for name, text in layer.items() if text} for layer in layers))
    pg_bin = values.get("HUB_PG_BIN")
    return Settings(
        home=home,
        sources=_folder(values.get("HUB_SOURCES"), environ) or _PACKAGED / "sources",
        mappings=_folder(values.get("HUB_MAPPINGS"), environ) or _PACKAGED / "mappings",
        raw_url=values.get("HUB_RAW_URL") or str(home / "raw"),
        warehouse_url=_warehouse_url(values.get("HUB_WAREHOUSE_URL")),
        pg_bin=_folder(pg_bin, environ),
        database=_database(values.get("HUB_DATABASE", "hub")),
        log_level=_log_level(values.get("HUB_LOG_LEVEL", "INFO")),
        language=_language(values.get("HUB_LANG", "vi")),
        clock=_clock(values.get("HUB_NOW")),
        _values=values,
    )


def _home(environ: Mapping[str, str]) -> Path:
    if set_home := _folder(environ.get("HUB_HOME"), environ):
        return set_home
    if os.geteuid() == 0:
        return Path("/var/lib/tthc-hub")
    data = environ.get("XDG_DATA_HOME") or "~/.local/share"
    return (_folder(data, environ) or Path(data)) / "tthc-hub"


def _folder(text: str | None, environ: Mapping[str, str]) -> Path | None:
    if not text:
        return None
    if text == "~" or text.startswith("~/"):
        text = (environ.get("HOME") or str(Path.home())) + text[1:]
    return Path(text).absolute()


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise HubError(f"cannot read {file}: {error.strerror}", "let the hub's user read it") from error
    except UnicodeDecodeError:
        # without the cause: it quotes the bytes of the file, which holds secrets
        raise HubError(f"{file} is not UTF-8 text", "save it as UTF-8") from None


def _read_env(file: Path) -> dict[str, str]:
    if not file.exists():
        return {}
    values = {}
    for number, raw in enumerate(_read(file).splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        name, equals, text = line.partition("=")
        name, text = name.strip(), text.strip()
        if not equals or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
            told = f"{file}:{number}: not a line of the form NAME=value"  # unquoted: it may be half a password
            raise HubError(told, "write NAME=value, or # before a remark")
        if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'":
            text = text[1:-1]
        values[name] = text
    return values


def _clock(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise HubError(f"HUB_NOW={text} is not a moment", "write it like 2025-06-30T17:00:00+07:00") from None
    return moment.replace(tzinfo=ZONE) if moment.tzinfo is None else moment.astimezone(ZONE)


def _database(text: str) -> str:
    if not _DATABASE.fullmatch(text):
        raise HubError(
            f"HUB_DATABASE={text} is not a name for a database",
            "use small letters, digits and _, at most 55 of them, like hub",
        )
    return text


def _log_level(text: str) -> str:
    if text.upper() not in _LOG_LEVELS:
        raise HubError(f"HUB_LOG_LEVEL={text} is not a level", f"use one of {', '.join(_LOG_LEVELS)}")
    return text.upper()


def _warehouse_url(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        scheme, has_place = urlsplit(text).scheme, "//" in text
    except ValueError:
        scheme, has_place = "", False
    if scheme not in ("postgresql", "postgres", "postgresql+psycopg") or not has_place:
        raise HubError(
            "HUB_WAREHOUSE_URL is not a PostgreSQL address", "write postgresql://user:password@host:5432/hub"
        )
    return text


def _language(text: str) -> str:
    if text not in ("vi", "en"):
        raise HubError(f"HUB_LANG={text} is not a language of the hub", "use vi or en")
    return text


def _key(text: str, name: str, hint: str) -> bytes:
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) < _KEY_BYTES:
        raise HubError(f"{name} holds no key of at least {_KEY_BYTES * 2} hex digits", hint)
    return key


def _read_or_create(file: Path) -> str:
    if file.exists():
        return _read(file)
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Written aside and linked: a crash leaves no half key, and of two processes the first one's key stays.
        descriptor, aside = tempfile.mkstemp(dir=file.parent)  # mode 0600
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as stream:
                stream.write(secrets.token_hex(_KEY_BYTES) + "\n")
                stream.flush()
                os.fsync(stream.fileno())
            os.link(aside, file)
        except FileExistsError:
            pass
        finally:
            os.unlink(aside)
    except OSError as error:
        raise HubError(f"cannot create the key {file}: {error.strerror}", "let the hub's user write there") from error
    return _read(file)
