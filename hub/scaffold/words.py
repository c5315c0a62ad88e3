"""Names of fields as concepts: what `NgayTiepNhan`, `received_date` and `ngaynhan` have in common.

Here: cutting a name into words, and how well a name says a canonical field. Not here: the words themselves, which are
reviewed data (`schemas/synonyms.yml`), and values (`values.py`). Names are compared without marks and capitals, and the
longest spelling that fits wins: in `ChuHoSo` stands an applicant and no dossier.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

import yaml

_LONGEST = 7  # words of one spelling
_LIGHT = 0.4  # what a concept weighs that says little by itself
_OWN = 0.15  # what the name of the record's own kind weighs inside one of its fields
_ABOVE = 0.25  # what a concept weighs that stands in the path above the field only
_UNKNOWN = 0.7  # what a word weighs that nobody knows
_PIECES = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def plain(text: str) -> str:
    """Text without marks: `Đã trả` is `Da tra`."""
    spread = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in spread if not unicodedata.combining(letter))


def pieces(name: str) -> list[str]:
    """The words of a name in any spelling: camelCase, snake_case, sentences."""
    return [piece.lower() for piece in _PIECES.findall(plain(name)) if not piece.isdigit()]


@dataclass(frozen=True)
class Vocabulary:
    """The reviewed words: spellings to concepts, fields and records as sets of concepts, codes by their names."""

    spellings: Mapping[str, str]
    light: frozenset[str]
    fields: Mapping[str, Mapping[str, list[frozenset[str]]]]
    records: Mapping[str, list[frozenset[str]]]
    codes: Mapping[str, Mapping[str, int]]
    plain_codes: Mapping[str, list[int]]

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self.spellings))

    def concepts(self, name: str) -> tuple[str, ...]:
        """The concepts of a name in its order; `?` for each word that nobody knows."""
        words = pieces(name)
        found: list[str] = []
        at = 0
        while at < len(words):
            for end in range(min(len(words), at + _LONGEST), at, -1):
                concept = self._known("".join(words[at:end]))
                if concept:
                    found.append(concept)
                    at = end
                    break
            else:
                found += self._split(words[at]) or ["?"]
                at += 1
        return tuple(found)

    def _known(self, joined: str) -> str | None:
        return self.spellings.get(joined) or (self.spellings.get(joined[:-1]) if joined.endswith("s") else None)

    def _split(self, word: str) -> list[str] | None:
        """A run of words without capitals, like `ngaytiepnhan`, by the fewest spellings that cover it."""
        best: list[list[str] | None] = [[]]
        for end in range(1, len(word) + 1):
            ways = []
            for start in range(max(0, end - self._longest), end):
                before, concept = best[start], self._known(word[start:end])
                if before is not None and concept and end - start > 1:
                    ways.append([*before, concept])
            best.append(min(ways, key=len) if ways else None)
        return best[-1]

    def likeness(self, path: str, patterns: Sequence[frozenset[str]], own: str = "") -> float:
        """How well a path says one of the patterns, 0 to 1. `own`: the concept of the record that it stands in."""
        parts = [re.sub(r"\[\d*\]", "", part) for part in path.split(".")]
        last = self.concepts(parts[-1])
        above = {concept for part in parts[:-1] for concept in self.concepts(part)} - {"?"}
        fits = (self._fit(last, above, pattern, own) * (1 - at / 200) for at, pattern in enumerate(patterns))
        return max(fits, default=0.0)  # the first of several patterns is the usual one

    def _fit(self, last: tuple[str, ...], above: set[str], pattern: frozenset[str], own: str) -> float:
        said = set(last)
        common = said & pattern
        inherited = (above & pattern) - said
        if not common:
            return 0.0
        wanted = sum(self._weight(concept, own) for concept in pattern)
        given = sum(self._weight(concept, own) for concept in said - {"?"}) + last.count("?") * _UNKNOWN
        given += sum(_ABOVE if concept not in pattern else self._weight(concept, own) for concept in inherited)
        shared = sum(self._weight(concept, own) for concept in common | inherited)
        return 2 * shared / (wanted + given)

    def _weight(self, concept: str, own: str) -> float:
        return _OWN if concept == own else _LIGHT if concept in self.light else 1.0

    def code(self, field: str, text: str) -> int | None:
        """The national code that a system's code or its label means; None when nobody knows."""
        known = self.codes.get(field, {})
        joined = "".join(pieces(text))
        if joined in known:
            return known[joined]
        # Abbreviations of the trade: DANG_XL, CHO_BS.
        near = {code for word, code in known.items() if len(joined) >= 4 and _abbreviates(pieces(text), word)}
        return near.pop() if len(near) == 1 else None


def _abbreviates(short: list[str], word: str) -> bool:
    """Whether words, some of them abbreviated to their beginning, spell `word` from first to last."""
    return (
        len(short) > 1
        and len(word) > 6
        and word.startswith(short[0])
        and all(part in word for part in short if len(part) > 2)
        and sum(map(len, short)) * 2 >= len(word)
    )


@cache
def vocabulary() -> Vocabulary:
    """The words of `schemas/synonyms.yml`."""
    text = (files("schemas") / "synonyms.yml").read_text(encoding="utf-8")
    return read(yaml.safe_load(text))


def read(raw: Mapping[str, Any]) -> Vocabulary:
    """A vocabulary out of the sections of the file. Raises ValueError for a spelling that stands for two concepts."""
    spellings: dict[str, str] = {}
    for concept, names in raw["words"].items():
        for name in names:
            joined = "".join(pieces(str(name)))
            if spellings.setdefault(joined, concept) != concept:
                raise ValueError(f"{name!r} stands for {spellings[joined]} and for {concept}")
    kinds = ("dossier", "step", "supplement", "fee", "document", "rating", "apology")
    return Vocabulary(
        spellings=spellings,
        light=frozenset(raw["light"]),
        fields={kind: {name: _patterns(texts) for name, texts in raw[kind].items()} for kind in kinds},
        records={kind: _patterns(texts) for kind, texts in raw["records"].items()},
        codes={
            field: {"".join(pieces(str(name))): int(code) for code, names in codes.items() for name in names}
            for field, codes in raw["codes"].items()
        },
        plain_codes=raw["plain"],
    )


def _patterns(texts: Iterable[str]) -> list[frozenset[str]]:
    return [frozenset(text.split()) for text in texts]
