"""Which dossier a record belongs to, and that a dossier keeps its id through merging, splitting and rebuilding."""

from __future__ import annotations

from typing import Any

from hub.rebuilding import derived_tables
from tests.reconcile.rows import Province

A, B, C = "000.00.31.H56-220915-0001", "000.00.31.H56-220915-0002", "000.00.31.H56-220915-0003"
P, N, D = "portal", "national", "district-380"


def group(*records: tuple[str, str]) -> frozenset[tuple[str, str]]:
    return frozenset(records)


def test_a_record_alone_is_a_dossier(province: Province) -> None:
    province.dossier(P, A)
    province.dossier(N, B)
    done = province.reconcile()
    assert (done.batches, done.records, done.dossiers, done.written, done.gone, done.reviews) == (2, 2, 2, 2, 0, 0)
    assert province.groups() == {group((P, A)), group((N, B))}
    assert province.rows("select distinct rule, weight from core.dossier_source") == [("alone", 1.0)]


def test_references_join_both_ways_and_over_runs(province: Province) -> None:
    province.dossier(P, A, alt_dossier_no=B)
    province.dossier(N, B)
    province.reconcile()
    province.dossier(D, C, alt_dossier_no=A)
    province.reconcile()
    assert province.groups() == {group((P, A), (N, B), (D, C))}
    rules = province.rows("select distinct rule, round(weight::numeric, 2) from core.dossier_source")
    assert [(rule, float(weight)) for rule, weight in rules] == [("reference", 0.95)]
    assert province.golden(P, A)["source_count"] == 3


def test_numbers_of_a_clerks_own_counting_are_unique_within_source_agency_and_year(province: Province) -> None:
    own: dict[str, Any] = {"dossier_no": "15/HS", "number_form": "legacy", "receiving_agency_code": "H56.31.1"}
    province.dossier(D, "1", **own)
    province.dossier(D, "2", **own, set_count=2)
    province.dossier(D, "3", **own | {"received_at": "2021-12-31 23:59"})
    province.dossier(D, "4", **own | {"receiving_agency_code": "H56.31.2"})
    province.dossier("district-381", "5", **own)
    province.reconcile()
    alone = {group((D, "3")), group((D, "4")), group(("district-381", "5"))}
    assert province.groups() == {group((D, "1"), (D, "2")), *alone}


def test_receipt_numbers_are_unique_within_agency_and_year(province: Province) -> None:
    receipt = {"receipt_no": "77", "receiving_agency_code": "H56.31.1"}
    province.dossier(P, A, **receipt)
    province.dossier(N, B, **receipt)
    province.dossier(D, C, **receipt | {"received_at": "2023-01-01 00:00"})
    province.reconcile()
    assert province.groups() == {group((P, A), (N, B)), group((D, C))}


def test_late_evidence_merges_into_the_older_dossier_and_leaves_a_redirect(province: Province) -> None:
    province.dossier(P, A)
    province.reconcile()
    province.dossier(N, B)
    province.reconcile()
    older, younger = province.id_of(P, A), province.id_of(N, B)
    province.dossier(N, B, alt_dossier_no=A)
    done = province.reconcile("2022-10-02 06:00")
    assert (done.gone, done.written) == (1, 1)
    assert province.groups() == {group((P, A), (N, B))}
    assert province.id_of(N, B) == older < younger
    redirects = province.rows("select from_dossier_id, to_dossier_id, reason from core.dossier_redirect")
    assert redirects == [(younger, older, "merged")]
    closed = province.rows("select recorded_to::text from core.dossier_history where dossier_id = %s", younger)
    assert closed == [("2022-10-02 06:00:00+07",)]
    assert {row[0] for row in province.rows("select dossier_id from core.dossier_number")} == {older}


def test_redirects_stay_one_hop(province: Province) -> None:
    for key in (A, B, C):
        province.dossier(P, key)
        province.reconcile()
    first, second, third = (province.id_of(P, key) for key in (A, B, C))
    province.dossier(P, C, alt_dossier_no=B)
    province.reconcile()
    province.dossier(P, B, alt_dossier_no=A)
    province.reconcile()
    redirects = province.rows("select from_dossier_id, to_dossier_id from core.dossier_redirect order by 1")
    assert redirects == [(second, first), (third, first)]
    assert len(province.groups()) == 1


