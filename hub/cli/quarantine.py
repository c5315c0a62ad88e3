"""`hub quarantine`: records that could not be understood, why, and having them read again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli.opening import opened
from hub.cli.output import JsonOption, say, show_error, show_facts, show_json, show_table

if TYPE_CHECKING:
    from hub.application import Hub
    from hub.quarantine import Finding

app = typer.Typer(no_args_is_help=True, help="Records that could not be understood: look, mend the cause, replay.")
_SourceOption = Annotated[str | None, typer.Option("--source", help="Only this source.")]
_ReasonOption = Annotated[str | None, typer.Option("--reason", help="Only this reason code.")]


@app.command("list")
def list_(
    source: _SourceOption = None,
    reason: _ReasonOption = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many records.")] = 50,
    json: JsonOption = False,
) -> None:
    """Open records by source and reason, then one line each."""
    from hub.quarantine import counts, open_findings

    with opened() as hub:
        _known(hub, source)
        with hub.warehouse.begin("steward") as connection:
            summed = counts(connection, source, reason)
            found = open_findings(connection, source, reason, limit)
    total = sum(count.records for count in summed)
    if json:
        show_json({"open": total, "counts": summed, "findings": found})
        return
    if not found:
        say("nothing is in quarantine")
        return
    show_table(("source", "reason", "records"), [(c.source_id, c.reason_code, c.records) for c in summed])
    say()
    columns = ("id", "source", "stream", "key", "reason", "since", "sentence")
    show_table(
        columns,
        [
            (str(f.quarantine_id), f.source_id, f.stream, f.source_key, f.reason_code, f.raised_at, f.sentence)
            for f in found
        ],
    )
    if total > len(found):
        say(f"{total - len(found):,} more: --limit {total}")
    say("mend the cause, then: hub quarantine replay ID… (or --source, --reason, --all)")


@app.command("show")
def show(
    quarantine_id: Annotated[int, typer.Argument(help="The number from `hub quarantine list`.")],
    json: JsonOption = False,
) -> None:
    """One record: reason, where its original lies, and the original with everything personal masked."""
    from hub.quarantine import by_id, original

    with opened() as hub:
        with hub.warehouse.begin("steward") as connection:
            finding = by_id(connection, [quarantine_id])[0]
        source = next((s for s in hub.sources if s.source_id == finding.source_id), None)
        stream = source.mapping.streams.get(finding.stream) if source else None
        record = original(hub.store, finding, stream)
        store = hub.store.shown
    if json:
        show_json({"finding": finding, "record": dict(record)})
        return
    show_facts(_facts(finding))
    say()
    if record:
        show_table(("path", "value"), record, "the original (*** personal or not declared)")
        say()
    elif finding.raw_file:
        say("the original is no readable JSON record")
    if finding.raw_file:
        say(f"in clear: row {finding.raw_row} of {finding.raw_file} in the raw store, for who may read {store}")
        say("an earlier readable version, if any, as the steward role and with a trace in vault.audit:")
        key = finding.source_key.replace("'", "''")
        say(f"  select * from vault.read('{finding.record_type}', '{finding.source_id}', '{key}', '<why you read it>')")
    else:
        say("the envelope was broken, so no record was kept: it comes again with the next `hub run`")


@app.command("replay")
def replay(
    ids: Annotated[list[int] | None, typer.Argument(help="Numbers from `hub quarantine list`.")] = None,
    source: _SourceOption = None,
    reason: _ReasonOption = None,
    every: Annotated[bool, typer.Option("--all", help="Everything that is open.")] = False,
    json: JsonOption = False,
) -> None:
    """Read the records' batches again after the cause was mended, through std, core and mart.

    Exit code 1 when a source was rolled back; records that stay open are no error.
    """
    from hub import quarantine

    if not (ids or source or reason or every):
        raise typer.BadParameter("say which: IDs, --source, --reason or --all")
    if ids and (source or reason or every):
        raise typer.BadParameter("give either IDs or --source, --reason, --all")
    with opened() as hub:
        _known(hub, source)
        with hub.warehouse.begin("steward") as connection:
            found = quarantine.by_id(connection, ids) if ids else quarantine.open_findings(connection, source, reason)
        done = quarantine.replay(hub, [finding for finding in found if finding.resolved_at is None])
    if json:
        show_json(done)
    else:
        say(f"{done.batches:,} batches read again: {done.resolved:,} resolved, {done.still_open:,} still open")
        if done.not_replayable:
            say(f"{done.not_replayable:,} of them are broken envelopes: they come again with the next `hub run`")
    for error in done.errors:
        show_error(error, "hub doctor")
    raise typer.Exit(1 if done.errors else 0)


def _known(hub: Hub, source: str | None) -> None:
    """Refuse a source that is neither declared nor ever was."""
    if source is not None:
        with hub.warehouse.begin("steward") as connection:
            if connection.execute("select from ops.source where source_id = %s", (source,)).fetchone() is None:
                hub.chosen(names=[source], active=False)


def _facts(finding: Finding) -> list[tuple[str, object]]:
    state = f"{finding.resolution} at {finding.resolved_at:%Y-%m-%d %H:%M}" if finding.resolved_at else "open"
    return [
        ("id", str(finding.quarantine_id)),
        ("source", f"{finding.source_id}, stream {finding.stream}"),
        ("key", finding.source_key),
        ("reason", finding.reason_code),
        ("field", finding.field),
        ("sentence", finding.sentence),
        ("agency", finding.agency_code),
        ("since", finding.raised_at),
        ("state", state),
        ("raw", f"{finding.raw_file}, row {finding.raw_row}" if finding.raw_file else "none"),
    ]
