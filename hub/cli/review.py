"""`hub review`: what nobody but a person can decide: whether two records are one dossier."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli.opening import opened
from hub.cli.output import JsonOption, say, show_facts, show_json, show_table

if TYPE_CHECKING:
    from hub.application import Hub
    from hub.reviewing import Decision

app = typer.Typer(no_args_is_help=True, help="Doubt between records: look, judge, undo, by hand or from a file.")
_Ids = Annotated[list[str] | None, typer.Argument(help="Ids from `hub review list` (their beginning is enough).")]
_Why = Annotated[str, typer.Option("--why", help="The reason, kept with the judgement.")]
_By = Annotated[str | None, typer.Option("--by", help="Who judges; the account of this machine by default.")]
_Later = Annotated[bool, typer.Option("--later", help="Leave core and mart to the next `hub run`.")]
_Reason = Annotated[str | None, typer.Option("--reason", help="Only questions of this reason.")]
_Source = Annotated[str | None, typer.Option("--source", help="Only questions about records of this source.")]
_Low = Annotated[float | None, typer.Option("--min-weight", help="Only from this weight on.")]
_High = Annotated[float | None, typer.Option("--max-weight", help="Only up to this weight.")]


@app.command("list")
def list_(
    reason: _Reason = None,
    source: _Source = None,
    min_weight: _Low = None,
    max_weight: _High = None,
    oldest: Annotated[bool, typer.Option("--oldest", help="By age instead of weight.")] = False,
    judged: Annotated[bool, typer.Option("--judged", help="The judgements instead of the questions.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50,
    json: JsonOption = False,
) -> None:
    """Open questions by weight or age; with --judged what people have said so far."""
    from hub.reviewing import Wanted, counts, judgements, reviews

    with opened() as hub, hub.warehouse.begin("steward") as connection:
        if judged:
            said = judgements(connection)
        else:
            summed = counts(connection)
            found = reviews(connection, Wanted(reason, source, min_weight, max_weight), by_age=oldest, limit=limit)
    if judged:
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
        return
    if json:
        show_json({"counts": [{"reason": r, "open": n, "oldest": at} for r, n, at in summed], "reviews": found})
        return
    if not summed:
        say("nothing waits for a judgement")
        return
    show_table(("reason", "open", "oldest"), summed)
    say()
    show_table(
        ("id", "reason", "weight", "since", "one record", "the other"),
        [
            (r.review_id, r.reason, "" if r.weight is None else f"{r.weight:.1f}", r.raised_at,
             f"{r.source_id_a}/{r.source_key_a}", f"{r.source_id_b}/{r.source_key_b}") for r in found
        ],
    )  # fmt: skip
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

    with opened() as hub, hub.warehouse.begin("steward") as connection:
        review = reviewing.review_of(connection, review_id)
        records = [(review.source_id_a, review.source_key_a), (review.source_id_b, review.source_key_b)]
        sides = [reviewing.side(connection, record) for record in records]
        weights = reviewing.evidence(connection, review)
        if clear is not None:
            for told, record in zip(sides, records, strict=True):
                told.update(reviewing.clear(connection, record, clear))
    if json:
        show_json({"review": review, "sides": sides, "evidence": weights})
        return
    weight = "" if review.weight is None else f"{review.weight:.1f}"
    show_facts([("id", review.review_id), ("reason", review.reason), ("weight", weight), ("since", review.raised_at)])
    say()
    names = list(dict.fromkeys([*sides[0], *sides[1]]))
    rows = [
        (name, sides[0].get(name), sides[1].get(name), _agree(sides[0].get(name), sides[1].get(name)))
        for name in names
        if sides[0].get(name) is not None or sides[1].get(name) is not None
    ]
    show_table(("field", "one", "the other", ""), rows)
    if weights:
        say()
        ordered = sorted(weights.items(), key=lambda item: -abs(item[1]["weight"]))
        spoken = [
            (name, item["level"], f"{item['weight']:+.1f}", "for" if item["weight"] > 0 else "against")
            for name, item in ordered
        ]
        show_table(("field", "level", "weight", "speaks"), spoken, "what content says (log2 of the odds)")


@app.command("accept")
def accept(
    ids: _Ids = None,
    why: _Why = "",
    by: _By = None,
    reason: _Reason = None,
    source: _Source = None,
    min_weight: _Low = None,
    max_weight: _High = None,
    later: _Later = False,
    json: JsonOption = False,
) -> None:
    """The two records are one dossier: by ids, or all questions that the options name."""
    _judge_reviews(ids, (reason, source, min_weight, max_weight), "same", (why, by), later, json)


@app.command("reject")
def reject(
    ids: _Ids = None,
    why: _Why = "",
    by: _By = None,
    reason: _Reason = None,
    source: _Source = None,
    min_weight: _Low = None,
    max_weight: _High = None,
    later: _Later = False,
    json: JsonOption = False,
) -> None:
    """The two records are two dossiers: by ids, or all questions that the options name."""
    _judge_reviews(ids, (reason, source, min_weight, max_weight), "different", (why, by), later, json)


@app.command("split")
def split(
    number: Annotated[str, typer.Argument(help="Any number of the dossier, or its dossier_id.")],
    record: Annotated[list[str], typer.Option("--record", help="SOURCE/KEY of a record that is another dossier's.")],
    why: _Why = "",
    by: _By = None,
    later: _Later = False,
    json: JsonOption = False,
) -> None:
    """Take records out of a dossier: they are judged different from all that stay."""
    from hub.explaining import find
    from hub.reviewing import Decision, apart

    who = _who(why, by)
    records = [_record(text) for text in record]
    with opened() as hub:
        with hub.warehouse.begin("steward") as connection:
            found = find(connection, number)
            if len(found) != 1:
                raise typer.BadParameter(f"{len(found)} dossiers bear {number}; give the dossier_id")
            pairs = apart(connection, found[0].dossier_id, records)
        _keep(hub, [Decision(one, other, "different", who, why) for one, other in pairs], later, json)


@app.command("undo")
def undo(
    ids: Annotated[list[str], typer.Argument(help="Ids from `hub review list --judged`.")],
    why: _Why = "",
    by: _By = None,
    later: _Later = False,
    json: JsonOption = False,
) -> None:
    """Take judgements back: the machine decides again."""
    from hub.errors import HubError
    from hub.reviewing import Decision, judgements

    who = _who(why, by)
    with opened() as hub:
        with hub.warehouse.begin("steward") as connection:
            said = judgements(connection)
        chosen = []
        for wanted in ids:
            found = [j for j in said if j.review_id.startswith(wanted.lower()) and j.verdict != "undone"]
            if len(found) != 1:
                raise HubError(f"{len(found)} judgements in force begin with {wanted}", "`hub review list --judged`")
            one, other = (found[0].source_id_a, found[0].source_key_a), (found[0].source_id_b, found[0].source_key_b)
            chosen.append(Decision(one, other, "undone", who, why))
        _keep(hub, chosen, later, json)


@app.command("apply")
def apply(
    file: Annotated[Path, typer.Argument(help="CSV: review or source_a,key_a,source_b,key_b; verdict; why; by.")],
    by: _By = None,
    later: _Later = False,
    json: JsonOption = False,
) -> None:
    """Keep all decisions of a file, or none when one of them is wrong."""
    from hub.deciding import decisions_of

    with opened() as hub:
        with hub.warehouse.begin("steward") as connection:
            decisions = decisions_of(connection, file, by or getpass.getuser())
        _keep(hub, decisions, later, json)


def _judge_reviews(
    ids: Sequence[str] | None,
    chosen: tuple[Any, ...],
    verdict: str,
    said: tuple[str, str | None],
    later: bool,
    json: bool,
) -> None:
    from hub.reviewing import Decision, Wanted, review_of, reviews

    by_rule = any(value is not None for value in chosen)
    if bool(ids) == by_rule:
        raise typer.BadParameter("say which: ids, or --reason, --source, --min-weight, --max-weight")
    who = _who(*said)
    with opened() as hub:
        with hub.warehouse.begin("steward") as connection:
            found = [review_of(connection, i) for i in ids] if ids else reviews(connection, Wanted(*chosen))
        decisions = [
            Decision((r.source_id_a, r.source_key_a), (r.source_id_b, r.source_key_b), verdict, who, said[0])
            for r in found
        ]
        _keep(hub, decisions, later, json)


def _keep(hub: Hub, decisions: Sequence[Decision], later: bool, json: bool) -> None:
    """Keep decisions and, unless told otherwise, let core and mart follow."""
    from hub.reviewing import judge

    with hub.warehouse.begin("steward") as connection:
        kept = judge(connection, decisions, hub.settings.now())
    done = None
    if kept and not later:
        done = hub.reconcile()
        hub.refresh()
    if json:
        show_json({"judgements": kept, "core": done})
        return
    say(
        f"{kept:,} judgements kept" + (f", {len(decisions) - kept:,} said nothing new" if kept < len(decisions) else "")
    )
    if done is not None:
        say(
            f"core: {done.written:,} dossiers written, {done.gone:,} merged away, {done.reviews:,} questions left there"
        )


def _who(why: str, by: str | None) -> str:
    if not why.strip():
        raise typer.BadParameter("--why: a judgement is kept with its reason")
    return by or getpass.getuser()


def _record(text: str) -> tuple[str, str]:
    source, slash, key = text.partition("/")
    if not slash or not key:
        raise typer.BadParameter(f"--record {text}: write SOURCE/KEY")
    return source, key


def _agree(one: object, other: object) -> str:
    if one is None or other is None:
        return ""
    return "=" if one == other else "≠"
