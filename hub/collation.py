"""Vietnamese alphabetical order for lists that people read.

Here: one key that sorts as a Vietnamese dictionary does under plain byte order, in Python and in the database alike.
Not here: matching of names, which ignores marks instead of ordering them.
"""

from __future__ import annotations

import unicodedata

# ngang (no mark), huyền, hỏi, ngã, sắc, nặng: the order of the tones
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
# breve, circumflex, horn, stroke: the marked letter follows the bare one (a ă â, d đ, o ô ơ) and precedes the next;
# the signs { | } lie behind z in ASCII
_MARKS = {"\u0306": "{", "\u0302": "|", "\u031b": "}", "\u0335": "{"}


def sort_key(text: str) -> str:
    """The key of `text`: syllable by syllable, first its letters, then its tone; case is ignored."""
    keys = []
    for syllable in unicodedata.normalize("NFD", text.casefold().replace("đ", "d\u0335")).split():
        letters = "".join(_MARKS.get(sign, sign) for sign in syllable if sign not in _TONES)
        keys.append(letters + max((_TONES.get(sign, "0") for sign in syllable), default="0"))
    return " ".join(keys)
