"""A linkage model: what is compared, what each outcome weighs, where the zones lie. Reviewed data, pinned by version.

Here: `schemas/linkage/<name>.yml` read and checked. Not here: comparing (`compare.py`), estimates (`train.py`).

The model is that of Fellegi and Sunter (1969): a comparison of two records has levels, the first that holds is taken; a
level has m, how often it is met among pairs that are one thing, and u, how often among candidate pairs that are not.
Its weight is log2(m / u); weights add up with that of the prior to the log2 of the odds. What one side does not tell
weighs nothing.
"""

from __future__ import annotations

import math
import re
from functools import cache
from importlib import resources
from typing import Literal

import msgspec
import yaml

from hub.errors import HubError
from hub.registry_yaml import near

KEY = re.compile(r"(?P<field>[A-Za-z_]\w*)(?:\[(?P<start>\d+):(?P<end>\d+)\])?")


class Crossed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The other side's value of another field is meant: `both` ways (two fields changed places) or one way."""

    field: str
    similarity: float
    both: bool = True


class Level(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One outcome of a comparison. At most one condition; a level without one is what is left.

    similarity: Jaro-Winkler, 0..1.   folded: equal without marks, case and signs.   edits: at most so many letters
    changed, added, left out or transposed (optimal string alignment).   zeros: equal without leading zeros.
    seconds: moments at most so far apart, both known to the second.   days: days at most so far apart.
    swapped_day: equal when day and month of one change places.
    precise: both are known to the second, beside the condition.   clock: and at the same time of day.
    frequency: the weight uses how common the value is instead of u.
    doubt: a pair at this level is a question at most, whatever else agrees: its weight is held halfway between the
    zones `review` and `merge`. For what is as rare among copies as among twins, which agree in all the rest.
    """

    name: str
    m: float
    u: float
    similarity: float | None = None
    folded: bool = False
    edits: int | None = None
    zeros: bool = False
    crossed: Crossed | None = None
    seconds: int | None = None
    days: int | None = None
    swapped_day: bool = False
    precise: bool = False
    clock: bool = False
    frequency: bool = False
    doubt: bool = False

    @property
    def weight(self) -> float:
        """log2 of the Bayes factor."""
        return math.log2(self.m / self.u)


class Comparison(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A field and the levels of its comparison, the best first. `precision`: the column that says s, m or d of it."""

    field: str
    levels: list[Level]
    precision: str | None = None


class Block(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Records equal in all `keys` are compared; a key is `field` or `field[from:to]`. A block larger than `cap` gives
    no pairs and is reported."""

    name: str
    keys: list[str]
    cap: int


class Zones(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """In log2 of the odds: one thing from `merge` on, a question from `review` on, apart below; `margin` ahead of any
    rival; below `veto` two records may not meet even by way of others; `unseen` is what a pair weighs that no rule of
    blocking brought together."""

    merge: float
    review: float
    margin: float = 0.0
    veto: float = -100.0
    unseen: float = -10.0


class Model(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole model; `prior` is the share of candidate pairs that are one thing."""

    name: str
    version: int
    made: str
    prior: float
    zones: Zones
    comparisons: list[Comparison]
    blocking: list[Block] = []

    @property
    def prior_weight(self) -> float:
        """log2 of the prior odds."""
        return math.log2(self.prior / (1 - self.prior))

    def fields(self) -> list[str]:
        """Every column that records must have."""
        crossed = [level.crossed.field for c in self.comparisons for level in c.levels if level.crossed]
        precision = [c.precision for c in self.comparisons if c.precision]
        keys = [key.split("[")[0] for block in self.blocking for key in block.keys]
        return list(dict.fromkeys([*(c.field for c in self.comparisons), *crossed, *precision, *keys]))


@cache
def load_model(name: str) -> Model:
    """The model `schemas/linkage/<name>.yml`. Raises HubError naming the file and what is wrong in it."""
    folder = resources.files("schemas") / "linkage"
    file = f"schemas/linkage/{name}.yml"
    known = [entry.name.removesuffix(".yml") for entry in folder.iterdir() if entry.name.endswith(".yml")]
    if name not in known:
        raise HubError(f"{file}: there is no such model{near(name, known)}", f"models are {', '.join(sorted(known))}")
    return read_model(folder.joinpath(f"{name}.yml").read_text(encoding="utf-8"), file)


def read_model(text: str, file: str) -> Model:
    """A model from its text; `file` is how errors name it."""
    try:
        model = msgspec.convert(yaml.safe_load(text), Model)
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise HubError(f"{file}: {error}", "mend the file; its form is described in hub/linkage/model.py") from error
    wrong = list(_wrong(model))
    if wrong:
        raise HubError(f"{file}: {'; '.join(wrong)}", "mend the file")
    return model


def _wrong(model: Model) -> list[str]:
    said: list[str] = []
    fields = [comparison.field for comparison in model.comparisons]
    said += [f"{field}: compared twice" for field in sorted({f for f in fields if fields.count(f) > 1})]
    if not 0 < model.prior < 1:
        said.append(f"prior {model.prior}: must lie between 0 and 1")
    names = [block.name for block in model.blocking]
    said += [f"blocking.{name}: named twice" for name in sorted({n for n in names if names.count(n) > 1})]
    for block in model.blocking:
        wrong = [key for key in block.keys if not KEY.fullmatch(key)]
        said += [f"blocking.{block.name}: {key!r} is neither a field nor field[from:to]" for key in wrong]
        if not block.keys or block.cap < 2:
            said.append(f"blocking.{block.name}: at least one key, and a cap of 2 or more")
    if model.zones.review > model.zones.merge:
        said.append("zones: review lies above merge")
    for comparison in model.comparisons:
        for at, level in enumerate(comparison.levels):
            where = f"{comparison.field}.{level.name}"
            if not (0 < level.m <= 1 and 0 < level.u <= 1):
                said.append(f"{where}: m and u lie in 0 < x <= 1")
            told = conditions(level)
            last = at == len(comparison.levels) - 1
            if len(told) > 1 or (not told) != last:
                said.append(f"{where}: one condition per level, and none in the last")
            if level.frequency and level.similarity != 1:
                said.append(f"{where}.frequency: only where both values are equal (similarity: 1)")
            if level.crossed and level.crossed.field not in fields:
                said.append(
                    f"{where}.crossed: no comparison of {level.crossed.field}{near(level.crossed.field, fields)}"
                )
    return said


Condition = Literal["similarity", "folded", "edits", "zeros", "crossed", "seconds", "days", "swapped_day"]
CONDITIONS: tuple[Condition, ...] = (
    "similarity",
    "folded",
    "edits",
    "zeros",
    "crossed",
    "seconds",
    "days",
    "swapped_day",
)


def conditions(level: Level) -> list[Condition]:
    """The conditions that a level states."""
    return [name for name in CONDITIONS if is_told(getattr(level, name))]


def is_told(value: object) -> bool:
    """Whether a level says this at all: 0 (no seconds apart) is said, though it equals False."""
    return value is not None and value is not False
