"""`hub warehouse`: migrate, address, psql, data dictionary, rebuild, orphans, stop."""

from __future__ import annotations

import os
import shutil
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli.opening import configured, opened
from hub.cli.output import JsonOption, cell, say, show_error, show_json, show_table
from hub.cli.progress import watched
from hub.errors import HubError

if TYPE_CHECKING:
    from hub.application import Hub

app = typer.Typer(no_args_is_help=True, help="The warehouse itself: migrate, address, psql, dictionary, rebuild, stop.")


class Login(StrEnum):
    """Whose address is wanted."""

    BI = "bi"
    OWNER = "owner"


_RoleOption = Annotated[Login, typer.Option(help="bi reads schema bi alone; owner may do everything.")]


@app.command("migrate")
def migrate() -> None:
    """Bring the warehouse to this version's form and load its reference lists. Running it again changes nothing."""
    from hub.warehouse.migrate import current, migrate

    with opened() as hub:
        migrate(hub.warehouse)  # also when the revision is current: views, functions and grants carry no revision
        say(f"{hub.warehouse.database} is at revision {current(hub.warehouse)}")


@app.command("url")
def url(role: _RoleOption = Login.OWNER) -> None:
    """Print the address with its password, for a tool to connect. The bi login is made when first asked for."""
    with opened() as hub:
        say(_url(hub, role))


@app.command("psql", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def psql(context: typer.Context, role: _RoleOption = Login.OWNER) -> None:
    """Open psql on the warehouse; what follows is passed on: `hub warehouse psql -c 'select 1'`."""
    from sqlalchemy.engine import make_url

    with opened() as hub:
        program = _psql(hub)
        parts = make_url(_url(hub, role))
    # The password goes by the environment: everybody on this machine can read a command line.
    environment = {**os.environ, "PGPASSWORD": parts.password or "", "PGTZ": "Asia/Ho_Chi_Minh"}
    address = parts.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    sys.stdout.flush()
    os.execve(program, [program, address, *context.args], environment)


@app.command("dictionary")
def dictionary(
    out: Annotated[Path | None, typer.Option(help="Write the page there instead of printing it.")] = None,
) -> None:
    """The data dictionary in Vietnamese, from the table declarations; needs no warehouse."""
    from hub.dictionary import dictionary

    page = dictionary()
    if out is None:
        say(page.rstrip("\n"))
    else:
        out.write_text(page, encoding="utf-8")
        say(f"{out}: {len(page.splitlines()):,} lines")


@app.command("rebuild")
def rebuild(yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False, json: JsonOption = False) -> None:
    """Make std, the current state of core and mart again from raw. Every dossier keeps its id, history stays.

    BI users see an empty mart until it is done. Exit code 1 when a source was rolled back or an id was lost.
    """
    from hub.rebuilding import rebuild

    if not yes:
        if not sys.stdin.isatty():
            raise HubError("a rebuild empties std, core and mart first", "say --yes if you mean it")
        typer.confirm("Empty std, the current state of core, and mart, and make them again from raw?", abort=True)
    with opened() as hub, watched(hub):
        done = rebuild(hub)
    if json:
        show_json(done)
    else:
        rows = [(name, done.before[name], done.after[name]) for name in done.before]
        show_table(("table", "before", "after"), rows)
        say(f"{done.batches:,} batches read again; {done.lost_ids:,} dossiers lost their id")
    for error in done.errors:
        show_error(error, "hub doctor")
    raise typer.Exit(1 if done.errors or done.lost_ids else 0)


@app.command("stop")
def stop() -> None:
    """Stop the embedded server; the next command starts it again."""
    from hub.warehouse import embedded

    settings = configured()
    if settings.warehouse_url is not None:
        raise HubError("the warehouse is a managed server", "its administrator stops it")
    say("stopped" if embedded.stop(settings.home) else "it was not running")


@app.command("orphans")
def orphans(
    delete: Annotated[bool, typer.Option("--delete", help="Delete them.")] = False, json: JsonOption = False
) -> None:
    """Raw files that no batch points to: harmless remains of killed pulls. Deletes only while nothing is pulled."""
    from hub import orphans

    with opened() as hub:
        found = sorted(orphans.delete(hub) if delete else orphans.orphans(hub))
    if json:
        show_json({"orphans": found, "deleted": delete})
        return
    for name in found:
        say(name)
    say(f"{cell(len(found))} {'deleted' if delete else 'found'}")


def _url(hub: Hub, role: Login) -> str:
    if role is Login.OWNER:
        return hub.warehouse.parts.set(drivername="postgresql").render_as_string(hide_password=False)
    from hub.warehouse.bi_login import bi_url

    return bi_url(hub.settings, hub.warehouse)


def _psql(hub: Hub) -> str:
    """psql of the embedded server's own version if it is there, else the one on the path."""
    if hub.settings.warehouse_url is None:
        from hub.warehouse import embedded

        server = embedded.ensure_running(hub.settings.home, database=hub.settings.database, pg_bin=hub.settings.pg_bin)
        if (server.bin / "psql").exists():
            return str(server.bin / "psql")
    found = shutil.which("psql")
    if found is None:
        raise HubError("psql is not on this machine", "apt-get install postgresql-client, or use `hub warehouse url`")
    return found
