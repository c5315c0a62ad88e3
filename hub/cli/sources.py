"""`hub sources`: who is read, whether they answer, and what a few of their records become."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli.drift import drift
from hub.cli.opening import opened
from hub.cli.output import JsonOption, say, show_json, show_table
from hub.cli.scaffold import scaffold
from hub.cli.source_schema import schema

if TYPE_CHECKING:
    from hub.previewing import Preview, Previewed

Proposal = Annotated[
    Path | None, typer.Option("--from", help="Folder with mappings/ and sources/ that are only tried, e.g. scaffold's.")
]
_DETAIL = 110
app = typer.Typer(no_args_is_help=True, help="Sources: propose, list, test, preview, see what drifts.")
app.command("scaffold")(scaffold)
app.command("schema")(schema)
app.command("drift")(drift)


@app.command("list")
def list_(level: Annotated[str | None, typer.Option(help="Only this level.")] = None, json: JsonOption = False) -> None:
    """Every declared source with level, family, mapping, validity and last pull."""
    from hub.standing import standings

    with opened() as hub:
        sources = hub.chosen(level, active=False)
        with hub.warehouse.begin("steward") as connection:
            known = {standing.source_id: standing for standing in standings(connection, sources, hub.now())}
    if json:
        names = ("source_id", "level", "family", "agency_code", "active", "valid_from", "valid_to", "file", "line")
        show_json(
            [
                {name: getattr(source, name) for name in names}
                | {"mapping": source.mapping.mapping, "streams": list(source.mapping.streams)}
                | {name: getattr(known[source.source_id], name) for name in ("last_pull_at", "outcome")}
                for source in sources
            ]
        )
        return
    columns = ("source", "level", "family", "mapping", "active", "valid", "last pull", "outcome", "declared in")
    rows = []
    for source in sources:
        standing = known[source.source_id]
        valid = f"{source.valid_from or ''} … {source.valid_to or ''}".strip()
        rows.append(
            (
                *(source.source_id, source.level, source.family, source.mapping.mapping, source.active, valid),
                *(standing.last_pull_at, standing.outcome, f"{source.file}:{source.line}"),
            )
        )
    show_table(columns, rows)


@app.command("test")
def test(
    sources: Annotated[list[str] | None, typer.Argument(help="Sources by name; all active ones by default.")] = None,
    level: Annotated[str | None, typer.Option(help="Only this level.")] = None,
    proposed: Proposal = None,
    json: JsonOption = False,
) -> None:
    """Log in and read one page of each source; changes nothing. Exit code 1 when something fails."""
    from hub.previewing import check

    with opened(proposed) as hub:
        names = sources or []
        lines = [
            {"source_id": source.source_id, "check": c.name, "ok": c.ok, "detail": c.detail, "hint": c.hint}
            for source in hub.chosen(level, names, active=not names)
            for c in check(source, hub.settings)
        ]
    if json:
        show_json(lines)
    else:
        rows = [
            (x["source_id"], x["check"], "ok" if x["ok"] else "FAIL", _short(x["detail"]), x["hint"]) for x in lines
        ]
        show_table(("source", "check", "", "detail", "what to do"), rows)
    raise typer.Exit(0 if all(line["ok"] for line in lines) else 1)


@app.command("preview")
def preview(
    source: Annotated[str, typer.Argument(help="The source by name.")],
    stream: Annotated[str, typer.Option(help="A stream of its mapping; the first by default.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="So many records.")] = 5,
    proposed: Proposal = None,
    json: JsonOption = False,
) -> None:
    """Read a few records and show raw beside standardised, what would be quarantined, and drift. Writes nothing.

    Personal values are masked on both sides (***); `vault` and `hash` say where a personal value would go.
    """
    from hub.previewing import preview as read

    with opened(proposed) as hub:
        chosen = hub.chosen(names=[source], active=False)[0]
        found = read(chosen, hub.settings, hub.lists, hub.hasher, stream, limit)
    if json:
        show_json(found)
    else:
        _draw(found)


def _short(detail: object) -> str:
    """A check's detail for one line of a terminal; --json has all of it."""
    text = " ".join(str(detail).split())
    return text if len(text) <= _DETAIL else text[: _DETAIL - 1] + "…"


def _draw(found: Preview) -> None:
    announced = "" if found.announced is None else f" of {found.announced:,} announced"
    say(f"{found.source_id}, stream {found.stream}: {len(found.records)} records{announced}")
    if not found.records and not found.refused:
        say("nothing to read there now: no record, or no file that is ready; `hub sources test` says more")
    for record in found.records:
        _draw_record(record)
    for sentence in found.refused:
        say(f"refused: {sentence}")
    if found.drift:
        say()
        show_table(("kind", "path", "value", "records"), found.drift, "drift: not declared in the mapping")


def _draw_record(record: Previewed) -> None:
    say()
    title = f"{record.source_key}  version {record.version or '(none)'}"
    rows = [(f.name, " | ".join(f.paths), f.raw, f.standardised) for f in record.fields if f.raw or f.standardised]
    show_table(("field", "source path", "raw", "standardised"), rows, title)
    children = [f"{path}: {raw} → {std} {kind}" for path, kind, raw, std in record.children if raw or std]
    if children:
        say("children  " + "; ".join(children))
    if record.flags:
        say("flags  " + ", ".join(record.flags))
    if record.reason:
        say(f"QUARANTINE {record.reason}: {record.sentence}")
