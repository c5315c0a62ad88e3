"""`hub status` and `hub balance`: how things stand, and whether every record is accounted for."""

from __future__ import annotations

import re
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli.opening import opened
from hub.cli.output import JsonOption, lasting, say, show_json, show_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hub.conditions import Condition
    from hub.standing import Flow, Held

_NUMBERED = re.compile(r"\S*\d\S*")  # names of files and sources, counts, hours
_EACH = 12  # sources that are shown one by one
_NAMED = 15  # lines of trouble: what stands beside them must stay on the screen


def status(
    level: Annotated[str | None, typer.Option(help="Only the sources of this level, each of them.")] = None,
    whole: Annotated[bool, typer.Option("--all", help="Each source, however many there are.")] = False,
    json: JsonOption = False,
) -> None:
    """How sources are: last pull, lateness, what is unusual, balance, quarantine and drift in one screen.

    Many sources are summed up per level, and only those in trouble are named. Exit code 1 when records are
    unaccounted for.
    """
    from hub.conditions import conditions
    from hub.reviewing import counts

    with opened() as hub, hub.warehouse.begin("steward") as connection:
        now = hub.now()
        found = [item for item in conditions(connection, hub.sources, now) if level in (None, item.level)]
        asked = counts(connection)
    sources = [item for item in found if not item.agency_code]
    lost = sum(item.standing.difference for item in sources)
    if json:
        show_json(
            {
                "now": now,
                "difference": lost,
                "sources": [_plain(item) for item in sources],
                "questions": [{"reason": reason, "open": n, "oldest": at} for reason, n, at in asked],
                "agencies": [{"health": item.health, "troubles": item.troubles} for item in found if item.agency_code],
            }
        )
        raise typer.Exit(1 if lost else 0)
    sources = [item for item in sources if item.standing.active or item.standing.last_pull_at]
    if whole or level or len(sources) <= _EACH:
        _draw(sources)
    else:
        _draw_levels(sources)
    say()
    say(f"now {now:%Y-%m-%d %H:%M} · balance {'0' if lost == 0 else f'{lost:,} RECORDS UNACCOUNTED FOR'}")
    _draw_troubles([item for item in found if item.troubles], each=whole or level is not None)
    if any(item.standing.quarantined for item in sources):
        say("see what is in quarantine: hub quarantine list")
    if asked:
        oldest = lasting(max(0.0, (now - min(at for *_, at in asked)).total_seconds()))
        say(f"{sum(n for _, n, _ in asked):,} questions wait for a judgement, the oldest for {oldest}: hub review list")
    judged = [item.health.judged_at for item in sources if item.health]
    if not judged:
        say("what is usual has not been learned yet: hub run")
    raise typer.Exit(1 if lost else 0)


def _plain(item: Condition) -> dict[str, object]:
    return {**vars(item.standing), "health": item.health, "troubles": item.troubles}


def _draw(found: Sequence[Condition]) -> None:
    columns = ("source", "level", "last pull", "outcome", "late", "watermark", "fetched", "pending", "quarantine")
    rows = []
    for condition in found:
        item = condition.standing
        late = lasting(item.late.total_seconds()) if item.late else ""
        marks = ", ".join(f"{stream} {cursor}" for stream, cursor in sorted(item.watermarks.items()))
        outcome = item.outcome if item.active else f"{item.outcome} (not active)"
        counts = (item.fetched, item.pending, item.quarantined, _drift(condition), item.difference)
        rows.append((item.source_id, item.level, item.last_pull_at, outcome, late, marks, *counts))
    show_table((*columns, "drift", "±"), rows)


def _draw_levels(found: Sequence[Condition]) -> None:
    """One line per level; `complete` is the reading that is longest ago."""
    columns = (
        "level",
        "sources",
        "in trouble",
        "late",
        "usual unknown",
        "complete",
        "pending",
        "quarantine",
        "drift",
        "±",
    )
    rows = []
    for level in sorted({item.level for item in found}):
        these = [item for item in found if item.level == level]
        held = [item.standing for item in these]
        read = [item.complete_at for item in held if item.active and item.complete_at]
        young = sum(item.standing.active and _verdict(item) == "not_learned" for item in these)
        counts = [sum(item.pending for item in held), sum(item.quarantined for item in held)]
        counts += [sum(map(_drift, these)), sum(item.difference for item in held)]
        late = sum(item.late is not None for item in held)
        troubled = sum(bool(item.troubles) for item in these)
        rows.append((level, len(these), troubled, late, young, min(read, default=None), *counts))
    show_table(columns, rows)


def _draw_troubles(troubled: Sequence[Condition], each: bool) -> None:
    """One line each; unless each is wanted, those that differ in numbers and names alone are one line."""
    alike: dict[tuple[str, ...], list[Condition]] = {}
    for item in troubled:
        told = [_NUMBERED.sub("", trouble.sentence) for trouble in item.troubles]
        alike.setdefault((item.name,) if each else (item.level, *told), []).append(item)
    for place, items in enumerate(alike.values()):
        if place == _NAMED and not each:
            more = sum(map(len, list(alike.values())[place:]))
            say(f"and {more:,} more: hub status --level {items[0].level}, or --json")
            break
        first = items[0]
        others = f" and {len(items) - 1:,} more of {first.level}" if len(items) > 1 else ""
        told = [trouble.sentence.removeprefix(f"{first.source_id}: ") for trouble in first.troubles]
        steps = "; ".join(dict.fromkeys(trouble.next for trouble in first.troubles if trouble.next))
        say(f"{first.name}{others}: {'; '.join(told)}" + (f" → {steps}" if steps else ""))


def _drift(item: Condition) -> int:
    return item.health.open_drift if item.health else 0


def _verdict(item: Condition) -> str:
    return item.health.verdict if item.health else "not_learned"


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
