"""`hub sandbox`: a simulated province with a known truth, to try everything on."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli.opening import configured, opened
from hub.cli.output import JsonOption, say, show_facts, show_json, show_table
from hub.errors import HubError

if TYPE_CHECKING:
    from hub.sandbox.compare import Difference
    from hub.sandbox.control import Sandbox

app = typer.Typer(no_args_is_help=True, help="A simulated province with a known truth: start, advance, verify, stop.")
MORNING = timedelta(hours=6)
SHOWN = 20  # differences in full: the first of a kind say what is wrong with all of it


class Profile(StrEnum):
    """How the simulated systems behave."""

    CLEAN = "clean"
    DAILY = "daily"
    VANISHING = "vanishing"
    ROUGH = "rough"
    ROUGH_LIGHT = "rough-light"
    ROUGH_HEAVY = "rough-heavy"


DOSSIERS = 30_000
PROFILES = (
    "clean: every source right; daily: as sources are; vanishing: daily, and one-stop systems lose rows; "
    "rough: daily, and copies disagree (rough-light half as much, rough-heavy twice)."
)
DossiersOption = Annotated[int, typer.Option(min=1, max=2_000_000, help="So many dossiers.")]
ProfileOption = Annotated[Profile, typer.Option(help=PROFILES)]


class Simulated(StrEnum):
    """Levels of the simulated province."""

    PORTAL = "portal"
    NATIONAL = "national"
    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"


LevelsOption = Annotated[
    list[Simulated] | None,
    typer.Option(
        "--level",
        help="Portal and national are always there; beside them province (departments over REST), district (27 "
        "databases in PostgreSQL and MariaDB over ODBC), commune (559 drop folders). May be repeated; without it a "
        "province that is there keeps its levels, and a new one has all.",
    ),
]


def levels_of(named: list[Simulated] | None) -> tuple[str, ...]:
    """The levels asked for; when none is named those of the province that is there, else all."""
    from hub.sandbox import control
    from hub.sandbox.one_stop import BASE_LEVELS, LEVELS, checked_levels

    if named:
        return checked_levels(tuple({*BASE_LEVELS, *(level.value for level in named)}))
    known = control.status(configured().home)
    return known.levels if known else LEVELS


@app.command("start")
def start(
    dossiers: Annotated[int | None, typer.Option(min=1, max=2_000_000, help="So many dossiers.")] = None,
    profile: Annotated[Profile | None, typer.Option(help=PROFILES)] = None,
    seed: Annotated[int | None, typer.Option(help="Another number makes another province.")] = None,
    level: LevelsOption = None,
    first_day: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="When a new province begins, at 6:00: 2018 to 2026, before or after the reform."
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Build the province unless it is there, serve its systems, and tell the hub where they are (sandbox.env).

    What is not said stays as in the province that is there; a new one has 30,000 dossiers, profile daily, seed 1, and
    begins on 2022-10-01, one of profile rough on 2025-06-20, shortly before the reform.
    """
    from hub.sandbox import control

    home = configured().home
    known = control.status(home)
    held = (known.dossiers, known.profile, known.seed) if known else (DOSSIERS, Profile.DAILY.value, 1)
    made = (dossiers or held[0], profile.value if profile else held[1], held[2] if seed is None else seed)
    day = first_day + MORNING if first_day else known.today if known and made[1] == known.profile else None
    _show(control.start(home, *made, today=day, levels=levels_of(level)), json)


@app.command("advance")
def advance(days: Annotated[int, typer.Argument(help="So many days pass.")] = 1, json: JsonOption = False) -> None:
    """Let days pass: dossiers arrive, open ones move on, late versions come; then `hub run` reads what is new."""
    from hub.sandbox import control

    _show(control.advance(configured().home, days), json)


@app.command("stop")
def stop() -> None:
    """End the simulated systems. The province stays and goes on where it was with `hub sandbox start`."""
    from hub.sandbox import control

    say("stopped" if control.stop(configured().home) else "it was not running")


@app.command("status")
def status(json: JsonOption = False) -> None:
    """What province there is, its day, and whether its systems answer."""
    _show(_existing(), json)


@app.command("truth")
def truth(json: JsonOption = False) -> None:
    """Where the truth lies, which no run of the hub reads, and how much of it there is."""
    import polars as pl

    sandbox = _existing()
    files = sorted(sandbox.truth.glob("*.parquet"))
    rows = [(file.stem, pl.scan_parquet(file).select(pl.len()).collect().item(), str(file)) for file in files]
    if json:
        show_json([{"name": name, "rows": count, "file": file} for name, count, file in rows])
    else:
        show_table(("truth", "rows", "file"), rows)


@app.command("verify")
def verify(
    score: Annotated[
        bool, typer.Option("--score", help="How right it is, by measure, instead of what is wrong.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Compare the warehouse with the truth and say what is wrong, by kind. Exit code 1 when anything is.

    With --score: lines `truth NAME VALUE`, shares of one, and exit code 0.
    """
    from hub.sandbox.verify import scores, verify

    if score:
        with opened() as hub, hub.warehouse.begin() as connection:
            measures = scores(hub.settings.home, connection)
        if json:
            show_json(dict(measures))
        else:
            for name, value in measures:
                say(f"truth {name} {value:.6g}")
        return
    with opened() as hub, hub.warehouse.begin() as connection:
        differences = verify(hub.settings.home, connection)
    if json:
        show_json(differences)
    else:
        show_differences(differences)
    raise typer.Exit(1 if differences else 0)


def show_differences(differences: list[Difference]) -> None:
    """How many of each kind, and the first ones in full."""
    from hub.sandbox.compare import tally

    if not differences:
        say("the warehouse agrees with the truth")
        return
    show_table(("kind", "differences"), list(tally(differences).items()))
    say()
    show_table(("kind", "where", "what"), [(d.kind, d.subject, d.detail) for d in differences[:SHOWN]])
    if len(differences) > SHOWN:
        say(f"{len(differences) - SHOWN:,} more: --json shows all")


def _existing() -> Sandbox:
    from hub.sandbox import control

    home = configured().home
    sandbox = control.status(home)
    if sandbox is None:
        raise HubError(f"there is no sandbox below {home}", "hub sandbox start")
    return sandbox


def _show(sandbox: Sandbox, json: bool) -> None:
    facts = {
        "dossiers": sandbox.dossiers,
        "profile": sandbox.profile,
        "seed": str(sandbox.seed),
        "now": sandbox.now.strftime("%Y-%m-%d %H:%M"),
        "days": sandbox.days,
        "levels": ", ".join(sandbox.levels),
        "url": f"http://127.0.0.1:{sandbox.port}" if sandbox.port else None,
        "settings": str(sandbox.env),
    }
    if json:
        show_json(facts)
    else:
        show_facts([(name, "stopped" if name == "url" and value is None else value) for name, value in facts.items()])
