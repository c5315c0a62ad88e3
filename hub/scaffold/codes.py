"""Value maps: what a system's codes mean, as far as their names or their labels say so.

Here: the codes that were seen against the national lists, by label, by word, by number. Not here: which column holds
them (`fields.py`). A code that nobody knows is never guessed: it is listed for a person to decide.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from hub.scaffold.observed import Column, Table
from hub.scaffold.proposal import Codes
from hub.scaffold.words import Vocabulary

_YES, _NO = ("true", "1"), ("false", "0")


def codes_of(field: str, seen: Counter[str], absent: int, labels: Mapping[str, str], words: Vocabulary) -> Codes:
    """The map of a field. `seen`: codes with their number of records; `labels`: code → its name in the system."""
    made = Codes()
    by_label = {code: words.code(field, labels.get(code, "")) for code in seen}
    by_code = {code: words.code(field, code) for code in seen}
    named = {code: by_code[code] if by_label[code] is None else by_label[code] for code in seen}
    for code in seen:
        if by_code[code] is not None and by_label[code] not in (None, by_code[code]):
            named[code] = None  # the two contradict each other
    numbers = [code for code in seen if code.lstrip("0").isdecimal() or code == "0"]
    usual = words.plain_codes.get(field, [])
    national = (
        len(numbers) == len(seen)
        and all(int(code) in usual for code in numbers)
        and not any(meant is not None and str(meant) != code.lstrip("0") for code, meant in named.items())
    )
    if field == "channel" and seen and set(map(str.lower, seen)) <= {*_YES, *_NO}:
        made.known = {code: 2 if code.lower() in _YES else 1 for code in sorted(seen)}
        made.note = "taken for: online or not"
    elif seen and national and usual:
        made.known = {str(code): code for code in usual} | {code: int(code) for code in numbers}
        labelled = all(named[code] is not None for code in seen)
        made.note = "" if labelled else "numbers, taken for the national codes"
    else:
        for code, count in seen.most_common():
            meant = named[code]
            if meant is not None:
                made.known[code] = meant
            else:
                label = f" ({labels[code][:40]})" if labels.get(code) else ""
                made.unsure[code] = f"{code}{label}: which code? seen in {count} records"
    if absent and field == "channel":
        made.unsure[""] = f'absent in {absent} records: add "": 1 if that is the counter'
    return made


def labels_of(field: str, table: Table, column: Column, words: Vocabulary, lists: Sequence[Table]) -> dict[str, str]:
    """Names of a column's codes: from a column beside it, or from a small table that lists the same codes."""
    concepts = set(words.concepts(column.path.rpartition(".")[2])) - words.light - {"?", "dossier"}
    for other in table.columns:
        said = set(words.concepts(other.path.rpartition(".")[2]))
        if other is not column and concepts & said and other.values.is_("words"):
            pairs = Counter(zip(column.values.texts, other.values.texts, strict=True))
            meant: dict[str, str] = {}
            for (code, label), _ in pairs.most_common():
                if code and label:
                    meant.setdefault(code, label)
            if len(meant) > 1 and len(set(meant.values())) == len(meant):
                return meant
    return _listed(field, table, column, words, lists)


def _listed(field: str, table: Table, column: Column, words: Vocabulary, lists: Sequence[Table]) -> dict[str, str]:
    wanted = set(column.values.counted)
    for other in lists:
        if other is table or not 2 <= other.rows <= 60 or len(other.columns) > 12:
            continue
        for code in other.columns:
            if not code.values.unique or len(wanted & set(code.values.counted)) * 5 < len(wanted) * 4:
                continue
            for label in other.columns:
                if label is code or not label.values.is_("words") or not label.values.unique:
                    continue
                meant = [text for text in label.values.texts if words.code(field, text) is not None]
                if len(meant) * 2 >= other.rows:
                    return dict(zip(code.values.texts, label.values.texts, strict=True))
    return {}
