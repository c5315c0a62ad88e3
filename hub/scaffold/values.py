"""Samples of a field's values as evidence: what they look like, never what they are.

Here: tests of form — times and their formats, dossier numbers, identity numbers, telephones, procedures, agencies,
names, codes — over the filled values of one field. Not here: names of fields (`words.py`), the choice of a canonical
field (`fields.py`). Nothing of a person leaves this module but its kind.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from importlib.resources import files

import polars as pl

from hub.standardise.reference import Reference, shipped
from hub.standardise.text import name_key

ENOUGH = 0.6  # of the filled values have to be of a form
MOST_CODES = 40  # more different values than that are no list of codes
_D, _T = r"(?:19|20)\d\d-\d\d-\d\d", r"\d\d:\d\d:\d\d"
_V = r"\d{1,2}{s}\d{1,2}{s}(?:19|20)\d\d"
_COMPACT = r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_OFFSET = r"(?:Z|[+-]\d\d:?\d\d)?"
# Form, its format for reading (polars), its format for cursors (strptime; "" where it has none).
_TIMES: tuple[tuple[str, str, str], ...] = (
    (rf"{_D}T{_T}\.\d+{_OFFSET}", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S.%f"),
    (rf"{_D}T{_T}{_OFFSET}", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S"),
    (rf"{_D}T\d\d:\d\d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M"),
    (rf"{_D} {_T}\.\d+", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M:%S.%f"),
    (rf"{_D} {_T}", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S"),
    (rf"{_D} \d\d:\d\d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M"),
    (_D, "%Y-%m-%d", "%Y-%m-%d"),
    *(
        (_V.replace("{s}", re.escape(s)) + tail, f"%d{s}%m{s}%Y{end}", f"%d{s}%m{s}%Y{end}")
        for s in "/-."
        for tail, end in ((r" \d\d:\d\d:\d\d", " %H:%M:%S"), (r" \d\d:\d\d", " %H:%M"), ("", ""))
    ),
    (rf"{_COMPACT}(?:[01]\d|2[0-3])[0-5]\d[0-5]\d", "%Y%m%d%H%M%S", "%Y%m%d%H%M%S"),
    (_COMPACT, "%Y%m%d", "%Y%m%d"),
)  # fmt: skip
_COMPILED = [(re.compile(form), read, cursor) for form, read, cursor in _TIMES]
_AGENCY = r"(?:\d{3}\.\d\d\.\d\d\.[A-Z]\d\d|[A-Z]\d\d(?:\.\d{2,3}){1,3})"
_NUMBER = re.compile(rf"{_AGENCY}-\d{{6,8}}-\d{{3,7}}|[A-Z]\d\d\.\d\d-\d{{6,8}}-\d{{3,7}}")
_FORMS: dict[str, re.Pattern[str]] = {
    "procedure": re.compile(r"\d\.\d{6}(?:\.\d{3}\.\d\d\.\d\d\.[A-Z]\d\d)?"),
    "agency_code": re.compile(_AGENCY),
    "identity": re.compile(r"\d{9}|\d{12}|\d{10}(?:-\d{3})?"),
    "phone": re.compile(r"(?:\+?84|0)\d{8,10}"),
    "email": re.compile(r"[^@\s]+@[^@\s]+\.\w+"),
    "uuid": re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE),
    "integer": re.compile(r"-?\d+"),
    "money": re.compile(r"(?:-?\d{1,3}(?:[.,]\d{3})*(?:[.,]\d+)?|-?\d+(?:\.\d+)?)(?:\s*(?:đ|đồng|vn[dđ]))?", re.I),
    "flag": re.compile(r"0|1|true|false", re.IGNORECASE),
    "link": re.compile(r"(?:https?|ftp)://\S+|/\S+|\S+\.(?:pdf|docx?|xlsx?|png|jpe?g)", re.IGNORECASE),
    "file": re.compile(r".+\.(?:pdf|docx?|xlsx?|png|jpe?g|zip|rar)", re.IGNORECASE),
}  # fmt: skip


@dataclass(frozen=True)
class Times:
    """How the times of a field are written: formats for reading, most frequent first; the cursor's; how exact."""

    formats: list[str]
    cursor: str
    precision: str
    doubtful: str = ""


