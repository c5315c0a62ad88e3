"""The command `hub`: its groups, and what becomes of an error.

Here: the list of all commands, exit codes, the log of what nobody expected. Not here: what commands do.

Exit codes: 0 done; 1 the hub says what is wrong and what to do; 2 the command was typed wrongly; 3 a run ended well
but a source did not deliver; 4 a census left something open; 70 a defect of the hub; 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import sys
import traceback
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

import typer

from connectors.errors import Secrets, SourceError
from hub.cli import (
    census,
    demo,
    dev,
    doctor,
    explain,
    quarantine,
    report,
    review,
    running,
    sandbox,
    sources,
    status,
    warehouse,
)
from hub.cli.output import say, show_error
from hub.errors import HubError
from hub.settings import load

_OF_THE_PROGRAM = (AttributeError, ImportError, NameError, TypeError)

app = typer.Typer(
    name="hub",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # its tracebacks show the values of local variables
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Every procedure dossier of the province, pulled, reconciled and kept in one warehouse.",
)
app.command("demo")(demo.demo)
app.command("run")(running.run)
app.command("status")(status.status)
app.command("balance")(status.balance)
app.command("census")(census.census)
app.command("doctor")(doctor.doctor)
app.command("explain")(explain.explain)
app.command("dev")(dev.dev)
app.add_typer(sources.app, name="sources")
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(review.app, name="review")
app.add_typer(report.app, name="report")
app.add_typer(warehouse.app, name="warehouse")
app.add_typer(sandbox.app, name="sandbox")


def _show_version(wanted: bool) -> None:
    if wanted:
        try:
            say(version("tthc-hub"))
        except PackageNotFoundError:
            say("run from its folder, not installed")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options of the command itself."""


def run() -> None:
    """Do what the command line says and end the process with its exit code."""
    try:
        app()
    except (HubError, SourceError) as error:
        show_error(error.message, error.hint)
        sys.exit(1)
    except Exception as error:
        sys.exit(_unexpected(error))


def _unexpected(error: Exception) -> int:
    """One sentence for people; where it happened goes to a file, without the values it happened with."""
    kind = type(error).__name__
    try:
        settings = load()
        file = settings.home / "log" / f"defect-{settings.now():%Y%m%d-%H%M%S}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{' '.join(sys.argv[1:2])}\n{_story(error)}", encoding="utf-8")
    except (OSError, HubError):
        show_error(f"a defect of the hub ({kind}), and its log could not be written", "run `hub doctor`")
    else:
        show_error(f"a defect of the hub ({kind})", f"send {file} to who maintains the hub")
    return 70


def _story(error: BaseException | None) -> str:
    """The traceback. Only messages of the program itself are kept: those of a database or a parser quote data."""
    told: list[str] = []
    while error is not None:
        message = f": {error}" if isinstance(error, _OF_THE_PROGRAM) else ""
        state = getattr(error, "sqlstate", None) or ""
        frames = "".join(traceback.format_tb(error.__traceback__))
        told.append(f"{type(error).__name__} {state}{Secrets().redact(message)}\n{frames}")
        error = error.__cause__ or error.__context__
    return "\ncaused by\n".join(told)


if __name__ == "__main__":
    run()
