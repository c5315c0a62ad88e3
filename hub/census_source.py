"""Asking a source what it holds, whatever its family: groups where it can count, keys of some groups or of all.

Here: the forms in which families answer, brought to one, and the spelling of a group's values. Not here: the
comparison (`hub/census_compare.py`), how a family reads (`connectors`). Keys come page by page; payloads of lists that
have to be read whole are looked into and let go.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
import polars as pl

from connectors.contract import Connector, Counts, Page, Window
from connectors.errors import Malformed
from hub.census_compare import CHECKSUMS, GroupKey
from hub.connecting import to_stream_spec
from hub.mapping import Stream
from hub.settings import ZONE
from hub.source import Source
from hub.standardise.agencies import known_codes
from hub.standardise.paths import Step, steps_of
from hub.standardise.reference import Reference
from hub.standardise.text import clean
from hub.standardise.times import parse_times

SAID = dict.fromkeys(("source_key", "version", "agency", "day", "status"), pl.String())


class Asking:
    """One stream of one source, asked through a connector of its own."""

    def __init__(
        self, connector: Connector[Any], source: Source, name: str, stream: Stream, reference: Reference
    ) -> None:
        assert stream.census is not None, "only what declares a census is asked for one"
        self._connector, self._stream, self._zone = connector, stream, source.mapping.zone
        self._reference = reference
        self._census = census = stream.census
        self._formats = [*source.mapping.formats.get("time", []), "%Y-%m-%d"]
        if stream.cursor_format:
            self._formats.insert(0, stream.cursor_format.replace(".%f", "%.f"))
        listed = stream
        if census.listing is not None:
            key, version = census.key or stream.key, census.version or stream.version
            listed = msgspec.structs.replace(stream, read=census.listing, key=key, version=version)
        self._spec = to_stream_spec(listed, source, name)
        self._paths = [path for path in (census.agency, census.day, census.status) if path]
        self._names = [f"{path}:day" if path == census.day else path for path in self._paths]

    @property
    def counts(self) -> bool:
        """Whether the source can be asked for groups, and for some keys alone."""
        return isinstance(self._connector, Counts)

    def groups(self) -> dict[GroupKey, tuple[int, int]]:
        """Count and checksum of every group that the source has, under the names that std gives them."""
        assert isinstance(self._connector, Counts)
        found = self._connector.census(self._spec, self._names)
        named = self._named([group.values for group in found])
        counts: Counter[GroupKey] = Counter()
        sums: Counter[GroupKey] = Counter()
        for group, key in zip(found, named.iter_rows(), strict=True):
            counts[key] += group.count
            sums[key] += group.checksum
        return {key: (count, sums[key] % CHECKSUMS) for key, count in counts.items()}

    def keys(self, some: Iterable[GroupKey] | None = None) -> Iterator[pl.DataFrame]:
        """Keys page by page, with the columns of SAID; `some`: of these groups. Raises SourceError."""
        if isinstance(self._connector, Counts):
            wanted = (
                None if some is None else pl.DataFrame(list(some), schema=["agency", "day", "status"], orient="row")
            )
            for page in self._connector.keys(self._spec, group_by=self._names, days=self._days(wanted)):
                frame = self._frame(page.keys, page.versions, page.groups)
                yield frame if wanted is None else frame.join(wanted, on=["agency", "day", "status"], how="semi")
            return
        for walked in self._connector.pages(self._spec, Window()):
            if walked.refused:
                raise Malformed(f"{self._spec.name}: a page stayed unreadable: {walked.refused[0]}")
            yield self._frame(walked.keys, walked.versions, self._looked_up(walked))

    def known(self, keys: Sequence[str]) -> list[str]:
        """Which of these keys the source has after all, when asked for each; none where it cannot be asked so."""
        if not isinstance(self._connector, Counts) or len(self._stream.key) > 1 or not keys:
            return []
        return [key for page in self._connector.named(self._spec, keys) for key in page.keys]

    def _days(self, wanted: pl.DataFrame | None) -> list[str | None] | None:
        """The days to ask for, when each is spelled by the source as std spells it; None asks for all."""
        if wanted is None or not self._census.day:
            return None
        # Where there is no day, or one of another spelling, the records are found only by reading all keys.
        plain = wanted["day"].str.contains(r"^\d{4}-\d\d-\d\d$").all()
        return wanted["day"].unique().sort().to_list() if plain else None

    def _frame(self, keys: list[str], versions: list[str], groups: Sequence[tuple[str | None, ...]]) -> pl.DataFrame:
        plain = {"source_key": keys, "version": versions}
        told = pl.DataFrame(plain, schema=dict.fromkeys(plain, pl.String())).with_columns(
            pl.all().str.replace_all("\0", "", literal=True)
        )
        version = clean(told["version"]).fill_null("")
        return told.with_columns(version.alias("version")).hstack(self._named(groups)).select(*SAID)

    def _named(self, groups: Sequence[tuple[str | None, ...]]) -> pl.DataFrame:
        """Agency, day and status of each group, as std spells them; "" for what is not asked or not there."""
        places = {name: self._paths.index(path) for name, path in self._asked().items()}
        columns = {
            name: clean(pl.Series([group[places[name]] for group in groups], dtype=pl.String))
            if name in places
            else pl.Series([""] * len(groups), dtype=pl.String)
            for name in ("agency", "day", "status")
        }
        columns["day"] = self._day(columns["day"])
        columns["agency"] = known_codes(columns["agency"], self._reference).fill_null(columns["agency"])
        return pl.DataFrame(columns).fill_null("")

    def _asked(self) -> dict[str, str]:
        census = self._census
        named = {"agency": census.agency, "day": census.day, "status": census.status}
        return {name: path for name, path in named.items() if path}

    def _day(self, texts: pl.Series) -> pl.Series:
        """The day in Asia/Ho_Chi_Minh of a time as the source writes it; what is no time stays as it is, shortened."""
        distinct = texts.unique()
        moments, _ = parse_times(distinct, self._formats, self._zone)
        days = moments.dt.convert_time_zone(str(ZONE)).dt.strftime("%Y-%m-%d")
        if self._census.day == self._stream.version:
            days = days.fill_null(distinct.str.slice(0, 10))
        named = pl.DataFrame({"text": distinct, "day": days})
        joined = texts.to_frame("text").join(named, on="text", how="left", nulls_equal=True, maintain_order="left")
        return joined["day"]

    def _looked_up(self, page: Page) -> list[tuple[str | None, ...]]:
        """The groups of records that came as JSON."""
        if not self._paths:
            return [()] * len(page.keys)
        steps = [steps_of(path) for path in self._paths]
        records = map(_decoded, page.payloads)
        return [tuple([_value(record, path) for path in steps]) for record in records]


def _decoded(payload: bytes) -> Any:
    try:
        return msgspec.json.decode(payload)
    except msgspec.DecodeError:  # quarantine's business; its key came all the same
        return None


def _value(record: Any, path: Sequence[Step]) -> str | None:
    for step in path:
        record = record.get(step.name) if isinstance(record, dict) else None
        if step.index is not None:
            record = record[0] if isinstance(record, list) and record else None
    if record is None or isinstance(record, dict | list):
        return None
    return record if isinstance(record, str) else str(record)
