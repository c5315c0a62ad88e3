"""The shrink guard: how much may vanish from a source before a person has to say that it is true.

Here: the judgement, over counts alone. Not here: counting (`hub/census_compare.py`), what a word lets through
(`hub/census_ledger.py`). A source that answers an empty or a short list looks exactly like one whose records were
deleted; believing it would delete a district. So an empty list is never believed, and neither is a loss above a share
of the whole stream or of one agency in it.
"""

from __future__ import annotations

from collections.abc import Mapping

from hub.source import Shrink


def too_many(shrink: Shrink, listed: int, live: Mapping[str, int], vanished: Mapping[str, int]) -> str:
    """Why what vanished is too much to believe; "" when it is not.

    listed: keys that the source named, in all.   live, vanished: records by agency ("" for none), of the hub.
    """
    gone, lived = sum(vanished.values()), sum(live.values())
    if not gone:
        return ""
    if not listed:
        return f"the source lists nothing, and the hub holds {lived:,} live records: nothing is deleted"
    if gone > _allowed(shrink, lived):
        return f"{gone:,} of {lived:,} live records are not listed any more: {_more_than(shrink)}; nothing is deleted"
    for agency, count in sorted(vanished.items()):
        if count > _allowed(shrink, live.get(agency, 0)):
            told = f"{count:,} of {live.get(agency, 0):,} live records of {agency or 'no agency'}"
            return f"{told} are not listed any more: {_more_than(shrink)}; nothing is deleted"
    return ""


def _allowed(shrink: Shrink, live: int) -> float:
    return max(shrink.share * live, shrink.least)


def _more_than(shrink: Shrink) -> str:
    return f"more than {shrink.share:.0%} and more than {shrink.least}"
