"""`hub run`: the stations for chosen levels or sources, in this process, and what came of it."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli.opening import aware, opened
from hub.cli.output import JsonOption, lasting, say, show_error, show_json, show_table, tell
from hub.cli.progress import watched
from hub.errors import HubError

if TYPE_CHECKING:
    from hub.registry import Source
    from hub.running import RunOutcome

NOT_DELIVERED = 3
SHOWN_ALONE = 40  # streams; more fill the screen with what is well


class Level(StrEnum):
    """Levels that this version reads."""

    PORTAL = "portal"
    NATIONAL = "national"
    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"


_MOMENTS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"]


def run(
    level: Annotated[Level | None, typer.Option(help="Only this level.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="Only this source; may be given several times.")] = None,
    since: Annotated[
        datetime | None, typer.Option(formats=_MOMENTS, help="Read again what changed since; moves no watermark.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=_MOMENTS, help="… and before this moment; moves no watermark.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Pull, standardise, reconcile and refresh the marts.

    Exit codes: 0 all is well; 1 a check failed or a source was rolled back; 3 all is well but a source did not deliver.
    """
    from hub.running import run

    if since and until and since >= until:
        raise typer.BadParameter("--since must be earlier than --until")
    with opened() as hub:
        chosen = hub.chosen(level.value if level else None, source or [])
        if not chosen:
            raise HubError("no active source is chosen", "`hub sources list` shows which are active")
        began = time.monotonic()
        window = _cursor(since, chosen, "--since"), _cursor(until, chosen, "--until")
        with watched(hub):
            outcome = run(hub, level.value if level else None, source or [], *window)
        took = time.monotonic() - began
        levels = {item.source_id: item.level for item in hub.sources}
    if json:
        show_json({"seconds": round(took, 3), "outcome": outcome})
    else:
        draw(outcome, took, levels)
    raise typer.Exit(exit_code(outcome))


def exit_code(outcome: RunOutcome) -> int:
    """0, 1 or NOT_DELIVERED; see `run`."""
    broken = any(check.severity == "ERROR" for check in outcome.failed_checks)
    if not outcome.success or broken or any(item.error for item in outcome.loaded):
        return 1
    return 0 if all(pull.outcome == "ok" for pull in outcome.pulls) else NOT_DELIVERED


def draw(outcome: RunOutcome, took: float, levels: Mapping[str, str]) -> None:
    """Pulls and loads, then core, mart and what failed. `levels`: the level of each source; many sources are shown by
    level, and those that failed are named in any case."""
    few = len(outcome.pulls) <= SHOWN_ALONE
    _draw_pulls(outcome, levels, few)
    if outcome.loaded:
        say()
        names = ("new", "changed", "unchanged", "superseded", "quarantined")
        loaded: dict[str, Counter[str]] = defaultdict(Counter)
        for item in outcome.loaded:
            where = item.source_id if few else levels.get(item.source_id, "")
            loaded[where].update({name: getattr(item, name) for name in names})
        rows = [(where, *(counts[name] for name in names)) for where, counts in loaded.items()]
        show_table(("source" if few else "level", *names), rows, "std")
    say()
    done = outcome.reconciled
    if done is not None:
        found = f"{done.joined:,} pairs joined by content, {done.reviews:,} questions to people"
        say(f"core: {done.written:,} dossiers written of {done.dossiers:,} looked at, {found}")
    fetched = sum(pull.fetched for pull in outcome.pulls)
    say(f"{fetched:,} records in {lasting(took)} ({fetched / max(took, 0.001):,.0f}/s)")
    _complain(outcome)


def _draw_pulls(outcome: RunOutcome, levels: Mapping[str, str], few: bool) -> None:
    counted = ("fetched", "stored", "unchanged", "refused")
    pulls = sorted(outcome.pulls, key=lambda p: (p.source_id, p.stream))
    told = [(p, p.fetched, p.stored, p.unchanged, len(p.refused)) for p in pulls]
    if few:
        rows = [(p.source_id, p.stream, p.outcome, *counts) for p, *counts in told]
        show_table(("source", "stream", "outcome", *counted), rows, "raw")
        return
    by_level: dict[str, Counter[str]] = defaultdict(Counter)
    sources: dict[str, set[str]] = defaultdict(set)
    for pull, *counts in told:
        level = levels.get(pull.source_id, "")
        by_level[level].update(dict(zip(counted, counts, strict=True)))
        by_level[level].update({"streams": 1, "ok": pull.outcome == "ok"})
        sources[level].add(pull.source_id)
    names = ("streams", "ok", *counted)
    show_table(
        ("level", "sources", *names),
        [(level, len(sources[level]), *(counts[name] for name in names)) for level, counts in by_level.items()],
        "raw",
    )


def _complain(outcome: RunOutcome) -> None:
    """What went wrong, each thing once: streams that failed alike share a line."""
    failed: dict[tuple[str, str], list[str]] = {}
    for pull in outcome.pulls:
        if pull.outcome != "ok":
            failed.setdefault((pull.source_id, pull.message or pull.outcome), []).append(pull.stream)
    for (source_id, message), streams in list(failed.items())[:SHOWN_ALONE]:
        show_error(f"{source_id} ({', '.join(streams)}): {message}", f"hub sources test {source_id}")
    if len(failed) > SHOWN_ALONE:
        show_error(f"{len(failed) - SHOWN_ALONE} more sources did not deliver", "hub status")
    for load in outcome.loaded:
        if load.error:
            show_error(f"{load.source_id}: {load.error}", "hub balance")
    for check in outcome.failed_checks:
        if check.severity == "ERROR":
            show_error(f"{check.asset}, check {check.name}: {check.sentence}", "hub balance")
        elif not failed:  # warnings are about sources, and those that failed just now have been told
            tell(f"warning: {check.asset}, check {check.name}: {check.sentence}")
    for sentence in outcome.failures:
        show_error(sentence, "hub doctor")


def _cursor(moment: datetime | None, sources: Sequence[Source], option: str) -> str | None:
    """A moment as these sources write their cursors. Raises HubError when they do not all write it alike."""
    if moment is None:
        return None
    forms = {stream.cursor_format for source in sources for stream in source.mapping.streams.values()}
    if len(forms) != 1 or not (form := forms.pop()):
        raise HubError(f"{option}: these sources write their cursors differently", "choose one of them with --source")
    return aware(moment).strftime(form)
