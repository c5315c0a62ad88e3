"""`hub review` as people use it: look, judge by id, by rule and by a file, undo, split; wrong input keeps nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Command
from tests.province.conftest import Province

PAIR = """select a.source_id, a.source_key, b.source_id, b.source_key
          from core.dossier_source a join core.dossier_source b on a.dossier_id <> b.dossier_id
          where a.source_id = 'portal' and b.source_id = 'national' and a.rule = 'alone' and b.rule = 'alone' limit 1"""


def rows(province: Province, query: str) -> list[Any]:
    opened = province.open()
    with opened.warehouse.begin("steward") as connection:
        found = connection.execute(query.encode()).fetchall()
    opened.close()
    return found


@pytest.fixture
def pair(province: Province) -> list[str]:
    """Two records of two dossiers: source, key, source, key."""
    return list(rows(province, PAIR)[0])


def judged(hub: Command) -> list[tuple[str, str]]:
    return [(j["review_id"], j["verdict"]) for j in hub("review", "list", "--judged", "--json").json]


def test_a_file_of_decisions_and_back(hub: Command, pair: list[str], tmp_path: Path) -> None:
    decisions = tmp_path / "quyet dinh.csv"
    head = "source_a,key_a,source_b,key_b,verdict,why"
    decisions.write_text(f"{head}\n{','.join(pair)},same,đã đối chiếu bản giấy\n", encoding="utf-8")
    done = hub("review", "apply", str(decisions), "--by", "Lê Thị Steward", "--json").json
    assert (done["judgements"], done["core"]["gone"]) == (1, 1)
    ((review_id, verdict),) = judged(hub)
    assert verdict == "same"
    again = hub("review", "apply", str(decisions))
    assert "0 judgements kept, 1 said nothing new" in again.out
    listed = hub("review", "list", "--judged").out
    assert "Lê Thị Steward" in listed
    assert "đã đối chiếu bản giấy" in listed
    assert hub("review", "undo", review_id[:6], "--why", "nhầm số", "--json").json["judgements"] == 1
    assert judged(hub) == [(review_id, "undone")]


def test_split_and_undo(hub: Command, province: Province) -> None:
    ((dossier,),) = rows(province, "select dossier_id from core.dossier where source_count = 2 order by 1 limit 1")
    members = f"select source_id || '/' || source_key from core.dossier_source where dossier_id = {dossier} order by 1"
    (first,), (other,) = rows(province, members)
    done = hub("review", "split", str(dossier), "--record", first, "--why", "hai người", "--json").json
    assert (done["judgements"], done["core"]["dossiers"]) == (1, 2)
    parted = "select count(distinct dossier_id) from core.dossier_source where source_id || '/' || source_key in "
    assert rows(province, f"{parted} ('{first}', '{other}')") == [(2,)]
    (review_id,) = [i for i, verdict in judged(hub) if verdict == "different"]
    hub("review", "undo", review_id, "--why", "đúng là một")
    assert rows(province, f"{parted} ('{first}', '{other}')") == [(1,)]


def test_a_question_is_listed_shown_written_and_answered(hub: Command, province: Province, tmp_path: Path) -> None:
    """Three words that cannot all be true are a question, until one of them is taken back."""
    alone = "select source_id, source_key from core.dossier_source where rule = 'alone' order by 1, 2 limit 3"
    a, b, c = ((source, key) for source, key in rows(province, alone))
    decisions = tmp_path / "ba.csv"
    lines = [(a, b, "accept"), (b, c, "same"), (a, c, "reject")]
    text = "".join(f"{','.join((*one, *other))},{verdict}\n" for one, other, verdict in lines)
    decisions.write_text(f"source_a,key_a,source_b,key_b,verdict\n{text}", encoding="utf-8")
    hub("review", "apply", str(decisions)).refused("why is missing")
    assert hub("review", "apply", str(decisions), "--why", "theo sổ").out.startswith("3 judgements kept")
    (asked,) = hub("review", "list", "--oldest", "--json").json["reviews"]
    assert asked["reason"] == "judgements_disagree"
    assert "1 questions wait for a judgement" in hub("status").out
    assert [question["open"] for question in hub("status", "--json").json["questions"]] == [1]
    shown = hub("review", "show", asked["review_id"])
    assert ": theo sổ" in shown.out
    assert "speaks for and against" in shown.out
    sheet = tmp_path / "nghi vấn.xlsx"
    assert "1 questions" in hub("review", "list", "--out", str(sheet)).out
    assert "0 judgements kept, 1 rows left open" in hub("review", "apply", str(sheet)).out
    hub("review", "list", "--out", str(tmp_path / "nghi vấn.pdf")).refused("neither .csv nor .xlsx")
    ids = [review_id for review_id, verdict in judged(hub) if verdict != "undone"]
    assert hub("review", "undo", *ids, "--why", "thử").code == 0
    assert hub("review", "list", "--json").json["reviews"] == []
    assert rows(province, alone) == [a, b, c]


WRONG = {
    "no such column": ("source_a,khoá\n", "line 1", "no column is named 'khoá'"),
    "no verdict": ("review,why\nabc,x\n", "line 1", "verdict is missing"),
    "a reason alone": ("review,verdict,why\nabc,,x\n", "line 2, verdict", "one of same"),
    "another's id": ("review,{head},verdict,why\nabc,{pair},same,x\n", "line 2, review", "not the question between"),
    "a pair judged twice": (
        "{head},verdict,why\n{pair},same,x\n\n{turned},reject,y\n",
        "judged both same and different",
    ),
    "a split of a pair": ("{head},verdict,why\n{pair},split,x\n", "line 2, verdict", "split names one record"),
    "a split of the only record": (
        "source_a,key_a,verdict,why\n{0},split,x\n",
        "nothing would stay",
    ),
    "a verdict that nobody knows": ("review,verdict,why\nabc,sam,x\n", "line 2, verdict", "same"),
    "no reason": ("review,verdict,why\nabc,same,\n", "line 2, why", "is empty"),
    "a review that is settled": ("review,verdict,why\n0000000000,same,x\n", "line 2, review", "no open review"),
    "half a pair": ("source_a,key_a,source_b,key_b,verdict,why\nportal,1,,,same,x\n", "line 2, source_b", "is empty"),
    "an unknown record": ("source_a,key_a,source_b,key_b,verdict,why\nportal,1,portal,2,same,x\n", "no record 1"),
    "the same record": ("source_a,key_a,source_b,key_b,verdict,why\n{0},{0},same,x\n", "a pair has two records"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_file_keeps_nothing(hub: Command, pair: list[str], tmp_path: Path, case: str) -> None:
    text, *words = WRONG[case]
    before = judged(hub)
    decisions = tmp_path / "sai.csv"
    names = {"head": "source_a,key_a,source_b,key_b", "pair": ",".join(pair), "turned": ",".join(pair[2:] + pair[:2])}
    decisions.write_text(text.format(",".join(pair[:2]), **names), encoding="utf-8")
    hub("review", "apply", str(decisions)).refused(*words)
    assert judged(hub) == before


def test_what_is_asked_wrongly(hub: Command) -> None:
    for arguments in (["accept"], ["accept", "abc"], ["reject", "abc", "--reason", "doubtful", "--why", "x"]):
        ended = hub("review", *arguments)
        assert ended.code == 2, ended
    hub("review", "show", "ffffffffff").refused("no open review")
    assert "nothing" in hub("review", "list").out or "open" in hub("review", "list").out
