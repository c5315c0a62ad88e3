"""`hub doctor`: every prerequisite and connection, one line each, and what to do about what fails."""

from __future__ import annotations

import typer

from hub.cli.opening import opened
from hub.cli.output import JsonOption, say, show_json


def doctor(json: JsonOption = False) -> None:
    """Check Python, packages, folders, PostgreSQL, keys, secrets, every active source and the clock.

    Exit code 1 when something fails.
    """
    from hub.checkup import examine

    found = []
    with opened() as hub:
        for check in examine(hub):
            found.append(check)
            if not json:
                say(f"{'ok  ' if check.ok else 'FAIL'}  {check.name.ljust(16)}  {check.detail}")
                if not check.ok and check.hint:
                    say(f"      {' ' * 16}  → {check.hint}")
    if json:
        show_json(found)
    raise typer.Exit(0 if all(check.ok for check in found) else 1)