@dataclass(frozen=True)
class Values:
    """The sample of one field, one value per record, "" for none."""

    texts: Sequence[str]
    _shares: dict[str, float] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def filled(self) -> list[str]:
        return [text.strip() for text in self.texts if text and text.strip()]

    @cached_property
    def counted(self) -> Counter[str]:
        return Counter(self.filled)

    @property
    def empty(self) -> bool:
        return not self.filled

    @property
    def unique(self) -> bool:
        """Whether each record has a value of its own."""
        return bool(self.filled) and len(self.filled) == len(self.texts) == len(self.counted)

    def is_(self, form: str) -> bool:
        """Whether the filled values are of a form: time, number, agency, name, words, or one of the patterns."""
        return self.share(form) >= ENOUGH

    def share(self, form: str) -> float:
        """The share of the filled values that are of a form."""
        if form not in self._shares:
            test = _TESTS[form]
            whole = self.counted
            good = sum(count for text, count in whole.items() if test(text))
            self._shares[form] = good / whole.total() if whole else 0.0
        return self._shares[form]

    @property
    def coded(self) -> bool:
        """Whether the values may be a list of codes: few, and each short."""
        short = all(len(text) <= 60 for text in self.counted)
        return short and 0 < len(self.counted) <= min(MOST_CODES, max(3, len(self.filled) * 3 // 4))

    @cached_property
    def times(self) -> Times | None:
        """How times are written here; None when the values are no times."""
        if not self.is_("time"):
            return None
        found = Counter(at for text in self.filled for at in [_time(text)] if at is not None)
        ordered = sorted(found, key=lambda at: (-found[at], at))
        formats = [_COMPILED[at][1] for at in ordered]
        doubtful = ""
        if formats[0].startswith("%d") and not any(re.match(r"(1[3-9]|2\d|3[01])\D", text) for text in self.filled):
            doubtful = "no day above 12 was seen: month first?"
        exact = {"%S" in f: "s" for f in formats if "%S" in f} or {"%M" in f: "m" for f in formats if "%M" in f}
        return Times(formats, _COMPILED[ordered[0]][2], next(iter(exact.values()), "d"), doubtful)


def _time(text: str) -> int | None:
    return next((at for at, (form, _, _) in enumerate(_COMPILED) if form.fullmatch(text)), None)


def format_of(form: str) -> str:
    """The format of times that are of a form like `99/99/9999 99:99`; "" when it is none of the known ones."""
    example = re.sub(r"9999(?!9)", "2022", form, count=1) if not form.startswith("99999999") else "20220922" + form[8:]
    example = re.sub(r"9+", lambda run: "12" * (len(run[0]) // 2) + "1" * (len(run[0]) % 2), example).replace("a", "T")
    at = _time(example)
    return "" if at is None else _COMPILED[at][1]


@cache
def _reference() -> Reference:
    return shipped()


@cache
def _agency_names() -> frozenset[str]:
    return frozenset(_reference().agency_names["key"].drop_nulls().to_list())


@cache
def _agency_codes() -> frozenset[str]:
    return frozenset(_reference().agency_codes["written"].to_list())


@cache
def _surnames() -> frozenset[str]:
    parts = pl.read_csv(str(files("schemas") / "codes" / "name_parts.csv"), infer_schema=False)
    return frozenset(name.casefold() for name in parts.filter(pl.col("part") == "family")["value"].to_list())


@lru_cache(10_000)
def _agency(text: str) -> bool:
    return text in _agency_codes() or name_key(pl.Series([text]))[0] in _agency_names()


def _name(text: str) -> bool:
    words = text.split()
    return 2 <= len(words) <= 6 and words[0].casefold() in _surnames() and not any(map(str.isdigit, text))


def _identity(text: str) -> bool:
    return bool(_FORMS["identity"].fullmatch(re.sub(r"[\s.-]", "", text)))


def _phone(text: str) -> bool:
    return bool(_FORMS["phone"].fullmatch(re.sub(r"[\s.\-()]", "", text)))


_TESTS: dict[str, Callable[[str], bool]] = {
    name: (lambda text, form=form: form.fullmatch(text) is not None) for name, form in _FORMS.items()
} | {
    "time": lambda text: _time(text) is not None,
    "number": lambda text: _NUMBER.fullmatch(text) is not None,
    "agency": _agency,
    "name": _name,
    "identity": _identity,
    "phone": _phone,
    "words": lambda text: " " in text,
}
