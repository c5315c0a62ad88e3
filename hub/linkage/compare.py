"""The levels that pairs of values reach: a column of pairs at a time.

Here: the conditions of a level over two columns. Not here: what a level weighs (`score.py`). Likeness of texts comes
from rapidfuzz, pairwise over whole columns; marks are taken away by Unicode's own decomposition, so Vietnamese tones
lost in an old system, or written in another order, make no difference to `folded`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import polars as pl
from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from hub.linkage.model import Comparison, Condition, Level, conditions

Flags = npt.NDArray[np.bool_]
Levels = npt.NDArray[np.int8]
UNTOLD = -1
_DAY_US = 86_400_000_000
_ZONE_US = 7 * 3_600_000_000  # Asia/Ho_Chi_Minh, without a clock change since 1975


def fold(values: pl.Series) -> pl.Series:
    """Lower case, no marks, đ as d, letters and digits alone, single spaces; null when nothing is left."""
    bare = values.str.to_lowercase().str.normalize("NFD").str.replace_all(r"\p{M}", "").str.replace_all("đ", "d")
    bare = bare.str.replace_all(r"[^\p{L}\p{N}]+", " ").str.strip_chars()
    return bare.set(bare == "", None)


def levels(left: pl.DataFrame, right: pl.DataFrame, comparison: Comparison) -> Levels:
    """The level of each pair (row by row of the two frames), UNTOLD where one side is null."""
    x, y = left[comparison.field], right[comparison.field]
    told = (x.is_not_null() & y.is_not_null()).to_numpy()
    found = np.full(len(x), len(comparison.levels) - 1, dtype=np.int8)
    open_ = told.copy()
    for at, level in enumerate(comparison.levels[:-1]):
        (condition,) = conditions(level)
        where = np.flatnonzero(open_)
        if not where.size:
            break
        hit = _TESTS[condition](_Pairs(left[where], right[where], comparison), level)
        found[where[hit]] = at
        open_[where[hit]] = False
    found[~told] = UNTOLD
    return found


class _Pairs:
    """The still undecided pairs of a comparison."""

    def __init__(self, left: pl.DataFrame, right: pl.DataFrame, comparison: Comparison) -> None:
        self.left, self.right, self.comparison = left, right, comparison
        self.x, self.y = left[comparison.field], right[comparison.field]


def _similar(x: pl.Series, y: pl.Series, least: float) -> Flags:
    alike = process.cpdist(
        x.fill_null("").to_list(),
        y.fill_null("").to_list(),
        scorer=JaroWinkler.normalized_similarity,
        score_cutoff=least,
    )
    told = (x.is_not_null() & y.is_not_null()).to_numpy()
    return np.asarray((alike >= least) & told, dtype=np.bool_)


def _similarity(pairs: _Pairs, level: Level) -> Flags:
    if level.similarity == 1:
        return _flags(pairs.x == pairs.y)
    return _similar(pairs.x, pairs.y, level.similarity or 0.0)


def _folded(pairs: _Pairs, level: Level) -> Flags:
    return _flags(fold(pairs.x) == fold(pairs.y))


def _edits(pairs: _Pairs, level: Level) -> Flags:
    distance = process.cpdist(pairs.x.to_list(), pairs.y.to_list(), scorer=OSA.distance)
    return np.asarray(distance <= (level.edits or 0), dtype=np.bool_)


def _zeros(pairs: _Pairs, level: Level) -> Flags:
    return _flags(pairs.x.str.strip_chars_start("0") == pairs.y.str.strip_chars_start("0"))


def _crossed(pairs: _Pairs, level: Level) -> Flags:
    assert level.crossed is not None
    other, least = level.crossed.field, level.crossed.similarity
    there = _similar(pairs.x, pairs.right[other], least)
    back = _similar(pairs.left[other], pairs.y, least)
    return there & back if level.crossed.both else there | back  # one way: whichever record comes first


def _seconds(pairs: _Pairs, level: Level) -> Flags:
    apart = (_us(pairs.x) - _us(pairs.y)).abs() <= (level.seconds or 0) * 1_000_000
    return _flags(apart) & _precise(pairs)


def _days(pairs: _Pairs, level: Level) -> Flags:
    near = _flags((_day(pairs.x) - _day(pairs.y)).abs() <= (level.days or 0))
    if level.clock:
        near &= _flags((_us(pairs.x) - _us(pairs.y)) % _DAY_US == 0)
    return near & _precise(pairs) if level.precise or level.clock else near


def _precise(pairs: _Pairs) -> Flags:
    """Both are known to the second, as far as a column says so."""
    column = pairs.comparison.precision
    if column is None:
        return np.full(len(pairs.x), True)
    return _flags((pairs.left[column] == "s") & (pairs.right[column] == "s"))


def _swapped_day(pairs: _Pairs, level: Level) -> Flags:
    a, b = _date(pairs.x), _date(pairs.y)
    same = (a.dt.day() == b.dt.month()) & (a.dt.month() == b.dt.day()) & (a.dt.year() == b.dt.year())
    return _flags(same)


def _us(values: pl.Series) -> pl.Series:
    """Microseconds since 1970-01-01 UTC."""
    return values.to_physical() if values.dtype.is_temporal() else values


def _day(values: pl.Series) -> pl.Series:
    """Days of Asia/Ho_Chi_Minh since 1970-01-01."""
    return (_us(values) + _ZONE_US) // _DAY_US


def _date(values: pl.Series) -> pl.Series:
    return _day(values).cast(pl.Int32).cast(pl.Date)


def _flags(hits: pl.Series) -> Flags:
    return np.asarray(hits.fill_null(False).to_numpy(), dtype=np.bool_)


_TESTS: dict[Condition, Callable[[_Pairs, Level], Flags]] = {
    "similarity": _similarity,
    "folded": _folded,
    "edits": _edits,
    "zeros": _zeros,
    "crossed": _crossed,
    "seconds": _seconds,
    "days": _days,
    "swapped_day": _swapped_day,
}
