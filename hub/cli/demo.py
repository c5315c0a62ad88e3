"""`hub demo`: a simulated province, pulled and reconciled; what came out, proof that it is right, where to look.

Here: the order of a first look. Not here: the province (`hub/sandbox`), the stations. It refuses to mix simulated
dossiers into a warehouse that holds others, and addresses of real systems that stand before the sandbox's.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli import running
from hub.cli.opening import configured, opened
from hub.cli.output import lasting, say, show_table
from hub.cli.progress import watched
from hub.cli.sandbox import DossiersOption, LevelsOption, Profile, ProfileOption, levels_of, show_differences
from hub.errors import HubError

if TYPE_CHECKING:
    from hub.application import Hub
    from hub.sandbox.control import Sandbox
    from hub.standing import LevelSummary


def demo(
    dossiers: DossiersOption = 30_000,
    profile: ProfileOption = Profile.DAILY,
    level: LevelsOption = None,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the simulated systems running.")] = False,
) -> None:
    """Start a simulated province, fill the warehouse from it, let a day pass, compare both times with the truth.

    Exit code 1 when a record is unaccounted for or the warehouse differs from the truth.
    """
    from hub.sandbox import control

    home = configured().home
    levels = levels_of(level)
    _refuse_other_province(home, dossiers, profile.value, levels)
    began = time.monotonic()
    sandbox = control.start(home, dossiers, profile.value, levels=levels)
    say(f"a province of {sandbox.dossiers:,} dossiers on {sandbox.now:%Y-%m-%d}, profile {sandbox.profile}")
    say(f"its systems: {', '.join(levels)} ({lasting(time.monotonic() - began)})")
    say()
    try:
        filled = _filled(sandbox)
        began = time.monotonic()
        sandbox = control.advance(home)
        say()
        say(f"a day later: {sandbox.now:%Y-%m-%d} ({lasting(time.monotonic() - began)})")
        say()
        grown = _filled(sandbox)
        say()
        with opened() as hub, hub.warehouse.begin("steward") as connection:
            _where_to_look(hub, _example(connection), keep)
    finally:
        if not keep:
            control.stop(home)
    raise typer.Exit(filled or grown)


def _filled(sandbox: Sandbox) -> int:
    """A run over the province as it is now, what came of it by level, and whether it is true; the exit code."""
    from hub.running import run
    from hub.sandbox.verify import verify
    from hub.standing import summarise

    with opened() as hub:
        _refuse_other_sources(hub, sandbox)
        began = time.monotonic()
        with watched(hub):
            outcome = run(hub)
        running.draw(outcome, time.monotonic() - began, {source.source_id: source.level for source in hub.sources})
        with hub.warehouse.begin("steward") as connection:
            summary = summarise(connection)
        with hub.warehouse.begin() as connection:
            differences = verify(sandbox.home, connection)
    say()
    columns = ("level", "sources", "records", "in quarantine", "dossiers", "on time", "balance")
    show_table(columns, [_line(level) for level in summary])
    say()
    show_differences(differences)
    lost = sum(level.difference for level in summary)
    return 1 if lost or differences else running.exit_code(outcome)


def _line(level: LevelSummary) -> tuple[object, ...]:
    on_time = "" if level.on_time is None else f"{level.on_time:.1%}"
    counts = (level.sources, level.records, level.quarantined, level.dossiers)
    return (level.level or "together", *counts, on_time, level.difference)


def _refuse_other_province(home: Path, dossiers: int, profile: str, levels: tuple[str, ...]) -> None:
    """A warehouse can hold one province: another one would be compared with the wrong truth."""
    from hub.sandbox import control

    known = control.status(home)
    if known is not None and (known.dossiers, known.profile, known.levels) != (dossiers, profile, levels):
        raise HubError(
            f"{home} holds the demo of another province ({known.dossiers} dossiers, profile {known.profile}, "
            f"levels {', '.join(known.levels)})",
            f"hub demo --dossiers {known.dossiers} --profile {known.profile}, or set HUB_HOME to another folder",
        )


def _refuse_other_sources(hub: Hub, sandbox: Sandbox) -> None:
    """Nothing but the sandbox may be asked, and nothing else may be in the warehouse."""
    local = f"http://127.0.0.1:{sandbox.port}/"
    for name in ("HUB_PORTAL_URL", "HUB_NATIONAL_URL"):
        if not hub.settings.secret(name).startswith(local):
            raise HubError(
                f"{name} is set in the environment or in {hub.settings.home / 'hub.env'} and is not the sandbox's",
                "unset it, or set HUB_HOME to another folder for the demo",
            )
    simulated = {source.source_id for source in hub.chosen()}
    with hub.warehouse.begin("steward") as connection:
        held = {row[0] for row in connection.execute("select source_id from ops.source").fetchall()}
        row = connection.execute("select min(started_at) from ops.pull").fetchone()
    first = row[0] if row else None
    if held - simulated or (first is not None and first.date() < sandbox.today.date()) or _later(first, sandbox):
        raise HubError(
            f"the warehouse holds other sources than the sandbox's ({', '.join(sorted(held))})",
            "set HUB_HOME to another folder for the demo",
        )


def _later(first: Any, sandbox: Sandbox) -> bool:
    """Whether the first pull was made after the sandbox's time, by the real clock: no pull of this sandbox."""
    return first is not None and (first - sandbox.now).days > 1


def _example(connection: Any) -> str:
    """A dossier worth telling: of several sources, with conflicts and supplements if there is one."""
    row = connection.execute(
        """
        select d.dossier_no from core.dossier d
        left join (select dossier_id, count(*) as conflicts from core.conflict group by 1) c using (dossier_id)
        where d.dossier_no is not null and not d.is_deleted
        order by d.source_count > 1 desc, d.supplement_count > 0 desc, coalesce(c.conflicts, 0) desc, d.dossier_id
        limit 1
        """
    ).fetchone()
    return row[0] if row else ""


def _where_to_look(hub: Hub, example: str, keep: bool) -> None:
    say("Where to look:")
    if hub.settings.warehouse_url is None:
        from hub.warehouse.bi_login import bi_url

        say(f"  BI tools         {bi_url(hub.settings, hub.warehouse)}")
    say("  in SQL           hub warehouse psql --role bi -c 'select * from bi.ho_so limit 5'")
    say(f"  one dossier      hub explain {example}")
    say("  a form           hub report ii06a --from 2022-06-15 --to 2022-09-14")
    say("  what is wrong    hub status, hub quarantine list")
    say("  Dagster's pages  hub dev")
    again = "hub sandbox advance && hub run" if keep else "hub sandbox start && hub sandbox advance && hub run"
    say(f"  the next day     {again}")
