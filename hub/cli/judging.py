"""`hub review accept`, `reject`, `split`, `undo`, `apply`: what people say of pairs of records, kept and heard.

Here: the commands that judge. Not here: looking (`review.py`), what a file means (`hub/deciding.py`). A judgement is
kept with who and why; core and mart follow at once, unless told to wait for the next run.
"""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli.opening import opened
from hub.cli.output import JsonOption, say, show_json
from hub.errors import HubError

if TYPE_CHECKING:
    from hub.application import Hub
    from hub.reviewing import Decision

_Ids = Annotated[list[str] | None, typer.Argument(help="Ids from `hub review list` (their beginning is enough).")]
_Why = Annotated[str, typer.Option("--why", help="The reason, kept with the judgement.")]
_By = Annotated[str | None, typer.Option("--by", help="Who judges; the account of this machine by default.")]
_Later = Annotated[bool, typer.Option("--later", help="Leave core and mart to the next `hub run`.")]
_Reason = Annotated[str | None, typer.Option("--reason", help="Only questions of this reason.")]
_Source = Annotated[str | None, typer.Option("--source", help="Only questions about records of this source.")]
_Low = Annotated[float | None, typer.Option("--min-weight", help="Only from this weight on.")]
_High = Annotated[float | None, typer.Option("--max-weight", help="Only up to this weight.")]


def register(app: typer.Typer) -> None:
    """Put the judging commands into the group `review`."""
    for command in (accept, reject, split, undo, apply):
        app.command(command.__name__)(command)


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


def undo(
    ids: Annotated[list[str], typer.Argument(help="Ids from `hub review list --judged`.")],
    why: _Why = "",
    by: _By = None,
    later: _Later = False,
    json: JsonOption = False,
) -> None:
    """Take judgements back: the machine decides again."""
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


def apply(
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV or XLSX, as `hub review list --out` writes it or with the columns review (or source_a, key_a, "
            "source_b, key_b), verdict, why, by."
        ),
    ],
    why: Annotated[str, typer.Option("--why", help="The reason where a row has none of its own.")] = "",
    by: _By = None,
    later: _Later = False,
    json: JsonOption = False,
) -> None:
    """Keep all decisions of a file, or none when one of them is wrong; rows without a verdict stay open."""
    from hub.deciding import decisions_of

    with opened() as hub:
        with hub.warehouse.begin("steward") as connection:
            decided = decisions_of(connection, file, by or getpass.getuser(), why.strip())
        _keep(hub, decided.decisions, later, json, decided.left_open)


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


def _keep(hub: Hub, decisions: Sequence[Decision], later: bool, json: bool, left_open: int = 0) -> None:
    """Keep decisions and, unless told otherwise, let core and mart follow."""
    from hub.reviewing import judge

    with hub.warehouse.begin("steward") as connection:
        kept = judge(connection, decisions, hub.settings.now())
    done = None
    if kept and not later:
        done = hub.reconcile()
        hub.refresh()
    if json:
        show_json({"judgements": kept, "left_open": left_open, "core": done})
        return
    told = [f"{kept:,} judgements kept"]
    if kept < len(decisions):
        told.append(f"{len(decisions) - kept:,} said nothing new")
    if left_open:
        told.append(f"{left_open:,} rows left open")
    say(", ".join(told))
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
