"""Personal data made comparable without being readable: keyed hashes and masked forms.

Here: the hasher and the masks. Not here: normalising (equal persons must be equal texts before they come here) and
the vault. Law 91/2025/QH15 on personal data asks for the minimum: outside the vault a hash joins and a mask helps
an official to recognise, neither can be turned back without the key.
Identities are HMAC-SHA256 cut to 128 bits: with a secret key nobody can try values, and among the hub's at most
some 10^8 values two different ones meet with a chance below 10^-22, at half the index size of the full hash.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable

import polars as pl

HASH_BYTES = 16
_BLOCK_BYTES = 64  # of SHA-256
_SHOWN_WHOLE = 12  # from this length on, three leading and four trailing characters identify nobody


class Hasher:
    """Hashes under one key; `key_id` says which, so that a later key can be told from it."""

    def __init__(self, key: bytes, key_id: int) -> None:
        self.key_id = key_id
        block = hashlib.sha256(key).digest() if len(key) > _BLOCK_BYTES else key
        self._inner, self._outer = (
            hashlib.sha256(bytes(byte ^ pad for byte in block.ljust(_BLOCK_BYTES, b"\0"))) for pad in (0x36, 0x5C)
        )
        self._content = hashlib.blake2b(key=hashlib.sha256(key).digest(), digest_size=HASH_BYTES)

    def __repr__(self) -> str:
        return f"Hasher(key_id={self.key_id})"

    def identities(self, values: pl.Series) -> pl.Series:
        """Text -> 16 bytes of HMAC-SHA256, a repeated text hashed once; null stays null."""
        return _by_distinct(values, self.identity)

    def identity(self, value: str) -> bytes:
        """One text -> 16 bytes of HMAC-SHA256 (RFC 2104), from kept states: `hmac` makes them anew each time."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(value.encode())
        outer.update(inner.digest())
        return outer.digest()[:HASH_BYTES]

    def contents(self, values: pl.Series) -> pl.Series:
        """Text -> 16 bytes of keyed BLAKE2b: whether clear text has changed, not who it is; null stays null."""
        return _by_distinct(values, self._content_of)

    def _content_of(self, value: str) -> bytes:
        state = self._content.copy()
        state.update(value.encode())
        return state.digest()


def content_hashes(values: Iterable[str]) -> pl.Series:
    """Text without personal secrets to keep -> 16 bytes of BLAKE2b."""
    hashes = [hashlib.blake2b(value.encode(), digest_size=HASH_BYTES).digest() for value in values]
    return pl.Series(hashes, dtype=pl.Binary)


def masked_identities(values: pl.Series) -> pl.Series:
    """`038123451234` -> `038*****1234`; shorter numbers show less, those under 8 nothing."""
    length = values.str.len_chars()
    masked = pl.when(length >= _SHOWN_WHOLE).then(_masked(3, 4)).when(length >= 8).then(_masked(2, 3))
    return pl.DataFrame([values.alias("v")]).select(masked.otherwise(pl.col("v").str.replace_all(".", "*")))["v"]


def masked_names(values: pl.Series) -> pl.Series:
    """`Nguyễn Văn An` -> `N.V.A.`"""
    return values.str.replace_all(r"(\S)\S*\s*", "$1.").str.to_uppercase()


def _masked(left: int, right: int) -> pl.Expr:
    v = pl.col("v")
    stars = v.str.slice(left, v.str.len_chars() - left - right).str.replace_all(".", "*")
    return pl.concat_str(v.str.head(left), stars, v.str.tail(right))


def _by_distinct(values: pl.Series, hash_: Callable[[str], bytes]) -> pl.Series:
    distinct = values.drop_nulls().unique()
    if len(distinct) * 2 > len(values):  # nearly all differ: looking each up would cost as much as hashing it
        hashes = [None if text is None else hash_(text) for text in values.to_list()]
    else:
        known: dict[str | None, bytes] = {text: hash_(text) for text in distinct.to_list()}
        hashes = [known.get(text) for text in values.to_list()]
    return pl.Series(values.name, hashes, dtype=pl.Binary)
