"""From what a person says of a system to a proposed mapping and source entry: the right look, then the engine.

Here: connection entries, secrets by name, one source for the look, both texts. Not here: looking and proposing
(`hub/scaffold`), the command line (`hub/cli/scaffold.py`). Nothing is written into the system or the warehouse.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec

from hub.connecting import resolve
from hub.connecting_odbc import to_odbc_source
from hub.connecting_rest import to_rest_source
from hub.errors import HubError
from hub.mapping import Mapping as SourceMapping
from hub.registry_shapes import is_secret
from hub.scaffold import look_excel, look_odbc, look_rest, look_xml
from hub.scaffold.streams import Seen, propose
from hub.scaffold.words import vocabulary
from hub.scaffold.write import mapping_text, source_text
from hub.settings import Settings
from hub.source import CONNECTIONS, Level, Pull, Source

_NAME = re.compile(r"[a-z][a-z0-9_]{0,60}")
_PULLS = {
    "rest": "{lag: 10m, page_size: 1000, every: 1h, timeout: 60s, budget: 10m}",
    "odbc": "{lag: 10m, page_size: 5000, every: 1h, timeout: 60s, budget: 10m}",
    "files": "{every: 1d, budget: 10m}",
}


@dataclass(frozen=True)
class Wanted:
    """What a person says. `connection` as a source file has it, secrets as {"env": NAME}; `asked`: for REST the lists,
    each with its path and parameters; `files`:: examples of one sender."""

    name: str
    level: Level
    family: str
    connection: Mapping[str, Any]
    method: str = "GET"
    paths: Sequence[str] = ()
    params: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    files: Sequence[Path] = ()
    sample: int = 300


@dataclass(frozen=True)
class Proposed:
    """The texts of two files, and how many of the mapping's lines wait for a person."""

    mapping: str
    source: str

    @property
    def unsure(self) -> int:
        return self.mapping.count("# unsure:")


def scaffold(wanted: Wanted, settings: Settings) -> Proposed:
    """Look and propose. Raises HubError for what the person or the system says wrongly, SourceError for the network."""
    if not _NAME.fullmatch(wanted.name):
        raise HubError(f"{wanted.name!r} is no name for a mapping", "use small letters, digits and _, like vendor_sql")
    words = vocabulary()
    seen, told = _looked(wanted, settings)
    try:
        proposal = propose(wanted.name, wanted.family, seen, words)
    except ValueError as error:
        raise HubError(f"{wanted.name}: {error}", "name the list or the tables that hold the dossiers") from None
    source = source_text(wanted.name, wanted.level, wanted.family, wanted.connection, _PULLS[wanted.family])
    return Proposed(mapping_text(proposal, told), source)


def _looked(wanted: Wanted, settings: Settings) -> tuple[list[Seen], str]:
    words = vocabulary()
    if wanted.family == "files":
        return [_file(wanted)], "a file"
    source = _source(wanted)
    resolved = resolve(dict(wanted.connection), settings)
    if wanted.family == "odbc":
        found = look_odbc.look(to_odbc_source(source, resolved), words, wanted.sample)
        return found, f"the first {wanted.sample} rows of each of {len(found)} tables"
    rest = to_rest_source(source, resolved)
    seen = []
    for text in wanted.paths:
        path, params = _cut(text)
        seen.append(look_rest.look(rest, path, wanted.method, {**wanted.params, **params}, wanted.body, words))
    return seen, f"one page of {', '.join(_cut(text)[0] for text in wanted.paths)}"


def _cut(text: str) -> tuple[str, dict[str, str]]:
    """A path and the parameters that were written behind it; a parameter without a value is kept."""
    split = urlsplit(text)
    pairs = [piece.partition("=") for piece in split.query.split("&") if piece]
    return split.path, {unquote(name): unquote(value) for name, _, value in pairs}


def _file(wanted: Wanted) -> Seen:
    for path in wanted.files:
        if not path.is_file():
            raise HubError(f"{path}: no such file", "give an example of the files that the sender drops")
    words = vocabulary()
    with ExitStack() as stack:
        opened = [(path.name, stack.enter_context(path.open("rb"))) for path in wanted.files]
        if wanted.files[0].suffix.lower() == ".xml":
            return look_xml.look(opened, words)
        return look_excel.look(opened[0][1], opened[0][0], words)


def _source(wanted: Wanted) -> Source:
    """A source without a mapping, to connect with."""
    empty = SourceMapping(mapping=wanted.name, family=wanted.family, zone="Asia/Ho_Chi_Minh", streams={})  # type: ignore[arg-type]
    try:
        msgspec.convert(_without_secrets(wanted.connection), CONNECTIONS[wanted.family])
    except msgspec.ValidationError as error:
        raise HubError(f"connection: {error}", "docs/onboarding.md shows what each kind of system needs") from None
    return Source(
        source_id=wanted.name,
        level=wanted.level,
        family=wanted.family,  # type: ignore[arg-type]  # one of the three, by the command
        mapping=empty,
        agency_code=None,
        connection=dict(wanted.connection),
        pull=Pull(timeout=timedelta(seconds=60)),
        valid_from=None,
        valid_to=None,
        active=True,
        file="scaffold",
        line=1,
    )


def _without_secrets(value: Any) -> Any:
    """The connection with an empty text for each secret, to check its shape."""
    if is_secret(value):
        return ""
    if isinstance(value, Mapping):
        return {name: _without_secrets(below) for name, below in value.items()}
    return value
