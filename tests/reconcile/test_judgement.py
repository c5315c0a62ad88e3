"""What people say of two records: it outranks numbers, outlives every rebuild, and is asked again, not overruled."""

from __future__ import annotations

import pytest

from hub.errors import HubError
from hub.reviewing import Decision, Wanted, apart, judge, judgements, review_of, reviews
from tests.mart.rows import at
from tests.reconcile.rows import NOW, Province

P, N, D = "portal", "national", "district-380"
A, B, C = "000.00.31.H56-220915-0001", "000.00.31.H56-220915-0002", "000.00.31.H56-220915-0003"
BIRTH = {"procedure_code": "1.001193", "applicant_id_hash": b"a" * 16}
LAND = {"procedure_code": "1.012817", "applicant_id_hash": b"b" * 16, "received_at": "2022-11-20 08:00"}


def said(province: Province, verdict: str, *records: tuple[str, str], why: str = "đã gọi điện hỏi") -> int:
    """Judge a pair as a steward; how many judgements were kept."""
    with province.warehouse.begin("steward") as connection:
        return judge(connection, [Decision(records[0], records[1], verdict, "an", why)], at(NOW))


def asked(province: Province) -> list[tuple[str, str, str]]:
    return province.rows("select source_key_a, source_key_b, reason from core.review order by 1, 2")


def group(*records: tuple[str, str]) -> frozenset[tuple[str, str]]:
    return frozenset(records)


def rules(province: Province) -> set[str]:
    return {row[0] for row in province.rows("select rule from core.dossier_source")}


def test_two_records_without_anything_in_common_become_one_and_part_again(province: Province) -> None:
    province.dossier(P, A, **BIRTH)
    province.dossier(N, B, **LAND)
    province.reconcile()
    first, second = province.id_of(P, A), province.id_of(N, B)
    assert said(province, "same", (P, A), (N, B)) == 1
    assert province.reconcile().dossiers == 1
    assert (province.groups(), rules(province)) == ({group((P, A), (N, B))}, {"judgement"})
    assert province.rows("select from_dossier_id, to_dossier_id from core.dossier_redirect") == [
        (max(first, second), min(first, second))
    ]
    assert said(province, "undone", (N, B), (P, A)) == 1
    province.reconcile()
    assert province.groups() == {group((P, A)), group((N, B))}
    assert min(first, second) in (province.id_of(P, A), province.id_of(N, B))


def test_one_number_may_be_two_dossiers(province: Province) -> None:
    province.dossier(P, A, **BIRTH)
    province.dossier(N, A, **BIRTH)
    province.reconcile()
    said(province, "different", (P, A), (N, A))
    province.reconcile()
    assert province.groups() == {group((P, A)), group((N, A))}
    assert asked(province) == [], "the machine said so before the judgement: nothing new"


def test_a_collision_may_be_one_dossier(province: Province) -> None:
    province.dossier(P, A, **BIRTH)
    province.dossier(N, A, **LAND)
    assert province.reconcile().reviews == 1
    said(province, "same", (P, A), (N, A))
    province.reconcile()
    assert (province.groups(), asked(province)) == ({group((P, A), (N, A))}, [])


def test_new_evidence_against_a_judgement_is_asked_about_and_does_not_overrule(province: Province) -> None:
    province.dossier(P, A, **BIRTH)
    province.dossier(N, B, **BIRTH)
    province.reconcile()
    said(province, "different", (P, A), (N, B))
    province.reconcile()
    assert asked(province) == []
    province.dossier(N, B, **BIRTH, alt_dossier_no=A)
    province.reconcile()
    assert province.groups() == {group((P, A)), group((N, B))}
    assert asked(province) == [(B, A, "judgement_contradicted")]
    province.dossier(N, B, **BIRTH)
    province.reconcile()
    assert asked(province) == [], "the evidence is gone"


