"""`hub sources drift`: what changed at the sources since their mappings were written, with the change as a diff.

Here: options, one table, the diffs. Not here: finding and proposing (`hub/drifting.py`).
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from hub.cli.opening import opened
from hub.cli.output import JsonOption, say, show_json, show_table


def drift(
    sources: Annotated[list[str] | None, typer.Argument(help="Sources by name; all active ones by default.")] = None,
    level: Annotated[str | None, typer.Option(help="Only this level.")] = None,
    look: Annotated[bool, typer.Option(help="Also look at one page of each stream now.")] = True,
    diff: Annotated[bool, typer.Option("--diff", help="Print the diffs alone, for `git apply` or `patch`.")] = False,
    json: JsonOption = False,
) -> None:
    """Fields, codes and types that appeared, vanished or changed, and the proposed change of the mapping."""
    from hub import drifting

    with opened() as hub:
        chosen = hub.chosen(level, sources or [], active=not sources)
        with hub.warehouse.begin("steward") as connection:
            found = drifting.recorded(connection, chosen)
        known = {(d.source_id, d.stream, d.kind, d.path, d.value) for d in found}
        looks = {}
        for source in chosen if look else ():
            now = drifting.fresh(source, hub.settings, hub.lists, hub.hasher)
            new = {d.path for d in now if d.kind == "renamed"}
            found = [d for d in found if not (d.source_id == source.source_id and d.kind == "field" and d.path in new)]
            found += [d for d in now if (d.source_id, d.stream, d.kind, d.path, d.value) not in known]
            for stream in {d.stream for d in found if d.source_id == source.source_id and d.kind == "field"}:
                table = drifting.look(source, hub.settings, hub.lists, hub.hasher, stream)
                if table is not None:
                    looks[source.source_id, stream] = table
        found, diffs = drifting.proposals(found, chosen, hub.settings.mappings, looks)
    if json:
        show_json({"drift": [asdict(each) for each in found], "diffs": diffs})
        return
    if diff:
        say("\n".join(diffs))
        return
    if not found:
        say(f"{len(chosen)} sources say what their mappings expect")
        return
    rows = [(d.source_id, d.stream, d.kind, d.path, d.value, d.records, d.since, d.proposal) for d in found]
    show_table(("source", "stream", "kind", "path", "value", "records", "since", "what to do"), rows)
    for text in diffs:
        say()
        say(text)
