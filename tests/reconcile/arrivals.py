"""In which batches, parts and orders the same sayings may arrive.

Here: drawing an arrival, and the plainest one to compare it with. Not here: what is said (`test_order_free*`), running
it (`stations.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec
from hypothesis import strategies as st

from tests.reconcile.stations import Batch, Parts, Saying, Word


def payload(record: Mapping[str, object]) -> bytes:
    """What is empty is left out."""
    return msgspec.json.encode({name: value for name, value in record.items() if value})


@st.composite
def arrivals(draw: st.DrawFn, sayings: Sequence[Saying], words: Sequence[Word] = (), cuts: int = 2) -> Parts:
    """The same sayings and some of them twice, in batches of one moment, and words, in parts that end with core."""
    twice = draw(st.lists(st.sampled_from(sayings), max_size=4))
    together: dict[tuple[object, ...], list[Saying]] = defaultdict(list)
    for saying in draw(st.permutations([*sayings, *twice])):
        together[(saying.source, saying.stream, saying.moment, draw(st.integers(0, 1)))].append(saying)
    items = draw(st.permutations([*(Batch(tuple(group)) for group in together.values()), *words]))
    at = sorted(draw(st.lists(st.integers(0, len(items)), max_size=cuts)))
    return [items[a:b] for a, b in zip([0, *at], [*at, len(items)], strict=True)]


def in_order(sayings: Sequence[Saying], words: Sequence[Word] = ()) -> Parts:
    """As if each moment had been pulled once, everything loaded at the end, and people had spoken before that."""
    together: dict[tuple[int, str, str], list[Saying]] = defaultdict(list)
    for saying in sayings:
        together[(saying.moment, saying.source, saying.stream)].append(saying)
    return [[*(Batch(tuple(together[key])) for key in sorted(together)), *words]]