def test_a_corrected_number_splits_a_dossier(province: Province) -> None:
    province.dossier(P, A)
    province.child(P, "fee", "phí", A, amount=8000)
    province.dossier(N, B, alt_dossier_no=A)
    province.child(N, "step", "bước", B, step_at="2022-09-15 08:00")
    province.reconcile()
    together = province.id_of(P, A)
    assert province.children(P, A, "step") == [(N, "bước")]
    province.dossier(N, B, alt_dossier_no=C)
    assert province.reconcile().written == 2
    assert province.groups() == {group((P, A)), group((N, B))}
    assert together in (province.id_of(P, A), province.id_of(N, B))
    assert province.children(P, A, "step") == []
    assert province.children(N, B, "step") == [(N, "bước")]
    assert province.children(N, B, "fee") == []
    assert {row[0] for row in province.rows("select rule from core.dossier_source")} == {"alone"}
    assert province.rows("select dossier_id from core.dossier_number where number = %s", A) == [(province.id_of(P, A),)]


def test_the_larger_part_keeps_the_id(province: Province) -> None:
    province.dossier(P, A)
    province.dossier(N, B, alt_dossier_no=A)
    province.dossier(D, C, alt_dossier_no=B)
    province.reconcile()
    together = province.id_of(P, A)
    province.dossier(N, B)
    province.reconcile()
    assert province.groups() == {group((P, A)), group((N, B), (D, C))}
    assert province.id_of(N, B) == together < province.id_of(P, A)


FIRST = {"procedure_code": "1.001193", "applicant_id_hash": b"a" * 16}
OTHER = {"procedure_code": "1.012817", "applicant_id_hash": b"b" * 16, "received_at": "2022-11-20 08:00"}


def test_a_number_given_twice_is_two_dossiers_and_a_question(province: Province) -> None:
    province.dossier(P, A, **FIRST)
    province.reconcile()
    province.dossier(N, A, **OTHER)
    assert province.reconcile("2022-12-01 06:00").reviews == 1
    assert province.groups() == {group((P, A)), group((N, A))}
    question = ("national", A, "portal", A, "number_collision", "2022-12-01 06:00:00+07")
    asked = "select source_id_a, source_key_a, source_id_b, source_key_b, reason, raised_at::text from core.review"
    assert province.rows(asked) == [question]
    province.dossier(P, A, **FIRST, status=9)
    province.reconcile("2022-12-02 06:00")
    assert province.rows(asked) == [question], "asked once, and not again"
    province.dossier(N, A, **OTHER | FIRST)
    province.reconcile("2022-12-03 06:00")
    assert province.groups() == {group((P, A), (N, A))}
    assert province.rows(asked) == [], "nothing is left to ask"


def test_an_applicant_without_identity_is_told_apart_by_name(province: Province) -> None:
    province.dossier(P, A, procedure_code="1.001193", applicant_name_hash=b"a" * 16)
    province.dossier(N, A, **OTHER | {"applicant_id_hash": None, "applicant_name_hash": b"b" * 16})
    assert province.reconcile().reviews == 1


def test_a_rebuild_keeps_every_id_and_adds_no_history(province: Province) -> None:
    province.dossier(P, A)
    province.reconcile()
    province.dossier(N, B)
    province.dossier(D, C, **OTHER)
    province.reconcile()
    province.dossier(N, B, alt_dossier_no=A)
    first = province.load()
    province.reconcile()
    map_ = "select source_id, source_key, dossier_id, rule from core.dossier_source order by 1, 2"
    kept = (map_, "select h::text from core.dossier_history h order by 1", "select * from core.dossier_redirect")
    derived = ("select * from core.dossier order by 1", "select * from core.dossier_number order by 1, 2, 3, 4")
    before = {query: province.rows(query) for query in (*kept, *derived)}
    emptied = [name for name in derived_tables() if name.startswith("core.")]
    with province.warehouse.begin() as connection:
        connection.execute(f"truncate {', '.join(emptied)}".encode())
    assert province.rows(derived[0]) == []
    batches = [row[0] for row in province.rows("select batch_id from ops.batch")]
    assert first[0] in batches
    province.again(batches, "2023-01-01 06:00")
    assert {query: province.rows(query) for query in before} == before
