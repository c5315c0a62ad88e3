"""What standardising has to say about the rows of one frame: flags, drift and refusals.

Here: collecting them column by column and handing them back as frames. Not here: any rule.
A mask is a Boolean column as long as the frame; null counts as false. The first refusal of a row is its reason:
rules are asked in the order of their weight, and one record is one quarantine row.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import polars as pl

from hub.standardise.frames import filled
from hub.standardise.reasons import sentence

DRIFT = {"batch_id": pl.Int64, "kind": pl.String, "path": pl.String, "value": pl.String, "count": pl.Int64}
FLAGS = pl.List(pl.String())
_FORM_SHOWN = 30  # a form is that of a time or number, which is not longer
_VALUE_SHOWN = 120  # codes are short; whatever is longer is cut before it leaves the record


@dataclass
class Findings:
    """Flags, drift and refusals of a frame of rows, each of which is of a batch: drift is counted by batch."""

    batches: pl.Series
    flagged: dict[str, pl.Series] = field(default_factory=dict)
    drifted: Counter[tuple[int, str, str, str]] = field(default_factory=Counter)
    refused: dict[int, tuple[str, str, str]] = field(default_factory=dict)

    def flag(self, name: str, mask: pl.Series) -> None:
        """Flag the rows of `mask`."""
        if mask.any():
            known = self.flagged.get(name)
            self.flagged[name] = mask.fill_null(False) if known is None else known | mask.fill_null(False)

    def drift(self, kind: str, path: str, mask: pl.Series, values: pl.Series | None = None) -> None:
        """Report something new at the source. `values` only for codes and public names, never for personal fields."""
        if not mask.any():
            return
        shown = filled(None, pl.String(), len(mask)) if values is None else values
        shown = shown.fill_null("").str.slice(0, _VALUE_SHOWN).alias("value")
        met = pl.DataFrame([self.batches.alias("batch_id"), shown]).filter(mask.fill_null(False))
        for batch_id, value, count in met.group_by("batch_id", "value").len().rows():
            self.drifted[batch_id, kind, path, value] += count

    def drift_of_type(self, path: str, mask: pl.Series, values: pl.Series) -> None:
        """Report values that are no time, number or flag in the ways known, by their form alone: `99/99/9999`."""
        if not mask.any():
            return
        forms = values.str.slice(0, _FORM_SHOWN).str.replace_all(r"\p{N}", "9").str.replace_all(r"\p{L}", "a")
        self.drift("type", path, mask, forms)

    def refuse(self, reason: str, path: str, field_: str, mask: pl.Series, values: pl.Series | None = None) -> None:
        """Quarantine the rows of `mask` that no earlier rule refused; `values` (codes only) are shown."""
        if not mask.any():
            return
        for row in mask.fill_null(False).arg_true().to_list():
            value = None if values is None else values[row]
            shown = "" if value is None else value[:_VALUE_SHOWN]
            self.refused.setdefault(row, (reason, field_, sentence(reason, path, shown)))

    def kept(self) -> pl.Series:
        """True for the rows that were not refused."""
        return ~pl.Series(range(len(self.batches)), dtype=pl.Int64).is_in(list(self.refused))

    def flags(self) -> pl.Series:
        """The sorted flags of each row."""
        if not self.flagged:
            return pl.Series("flags", [[]], dtype=FLAGS).new_from_index(0, len(self.batches))
        frame = pl.DataFrame([mask.alias(name) for name, mask in self.flagged.items()])
        names = [pl.when(pl.col(name)).then(pl.lit(name)) for name in sorted(self.flagged)]
        return frame.select(flags=pl.concat_list(names).list.drop_nulls())["flags"]


def drift_frame(counts: Counter[tuple[int, str, str, str]]) -> pl.DataFrame:
    """Drift as a frame: batch, kind, path in the source, value ('' for fields), number of records."""
    rows = [(*met, count) for met, count in sorted(counts.items())]
    return pl.DataFrame(rows, schema=DRIFT, orient="row")