def test_judgements_that_disagree_are_asked_about(province: Province) -> None:
    for source, key in ((P, A), (N, B), (D, C)):
        province.dossier(source, key)
    province.reconcile()
    said(province, "same", (P, A), (N, B))
    said(province, "same", (N, B), (D, C))
    said(province, "different", (P, A), (D, C))
    province.reconcile()
    assert len(province.groups()) == 2
    assert [reason for *_, reason in asked(province)] == ["judgements_disagree"]


@pytest.mark.parametrize("verdict", ["same", "different"])
def test_a_judgement_survives_a_rebuild(province: Province, verdict: str) -> None:
    province.dossier(P, A, **BIRTH)
    province.dossier(N, A if verdict == "different" else B, **BIRTH)
    batches = province.load()
    province.reconcile()
    said(province, verdict, (P, A), (N, A if verdict == "different" else B))
    province.reconcile()
    before = (province.groups(), province.id_of(P, A), rules(province))
    with province.warehouse.begin() as connection:
        connection.execute(
            "truncate core.dossier, core.dossier_number, core.review, core.conflict, core.match_evidence"
        )
    province.again(batches)
    assert (province.groups(), province.id_of(P, A), rules(province)) == before


def test_a_judgement_is_heard_with_records_that_come_later(province: Province) -> None:
    province.dossier(P, A)
    province.dossier(N, B)
    province.load()
    assert said(province, "same", (P, A), (N, B)) == 1, "std holds both; core has seen neither"
    province.reconcile()
    assert province.groups() == {group((P, A), (N, B))}
    assert province.reconcile().records == 0


def test_the_same_word_twice_is_kept_once_and_a_wrong_record_keeps_nothing(province: Province) -> None:
    province.dossier(P, A)
    province.dossier(N, B)
    province.reconcile()
    assert [said(province, v, (P, A), (N, B)) for v in ("undone", "same", "same", "different")] == [0, 1, 0, 1]
    with pytest.raises(HubError, match="there is no record lạ of source portal"):
        said(province, "same", (P, "lạ"), (N, B))
    with province.warehouse.begin("steward") as connection:
        (last,) = judgements(connection)
    assert (last.verdict, last.heard, last.judged_by, last.reason) == ("different", False, "an", "đã gọi điện hỏi")


def test_a_split_parts_a_record_from_all_that_stay(province: Province) -> None:
    for source in (P, N, D):
        province.dossier(source, A)
    province.reconcile()
    old = province.id_of(P, A)
    with province.warehouse.begin("steward") as connection:
        pairs = apart(connection, old, [(N, A)])
        judge(connection, [Decision(a, b, "different", "an", "hai người trùng tên") for a, b in pairs], at(NOW))
        with pytest.raises(HubError, match="nothing would stay"):
            apart(connection, old, [(P, A), (N, A), (D, A)])
        with pytest.raises(HubError, match="is not of dossier"):
            apart(connection, old, [(N, B)])
    province.reconcile()
    assert province.groups() == {group((P, A), (D, A)), group((N, A))}
    assert province.id_of(P, A) == old != province.id_of(N, A)


def test_questions_are_found_by_a_name_that_a_rebuild_does_not_change(province: Province) -> None:
    province.dossier(P, A, **BIRTH)
    province.dossier(N, A, **LAND)
    batches = province.load()
    province.reconcile()
    with province.warehouse.begin("steward") as connection:
        (found,) = reviews(connection, Wanted(reason="number_collision", source=P))
        assert reviews(connection, Wanted(source=D)) == reviews(connection, Wanted(min_weight=0)) == []
        assert review_of(connection, found.review_id[:6]) == found
        with pytest.raises(HubError, match="no open review"):
            review_of(connection, "ffffffffff")
    province.again(batches)
    with province.warehouse.begin("steward") as connection:
        assert [r.review_id for r in reviews(connection, Wanted(), by_age=True)] == [found.review_id]
