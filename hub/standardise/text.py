"""Text as people meant it: NFC, clean spaces, and Vietnamese out of the fonts of before Unicode.

Here: cleaning, and reading TCVN3 and VNI. Not here: codes, dates, names as identities.
TCVN3 (TCVN 5712:1993) and VNI text looks like cp1252 letters (`Nguyễn` is `NguyÔn` or `Nguyeãn`). A source that
is declared in one of them is always converted. In a mixed source a value is converted only when it shows what
Vietnamese in Unicode never shows: a letter of the old tables that no Vietnamese word has, beside a Latin letter,
or a toned letter directly after a or e (`aê`), and no letter that only Unicode has (`ễ`, `đ`, `ơ`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

# Outside these ranges a text may change under NFC; inside, nothing can.
_MAY_COMPOSE = r"[^\x00-\x{2ff}\x{1ea0}-\x{1ef9}\x{2010}-\x{2027}]"
# Zero-width space and byte order mark come along when text is pasted; no trimming of white space removes them.
_SPACES = r"[\s\x{200b}\x{feff}]+"
_NOT_SINGLE = r"\s\s|[^\S ]|[\x{200b}\x{feff}]"

_VOWELS = "aăâeêioôơuưy"
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_VIETNAMESE = {unicodedata.normalize("NFC", v + t) for v in _VOWELS for t in ("", *_TONES)} | {"đ"}
_VIETNAMESE |= {letter.upper() for letter in _VIETNAMESE}
_UNICODE_ONLY = "".join(sorted(letter for letter in _VIETNAMESE if ord(letter) > 0xFF))

# The tone of oa, oe, uy stands on either vowel; names are compared in one way of writing.
_TONED_LATE = ["oà", "oá", "oả", "oã", "oạ", "oè", "oé", "oẻ", "oẽ", "oẹ", "uỳ", "uý", "uỷ", "uỹ", "uỵ"]
_TONED_EARLY = ["òa", "óa", "ỏa", "õa", "ọa", "òe", "óe", "ỏe", "õe", "ọe", "ùy", "úy", "ủy", "ũy", "ụy"]
_OFFICE = {"ủy ban nhân dân": "ubnd", "ủy ban": "ub"}


def clean(values: pl.Series) -> pl.Series:
    """NFC and trimmed; an empty text is null."""
    return clean_all(values.to_frame()).to_series()


def clean_all(frame: pl.DataFrame) -> pl.DataFrame:
    """Every column of text NFC and trimmed; an empty text is null."""
    if frame.is_empty():
        return frame
    odd = frame.select(pl.all().str.contains(_MAY_COMPOSE).any()).row(0)
    composed = [name for name, found in zip(frame.columns, odd, strict=True) if found]
    trimmed = frame.with_columns(pl.col(composed).str.normalize("NFC")).select(pl.all().str.strip_chars())
    return trimmed.select(pl.when(pl.all() != "").then(pl.all()))


def single_spaced(values: pl.Series) -> pl.Series:
    """Every run of white space is one space."""
    if not values.str.contains(_NOT_SINGLE).any():
        return values
    values = values.str.replace_all(_SPACES, " ").str.strip_chars(" ")
    return values.set(values == "", None)


def name_key(names: pl.Series) -> pl.Series:
    """How agency names are compared: NFC, small letters, single spaces, one place for tones, `UBND`."""
    key = names.str.normalize("NFC").str.to_lowercase().str.replace_all(r"[\s.,]+", " ").str.strip_chars()
    key = key.str.replace_many(_TONED_LATE, _TONED_EARLY)
    return key.str.replace_many(list(_OFFICE), list(_OFFICE.values()), leftmost=True)


@dataclass(frozen=True)
class Legacy:
    """Readers of the two old encodings; the tables map what a cp1252 reader sees to the Vietnamese letter."""

    tcvn3: dict[str, str] = field(repr=False)
    vni: dict[str, str] = field(repr=False)

    def always(self, values: pl.Series, encoding: str) -> pl.Series:
        """Every value read as `encoding` (tcvn3 or vni), except one that has letters only Unicode has."""
        old = values.str.contains(r"[^\x00-\x7f]") & ~values.str.contains(f"[{_UNICODE_ONLY}]")
        return self._convert(values, old, lambda text: self._read(text, encoding))

    def detected(self, values: pl.Series) -> tuple[pl.Series, pl.Series | None]:
        """Values of a mixed source, and which of them were converted (None when none was)."""
        suspect = values.str.contains(self._typical.pattern)
        if not suspect.any():
            return values, None
        suspect = suspect & ~values.str.contains(f"[{_UNICODE_ONLY}]")
        converted = self._convert(values, suspect, self._guess)
        changed = (converted != values).fill_null(False)
        return converted, changed if changed.any() else None

    def _convert(self, values: pl.Series, old: pl.Series, read: Callable[[str], str]) -> pl.Series:
        found = values.filter(old.fill_null(False)).unique()
        if found.is_empty():
            return values
        new = [unicodedata.normalize("NFC", read(text)) for text in found.to_list()]
        return values.replace(found, pl.Series(new, dtype=pl.String))

    def _guess(self, text: str) -> str:
        vni, tcvn3 = self._covers(text, "vni"), self._covers(text, "tcvn3")
        if vni and self._after_a_or_e.search(text):
            return self._read(text, "vni")
        # Thanh Hóa's offices used TCVN3, the northern standard: it goes first where both could be meant.
        if tcvn3:
            return self._read(text, "tcvn3")
        return self._read(text, "vni") if vni else text

    def _covers(self, text: str, encoding: str) -> bool:
        return self._patterns[encoding].sub("", text).isascii()

    def _read(self, text: str, encoding: str) -> str:
        table = self.vni if encoding == "vni" else self.tcvn3
        return self._patterns[encoding].sub(lambda match: table[match.group()], text)

    @cached_property
    def _patterns(self) -> dict[str, re.Pattern[str]]:
        tables = {"tcvn3": self.tcvn3, "vni": self.vni}
        longest_first = {name: sorted(table, key=len, reverse=True) for name, table in tables.items()}
        return {name: re.compile("|".join(map(re.escape, old))) for name, old in longest_first.items()}

    @cached_property
    def _typical(self) -> re.Pattern[str]:
        old = {letter for text in (*self.tcvn3, *self.vni) for letter in text if not letter.isascii()}
        never = re.escape("".join(sorted(old - _VIETNAMESE)))
        return re.compile(f"[A-Za-z][{never}]|[{never}][A-Za-z]|{self._after_a_or_e.pattern}")

    @cached_property
    def _after_a_or_e(self) -> re.Pattern[str]:
        marks = {text[1] for text in self.vni if len(text) == 2 and not text[1].isascii()}
        return re.compile(f"[aAeE][{''.join(sorted(marks))}]")
