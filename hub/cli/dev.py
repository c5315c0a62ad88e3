"""`hub dev`: Dagster's pages over the same warehouse, for a developer's machine."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

import hub
from hub.cli.opening import configured
from hub.cli.output import say
from hub.errors import HubError

_WORKSPACE = Path(hub.__file__).parent.parent / "workspace.yaml"


def dev(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Where the pages listen.")] = 3000,
    host: Annotated[
        str, typer.Option(help="The address they listen on; nobody logs in, so keep it local.")
    ] = "127.0.0.1",
) -> None:
    """Serve Dagster's pages until Ctrl-C. Its own records lie in <home>/dagster; nothing is sent to its makers."""
    program = _program()
    settings = configured()
    folder = settings.home / "dagster"
    folder.mkdir(parents=True, exist_ok=True)
    instance = folder / "dagster.yaml"
    if not instance.exists():
        instance.write_text("telemetry:\n  enabled: false\nnux:\n  enabled: false\n", encoding="utf-8")
    # An installed hub has no workspace file beside it: its one code location is named instead.
    where = ["--workspace", str(_WORKSPACE)] if _WORKSPACE.exists() else ["--module-name", "hub.definitions"]
    say(f"http://{host}:{port}  (Ctrl-C ends it)")
    sys.stdout.flush()
    environment = {**os.environ, "DAGSTER_HOME": str(folder), "HUB_HOME": str(settings.home)}
    command = [
        program,
        *where,
        "--host",
        host,
        "--port",
        str(port),
        "--log-level",
        "warning",
        "--code-server-log-level",
        "warning",
    ]
    if _WORKSPACE.exists():
        os.chdir(_WORKSPACE.parent)  # the working directory of the workspace file is relative
    os.execve(program, command, environment)


def _program() -> str:
    beside = Path(sys.executable).with_name("dagster-webserver")
    found = str(beside) if beside.exists() else shutil.which("dagster-webserver")
    if found is None:
        raise HubError("dagster-webserver is not installed", "make install, or pip install 'tthc-hub[ui]'")
    return found
