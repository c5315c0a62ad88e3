"""Keyed hashes are those of the standard, whatever is kept between two of them."""

from __future__ import annotations

import hmac

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.standardise.protect import HASH_BYTES, Hasher


@settings(deadline=None)
@given(st.binary(min_size=1, max_size=200), st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=5))
def test_an_identity_is_the_beginning_of_its_hmac(key: bytes, texts: list[str]) -> None:
    expected = [hmac.digest(key, text.encode(), "sha256")[:HASH_BYTES] for text in texts]
    assert Hasher(key, 1).identities(pl.Series(texts, dtype=pl.String)).to_list() == expected
