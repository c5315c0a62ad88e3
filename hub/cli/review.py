"""`hub review list`, `show`: what nobody but a person can decide: whether two records are one dossier.

Here: looking, on the terminal or in a sheet to fill. Not here: judging (`judging.py`), which joins the same group.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli import judging
from hub.cli.opening import opened
from hub.cli.output import JsonOption, cell, say, show_facts, show_json, show_table

if TYPE_CHECKING:
    from hub.reviewing import Judgement, Review

app = typer.Typer(no_args_is_help=True, help="Doubt between records: look, judge, undo, by hand or from a file.")
_WIDTH = 44  # of a value on the terminal: names of procedures run over several lines
_HIDDEN = ("applicant", "received_on")


@app.command("list")
def list_(
    reason: Annotated[str | None, typer.Option("--reason", help="Only questions of this reason.")] = None,
    source: Annotated[str | None, typer.Option("--source", help="Only questions about records of this source.")] = None,
    min_weight: Annotated[float | None, typer.Option("--min-weight", help="Only from this weight on.")] = None,
    max_weight: Annotated[float | None, typer.Option("--max-weight", help="Only up to this weight.")] = None,
    oldest: Annotated[bool, typer.Option("--oldest", help="By age instead of weight.")] = False,
    judged: Annotated[bool, typer.Option("--judged", help="The judgements instead of the questions.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many; 50 on the terminal, else all.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write .csv or .xlsx with both sides, to fill and give to `hub review apply`.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Open questions by weight or age; with --judged what people have said so far."""
    from hub import review_sheet
    from hub.reviewing import Wanted, counts, judgements, reviews

    if judged and out is not None:
        raise typer.BadParameter("a sheet is of open questions", param_hint="--out")
    with opened() as hub, hub.warehouse.begin("steward") as connection:
        if judged:
            _show_judged(judgements(connection), json)
            return
        summed = counts(connection)
        most = limit or (None if out is not None or json else 50)
        found = reviews(connection, Wanted(reason, source, min_weight, max_weight), by_age=oldest, limit=most)
        if out is not None:
            review_sheet.write(out, review_sheet.questions(connection, found))
    if json:
        show_json({"counts": [{"reason": r, "open": n, "oldest": at} for r, n, at in summed], "reviews": found})
    elif out is not None:
        say(f"{out}: {len(found):,} questions; fill verdict (same or different) and why, then: hub review apply {out}")
    elif not summed:
        say("nothing waits for a judgement")
    else:
        show_table(("reason", "open", "oldest"), summed)
        say()
        _show_list(found)
        say("look: hub review show ID; judge: hub review accept ID --why … (one dossier) or reject ID --why … (two)")


@app.command("show")
def show(
    review_id: Annotated[str, typer.Argument(help="An id from `hub review list`.")],
    clear: Annotated[
        str | None, typer.Option("--clear", help="Also names and identities in clear; say why, vault.audit keeps it.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Both sides beside each other, and what speaks for and against."""
    from hub import reviewing
    from hub.arguing import arguments

    with opened() as hub, hub.warehouse.begin("steward") as connection:
        review = reviewing.review_of(connection, review_id)
        records = [(review.source_id_a, review.source_key_a), (review.source_id_b, review.source_key_b)]
        held = reviewing.sides(connection, records)
        sides = [held.get(record, {}) for record in records]
        weights = reviewing.evidence(connection, [review]).get(review.review_id, {})
        spoken = arguments(sides[0], sides[1], weights, review.weight)
        others = reviewing.reviews_of(connection, records, but=review.review_id)
        said = [j for j in reviewing.judgements(connection) if j.review_id == review.review_id]
        if clear is not None:
            for told, record in zip(sides, records, strict=True):
                told.update(reviewing.clear(connection, record, clear))
    for told in sides:
        for name in _HIDDEN:
            told.pop(name, None)
    if json:
        show_json({"review": review, "sides": sides, "arguments": spoken, "judged": said, "others": others})
        return
    weight = "" if review.weight is None else f"{review.weight:.1f}"
    facts = [("id", review.review_id), ("reason", review.reason), ("weight", weight), ("since", review.raised_at)]
    facts += [("judged", f"{j.verdict} by {j.judged_by}, {cell(j.judged_at)}: {j.reason}") for j in said]
    show_facts(facts)
    say()
    names = [
        name for name in dict.fromkeys([*sides[0], *sides[1]]) if any(side.get(name) is not None for side in sides)
    ]
    rows = [
        (name, *(_short(side.get(name)) for side in sides), _agree(sides[0].get(name), sides[1].get(name)))
        for name in names
    ]
    show_table(("field", "one", "the other", ""), rows)
    if spoken:
        say()
        lines = [(a.field, a.level, "" if a.weight is None else f"{a.weight:+.1f}", a.speaks) for a in spoken]
        show_table(("field", "level", "weight", "speaks"), lines, "what speaks for and against (log2 of the odds)")
    if others:
        say()
        _show_list(others, "asked about one of the two as well")


def _show_list(found: list[Review], title: str = "") -> None:
    show_table(
        ("id", "reason", "weight", "since", "one record", "the other"),
        [
            (r.review_id, r.reason, "" if r.weight is None else f"{r.weight:.1f}", r.raised_at,
             f"{r.source_id_a}/{r.source_key_a}", f"{r.source_id_b}/{r.source_key_b}") for r in found
        ],
        title,
    )  # fmt: skip


def _show_judged(said: list[Judgement], json: bool) -> None:
    if json:
        show_json(said)
        return
    show_table(
        ("id", "verdict", "by", "at", "why", "one record", "the other", "heard"),
        [
            (j.review_id, j.verdict, j.judged_by, j.judged_at, j.reason, f"{j.source_id_a}/{j.source_key_a}",
             f"{j.source_id_b}/{j.source_key_b}", j.heard) for j in said
        ],
    )  # fmt: skip


def _short(value: Any) -> str:
    told = cell(value)
    return told if len(told) <= _WIDTH else told[: _WIDTH - 1] + "…"


def _agree(one: object, other: object) -> str:
    if one is None or other is None:
        return ""
    return "=" if one == other else "≠"


judging.register(app)
