"""The catalogue is whole: at least forty kinds over all families, each with its words, none struck without an entry."""

from __future__ import annotations

import re

import pytest

from tests.faults.catalogue import families, kinds, place
from tests.faults.strikes_files import PACKAGE_FAULTS, REGISTER_FAULTS
from tests.faults.strikes_odbc import MARIADB, POSTGRES, SQLITE
from tests.faults.strikes_rest import STRIKES
from tests.faults.told import Account

BY_FAMILY = {
    "rest": set(STRIKES),
    "odbc": {*POSTGRES, *MARIADB, *SQLITE},
    "files": {*PACKAGE_FAULTS, *REGISTER_FAULTS},
}


def test_there_are_at_least_forty_kinds_over_all_families() -> None:
    assert set(families()) == {"rest", "odbc", "files", "hub"}
    assert sum(map(len, families().values())) == len(kinds()) >= 40


@pytest.mark.parametrize("family", BY_FAMILY)
def test_whatever_strikes_a_system_is_in_the_catalogue_with_the_words_that_must_be_said(family: str) -> None:
    assert BY_FAMILY[family] <= set(families()[family])
    assert all(kinds()[name].noticed for name in BY_FAMILY[family])


def test_each_kind_says_what_is_done_and_what_heals_it() -> None:
    for name, kind in kinds().items():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) and kind.done and kind.healed
        re.compile(kind.noticed)


def test_a_name_that_the_catalogue_does_not_have_is_told() -> None:
    with pytest.raises(KeyError, match="strange is no kind of fault"):
        place("strange")


@pytest.mark.parametrize("counts", [(0, 0, 0, 0), (2, 1, 2, 0), (2, 2, 1, 0), (2, 2, 2, 1)])
def test_a_fault_that_was_not_made_good_fails(counts: tuple[int, int, int, int]) -> None:
    with pytest.raises(AssertionError):
        Account("hang", *counts).judge()


def test_the_line_of_a_kind_has_one_form() -> None:
    account = Account("hang", 3, 3, 3, 0)
    account.judge()
    assert str(account) == "fault hang injected 3 noticed 3 healed 3 lost 0"
