"""`hub status` and `hub balance`: how things stand, and whether every record is accounted for."""

from __future__ import annotations

from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli.opening import opened
from hub.cli.output import JsonOption, lasting, say, show_json, show_table

if TYPE_CHECKING:
    from hub.standing import Flow, Held, Standing


def status(json: JsonOption = False) -> None:
    """Sources, last pull, lateness, watermark, balance and open quarantine in one screen.

    Exit code 1 when records are unaccounted for.
    """
    from hub.census_ledger import troubles
    from hub.standing import standings

    with opened() as hub, hub.warehouse.begin("steward") as connection:
        now = hub.now()
        found = standings(connection, hub.sources, now)
        counted = troubles(connection)
    lost = sum(standing.difference for standing in found)
    if json:
        show_json({"now": now, "difference": lost, "sources": found, "census": counted})
    else:
        _draw(found)
        say()
        say(f"now {now:%Y-%m-%d %H:%M} · balance {'0' if lost == 0 else f'{lost:,} RECORDS UNACCOUNTED FOR'}")
        for standing in found:
            if standing.message and standing.outcome != "ok":
                say(f"{standing.source_id}: {standing.message}")
        for source_id, sentences in counted.items():
            for sentence in sentences:
                say(f"{source_id}: {sentence}")
        if any(standing.quarantined for standing in found):
            say("see what is in quarantine: hub quarantine list")
        if any(standing.outcome == "never" and standing.active for standing in found):
            say("some sources were never asked: hub run")
    raise typer.Exit(1 if lost else 0)


def _draw(found: list[Standing]) -> None:
    columns = ("source", "level", "last pull", "outcome", "late", "watermark", "fetched", "pending", "quarantine", "±")
    rows = []
    for item in found:
        late = lasting(item.late.total_seconds()) if item.late else ""
        marks = ", ".join(f"{stream} {cursor}" for stream, cursor in sorted(item.watermarks.items()))
        outcome = item.outcome if item.active else f"{item.outcome} (not active)"
        counts = (item.fetched, item.pending, item.quarantined, item.difference)
        rows.append((item.source_id, item.level, item.last_pull_at, outcome, late, marks, *counts))
    show_table(columns, rows)


def balance(
    source: Annotated[str | None, typer.Option(help="Only this source.")] = None,
    agency: Annotated[str | None, typer.Option(help="Only this receiving agency; shows each day.")] = None,
    day: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only this day of receipt; shows each agency.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """What was fetched, stored, standardised, quarantined and reconciled, and that nothing is missing.

    fetched = stored + unchanged + refused; stored = waiting + new + changed + same + superseded + quarantined;
    std = core. Exit code 1 when a difference is not 0.
    """
    from hub.standing import flows, held, imbalance

    with opened() as hub:
        if source is not None:
            hub.chosen(names=[source], active=False)
        with hub.warehouse.begin("steward") as connection:
            flowed = [] if agency or day else flows(connection, source)
            kept = held(connection, source, agency, day.date() if day else None)
    lost = imbalance(flowed, kept)
    if json:
        show_json({"difference": lost, "flow": flowed, "std_core": kept})
    else:
        _draw_balance(flowed, kept)
        say(f"balance: {lost:,}")
    raise typer.Exit(1 if lost else 0)


_WHOSE = {"source": "source_id", "records": "record_type"}
_RAW = _WHOSE | {
    "fetched": "fetched",
    "stored": "stored",
    "unchanged": "unchanged",
    "refused": "refused",
    "±": "raw_difference",
}
_STD = _WHOSE | {
    "stored": "stored",
    "waiting": "pending",
    "new": "std_new",
    "changed": "std_changed",
    "same": "std_unchanged",
    "superseded": "std_superseded",
    "quarantined": "std_quarantined",
    "±": "std_difference",
}


def _draw_balance(flowed: list[Flow], kept: list[Held]) -> None:
    if flowed:
        raw = [attrgetter(*_RAW.values())(flow) for flow in flowed]
        show_table(tuple(_RAW), raw, "raw: fetched = stored + unchanged + refused")
        say()
        std = [attrgetter(*_STD.values())(flow) for flow in flowed]
        show_table(tuple(_STD), std, "std: stored = waiting + new + changed + same + superseded + quarantined")
        say()
    where = ("source_id",) if flowed else ("source_id", "agency_code", "day")
    rows = [attrgetter(*where, "in_std", "in_core", "difference")(item) for item in kept]
    columns = (*("source", "agency", "day")[: len(where)], "std", "core", "±")
    show_table(columns, rows, "core: every std dossier record belongs to one dossier")
