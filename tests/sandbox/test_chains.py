"""Chains of the simulated province: who continues whom, and that a site tells it."""

from __future__ import annotations

from datetime import date, timedelta

from hub.sandbox.chains import LINK_SCHEMA, Chains
from hub.sandbox.dossier import Life
from hub.sandbox.lives import Nature
from hub.sandbox.mischief import switches_of
from hub.sandbox.places import Places, WorkingDays

FIRST = date(2022, 6, 1)


def lives(share: float) -> tuple[dict[int, Life], Chains]:
    """A thousand lives of some weeks, chained where they can be."""
    work = WorkingDays(FIRST - timedelta(days=10), FIRST + timedelta(days=600))
    nature = Nature(1, switches_of("clean"), Places(1, FIRST), work)
    chains = Chains(1, share, lambda life: True)
    made = (nature.live(n, FIRST + timedelta(days=n % 100)) for n in range(1000))
    return {life.ordinal: chains.follow(life) for life in made}, chains


def test_the_next_leg_belongs_to_the_district_above_and_comes_after() -> None:
    by_id, chains = lives(1.0)
    assert len(chains.links) > 20
    for true_id, next_true_id in chains.links:
        origin, leg = by_id[true_id], by_id[next_true_id]
        assert (origin.agency.level, leg.agency.level) == ("commune", "district")
        assert origin.agency.code.split(".")[2] == leg.agency.code.split(".")[2]
        assert origin.finished_at is not None
        assert origin.finished_at < leg.submitted_at
        assert (leg.origin_number, leg.applicant) == (origin.number, origin.applicant)
    origins = [true_id for true_id, _ in chains.links]
    assert len(set(origins)) == len(origins)
    assert chains.frame().schema == LINK_SCHEMA
    assert {life.ordinal for life in by_id.values() if life.origin_number} == {leg for _, leg in chains.links}


def test_without_a_share_nothing_is_other_than_before() -> None:
    by_id, chains = lives(0.0)
    assert chains.links == []
    assert not any(life.origin_number for life in by_id.values())
    again, _ = lives(0.0)
    assert again == by_id
