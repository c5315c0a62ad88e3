"""`hub sources scaffold`: look at a live system and propose a mapping and a source entry.

Here: options into what is wanted, texts onto the terminal or into files. Not here: looking (`hub/scaffolding.py`).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import msgspec
import typer

from hub.cli.opening import configured, opened
from hub.cli.output import say
from hub.errors import HubError

if TYPE_CHECKING:
    from hub.scaffolding import Proposed

_SECRET = "A value env:NAME is a secret by its name."
Pairs = Annotated[list[str] | None, typer.Option(help=f"Repeatable, name=value. {_SECRET}")]


def scaffold(
    name: Annotated[str, typer.Argument(help="The mapping's name, e.g. vendor_sql.")],
    level: Annotated[str, typer.Option(help="portal, national, province, district or commune.")] = "district",
    like: Annotated[str, typer.Option(help="Use the connection of this declared source.")] = "",
    url: Annotated[str, typer.Option(help="REST: the address below which the lists are, or env:NAME.")] = "",
    path: Annotated[list[str] | None, typer.Option(help="REST: a list with its parameters; dossiers first.")] = None,
    header: Pairs = None,
    body: Annotated[str, typer.Option(help="REST: a JSON body; the list is then asked for by POST.")] = "",
    login: Pairs = None,
    login_url: Annotated[str, typer.Option(help="REST: where the login's fields go; none is HTTP Basic.")] = "",
    token: Annotated[str, typer.Option(help="REST: path of the token in the login's answer.")] = "token",
    driver: Annotated[str, typer.Option(help="SQL: the ODBC driver, or env:NAME.")] = "",
    database: Annotated[str, typer.Option(help="SQL: the database, for SQLite the file.")] = "",
    server: Annotated[str, typer.Option(help="SQL: the server.")] = "",
    port: Annotated[str, typer.Option(help="SQL: its port.")] = "",
    user: Annotated[str, typer.Option(help="SQL: the login, which may only read.")] = "",
    password: Annotated[str, typer.Option(help="SQL: the password as env:NAME.")] = "",
    file: Annotated[list[Path] | None, typer.Option(help="Files: XML packages of one sender, or a workbook.")] = None,
    sample: Annotated[int, typer.Option(min=20, max=5000, help="So many rows of each table.")] = 300,
    out: Annotated[Path | None, typer.Option(help="Folder for mappings/NAME.yml and sources/NAME.yml.")] = None,
) -> None:
    """Look at a live system and propose a mapping and a source entry; what is unsure is marked. Writes no data.

    One kind of system at a time: --url and --path, or --driver and --database, or --file, or --like a declared source.
    """
    from hub.scaffolding import Wanted, scaffold
    from hub.source import Level

    try:
        of_level = msgspec.convert(level, Level)
    except msgspec.ValidationError:
        raise HubError(f"no level is named {level}", f"choose one of {', '.join(get_args(Level))}") from None
    if like:
        with opened() as hub:
            declared = hub.chosen(names=[like], active=False)[0]
        family, connection = declared.family, dict(declared.connection)
    elif url:
        family, connection = "rest", _rest(url, _pairs(header), _pairs(login), login_url, token)
    elif driver:
        given = {"driver": driver, "server": server, "port": port, "database": database, "user": user}
        if password and not password.startswith("env:"):
            raise HubError("the password stands in clear on the command line", "write --password env:NAME, set NAME")
        connection = {entry: _value(text) for entry, text in (given | {"password": password}).items() if text}
        family = "odbc"
    elif file:
        pattern = "*.xml|*.zip" if file[0].suffix.lower() == ".xml" else "*.xlsx|*.xlsm|*.xls"
        family, connection = "files", {"url": {"env": "HUB_DROP_URL"}, "folder": name, "pattern": pattern}
    else:
        raise HubError("nothing to look at", "give --url with --path, or --driver with --database, or --file")
    if family == "rest" and not path:
        raise HubError("REST: which list?", "give --path, e.g. --path '/api/dossiers?page=1&size=50'")
    wanted = Wanted(
        name, of_level, family, connection, "POST" if body else "GET", path or (), {}, _json(body), file or (), sample
    )  # fmt: skip
    _tell(scaffold(wanted, configured()), name, out)


def _tell(made: Proposed, name: str, out: Path | None) -> None:
    if out is None:
        say(made.mapping)
        say(f"# ---- sources/{name}.yml")
        say(made.source)
        return
    texts = {out / "mappings" / f"{name}.yml": made.mapping, out / "sources" / f"{name}.yml": made.source}
    for file in texts:
        if file.exists():
            raise HubError(f"{file} is there already", "move it away, or choose another --out: nothing is overwritten")
    for file, text in texts.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        say(f"written: {file} ({len(text.splitlines())} lines)")
    say(f"{made.unsure} lines are marked `# unsure:`; look at each, then try them:")
    say(f"hub sources preview {name.replace('_', '-')} --from {out}")


def _rest(url: str, headers: dict[str, Any], login: dict[str, Any], login_url: str, token: str) -> dict[str, Any]:
    connection: dict[str, Any] = {"base_url": _value(url)}
    if headers:
        connection["headers"] = headers
    if login and login_url:
        connection["auth"] = {"kind": "body_token", "url": login_url, "fields": login, "token": token}
    elif login:
        connection["auth"] = {"kind": "basic", "fields": login}
    return connection


def _pairs(texts: list[str] | None) -> dict[str, Any]:
    found = {}
    for text in texts or ():
        name, equals, value = text.partition("=")
        if not equals:
            raise HubError(f"{name}: a value is missing", "write name=value, a secret as name=env:NAME")
        found[name] = _value(value)
    return found


def _value(text: str) -> Any:
    return {"env": text.removeprefix("env:")} if text.startswith("env:") else text


def _json(text: str) -> Any:
    try:
        return msgspec.json.decode(text) if text else None
    except msgspec.DecodeError as error:
        raise HubError(f"--body is no JSON: {error}", "write it in single quotes, with double quotes inside") from None
