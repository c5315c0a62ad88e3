"""`hub census`: what sources say they hold, compared with the warehouse; what differs is mended or waits for a word."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli.opening import opened
from hub.cli.output import JsonOption, say, show_error, show_json, show_table
from hub.errors import HubError

if TYPE_CHECKING:
    from hub.application import Hub
    from hub.census_ledger import Counted, Standing

NOT_ANSWERED, OPEN = 3, 4
_COLUMNS = {
    "source": "source_id",
    "stream": "stream",
    "outcome": "outcome",
    "listed": "source_count",
    "held": "hub_count",
    "missing": "missing",
    "differing": "differing",
    "vanished": "vanished",
    "back": "revived",
    "left": "remaining",
    "buried": "buried",
}


def census(
    level: Annotated[str | None, typer.Option(help="Only this level.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="Only this source; may be given several times.")] = None,
    no_repair: Annotated[
        bool, typer.Option("--no-repair", help="Only look: read nothing again, bury nothing.")
    ] = False,
    show: Annotated[bool, typer.Option("--show", help="Ask nobody: the last census of each stream.")] = False,
    accept: Annotated[
        str | None, typer.Option(metavar="SOURCE", help="Let through what the shrink guard holds back there.")
    ] = None,
    by: Annotated[str, typer.Option(help="With --accept: who says so.")] = "",
    because: Annotated[str, typer.Option(help="With --accept: why it is true.")] = "",
    json: JsonOption = False,
) -> None:
    """Ask sources what they hold and compare it with the warehouse.

    Exit codes: 0 everything agrees, or was mended; 3 a source did not answer; 4 something still differs or waits for a
    person's word; 1 the hub says what is wrong.
    """
    with opened() as hub:
        if accept is not None:
            _accept(hub, accept, by, because, json)
        elif show:
            _show(hub, level, source or [], json)
        else:
            _take(hub, level, source or [], not no_repair, json)


def _take(hub: Hub, level: str | None, names: list[str], repair: bool, json: bool) -> None:
    from hub.census import declared

    chosen = _chosen(hub, level, names)
    if not declared(chosen):
        raise HubError("none of the chosen sources declares a census", "see census in docs/mappings.md")
    done = hub.census(chosen, repair=repair, insist=bool(names))
    if json:
        show_json(done)
    else:
        _draw(done)
        for item in done:
            if item.message:
                show_error(f"{item.source_id}/{item.stream}: {item.message}", _next_step(item))
        groups(hub, [item.source_id for item in done if item.differences])
    raise typer.Exit(exit_code(done))


def exit_code(done: list[Counted] | list[Standing]) -> int:
    """0, OPEN or NOT_ANSWERED; see `census`."""
    outcomes = {item.outcome for item in done}
    if outcomes & {"held", "differs"}:
        return OPEN
    return NOT_ANSWERED if "failed" in outcomes else 0


def _show(hub: Hub, level: str | None, names: list[str], json: bool) -> None:
    from hub.census_ledger import standing

    chosen = {source.source_id for source in _chosen(hub, level, names)}
    with hub.warehouse.begin("steward") as connection:
        found = [item for item in standing(connection) if item.source_id in chosen]
    if json:
        show_json(found)
    else:
        _draw(found)
        groups(hub, [item.source_id for item in found if item.outcome in ("held", "differs")])
    raise typer.Exit(exit_code(found))


def _accept(hub: Hub, source: str, by: str, because: str, json: bool) -> None:
    from hub.census_ledger import accept

    hub.chosen(names=[source], active=False)
    with hub.warehouse.begin("loader") as connection:
        accepted = accept(connection, source, by, because, hub.now())
    hub.reconcile()
    hub.refresh()
    if json:
        show_json(accepted)
        return
    for item in accepted:
        say(f"{source}/{item.stream}: {item.buried:,} records are marked as gone, by the word of {item.accepted_by}")


def _chosen(hub: Hub, level: str | None, names: list[str]) -> list:  # type: ignore[type-arg]
    from hub.definitions import LEVELS

    if level is not None and level not in LEVELS:
        raise HubError(f"level {level} is not among those that this version reads", f"they are {', '.join(LEVELS)}")
    chosen = hub.chosen(level, names)
    if not chosen:
        raise HubError("no active source is chosen", "`hub sources list` shows which are active")
    return chosen


def _draw(done: list[Counted] | list[Standing]) -> None:
    order = ("held", "differs", "failed", "mended", "accepted", "skipped", "agrees")
    ranked = sorted(done, key=lambda item: (order.index(item.outcome), item.source_id, item.stream))
    show_table(tuple(_COLUMNS), [attrgetter(*_COLUMNS.values())(item) for item in ranked])


def groups(hub: Hub, sources: list[str], at_most: int = 20) -> None:
    """The groups in which the last censuses of these sources found something."""
    from hub.census_ledger import standing

    if not sources:
        return
    with hub.warehouse.begin("steward") as connection:
        found = [item for item in standing(connection) if item.source_id in sources]
    rows = [(item.source_id, item.stream, *attrgetter(*_GROUP)(group)) for item in found for group in item.groups]
    if rows:
        say()
        show_table(("source", "stream", *_GROUP), rows[:at_most], "where they differ")
        if len(rows) > at_most:
            say(f"{len(rows) - at_most:,} more groups: --show --json shows all")


_GROUP = ("agency", "day", "status", "source_count", "hub_count", "missing", "differing", "vanished")


def _next_step(item: Counted) -> str:
    if item.outcome == "held":
        return f'when it is true: hub census --accept {item.source_id} --by NAME --because "WHY"'
    return f"hub sources test {item.source_id}"
