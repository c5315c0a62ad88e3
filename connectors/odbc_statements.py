"""The statements of a stream: its SELECT as a derived table, cut into lists that are each read by keyset.

Here: which lists make a window complete, and the SQL of their pages. Not here: spelling (`odbc_dialects`), sending
(`odbc_session`), walking from page to page (`odbc`).

A window is up to four lists. The main one has a version and a key, and is read in their order from the last pair on.
NULL compares with nothing, so whatever has no key, no version or neither is a list of its own: it would be lost
without a word by every `>` of the main one. The next page begins *at* the last pair and not after it: records may
share both, a collation may take different keys for equal, and what was delivered is recognised when it comes again.
Whether a page has led beyond its position is for the source to say, since only it knows what it takes for equal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from connectors.contract import Window
from connectors.errors import Refused
from connectors.odbc_rows import ENCODING
from connectors.odbc_source import OdbcStream
from connectors.odbc_spelling import Dialect, quoted

Parameters = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """An output column of the SELECT; `kind` is its type as the source spells it."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Listing:
    """One list: the conditions that make it, and the columns by which it is sorted (none: as it comes)."""

    name: str
    where: tuple[str, ...]
    parameters: Parameters
    order: tuple[str, ...]


class Statements:
    """The SQL of one stream at one source. Raises Refused when key, version or names do not fit the SELECT."""

    def __init__(self, stream: OdbcStream, text: str, dialect: Dialect, columns: Sequence[Column]) -> None:
        self.stream, self.text, self._dialect = stream, text, dialect
        # By name, so that a SELECT whose columns change places changes no payload.
        self.columns = sorted(columns, key=lambda column: column.name)
        self.names = [column.name for column in self.columns]
        self._kinds = {column.name: column.kind for column in columns}
        if len(self._kinds) != len(columns) or ENCODING in self._kinds or "" in self._kinds:
            raise Refused(
                f"{stream.name}: the columns of the SELECT need names of their own ({', '.join(self.names)})",
                f"give each a name with AS, and none {ENCODING}",
            )
        wanted = [*stream.key_columns, *([stream.version] if stream.version else [])]
        self.require(wanted, "key and version")

    def by_key(self) -> Statements:
        """The same list, sorted by key alone: a record that changes while it is read keeps its place."""
        return Statements(replace(self.stream, version=None), self.text, self._dialect, self.columns)

    def require(self, wanted: Sequence[str], what: str) -> None:
        """Raises Refused when one of these is no column of the SELECT."""
        if lost := [name for name in wanted if name not in self._kinds]:
            raise Refused(
                f"{self.stream.name}: {what} name {', '.join(lost)}, which is no column of the SELECT",
                f"it has {', '.join(self.names)}; names must agree in capitals too, so put them into double quotes",
            )

    def listings(self, window: Window) -> list[Listing]:
        """The lists that together are the window, those without a version included."""
        stream = self.stream
        keys = stream.key_columns
        keyless = (f"({' OR '.join(f'{_column(name)} IS NULL' for name in keys)})",) if keys else ()
        keyed = tuple(f"{_column(name)} IS NOT NULL" for name in keys)
        if stream.version is None:
            whole = [Listing(stream.name, keyed, (), keys)] if keys else []
            return [*whole, Listing(f"{stream.name} without key", keyless, (), ())]
        version = _column(stream.version)
        inside, limits = [f"{version} IS NOT NULL"], []
        for sign, limit in ((">=", window.since), ("<", window.until)):
            if limit is not None:
                inside.append(f"{version} {sign} {self._bound(stream.version)}")
                limits.append(limit)
        never = f"{version} IS NULL"
        found = []
        if keys:
            found.append(Listing(stream.name, (*inside, *keyed), tuple(limits), (stream.version, *keys)))
        found.append(Listing(f"{stream.name} without key", (*inside, *keyless), tuple(limits), (stream.version,)))
        if keys:
            found.append(Listing(f"{stream.name} without version", (never, *keyed), (), keys))
        found.append(Listing(f"{stream.name} without version and key", (never, *keyless), (), ()))
        return found

    def named(self, keys: Sequence[str]) -> Listing:
        """The records of these keys. Raises Refused where several columns make a key: it travels as a hash."""
        if len(self.stream.key_columns) != 1:
            raise Refused(
                f"{self.stream.name}: records cannot be asked for by a key of several columns", "read a window"
            )
        name = self.stream.key_columns[0]
        among = f"{_column(name)} IN ({', '.join([self._bound(name)] * len(keys))})"
        return Listing(f"{self.stream.name} by key", (among,), tuple(keys), (name,))

    def of_days(self, name: str, days: Sequence[str | None]) -> tuple[str, Parameters]:
        """The condition that the day of a column is one of these."""
        # Compared where it is, and not as it travels: a driver may carry texts as bytes.
        own = self._dialect.cursor_format(self._kinds[name]) is not None
        day = f"SUBSTRING({self.rendered(name) if own else _column(name)}, 1, 10)"
        told = [text for text in days if text is not None]
        among = [f"{day} IN ({', '.join(['?'] * len(told))})"] if told else []
        among += [f"{_column(name)} IS NULL"] if len(told) < len(days) else []
        return f"({' OR '.join(among) or '1 = 0'})", tuple(told)

    def page(
        self, listing: Listing, names: Sequence[str], position: Sequence[str] | None, size: int
    ) -> tuple[str, Parameters]:
        """A page of these columns, from `position` (included) on, which has a value for each column of the order.

        With a position, one more column says whether a row stands after it (1) or, for the source, at it (0). Where
        the dialect packs, the columns of `names` are one: see `packs`.
        """
        packed = self._packed(names)
        listed = [packed] if packed is not None else [*map(self.rendered, names)]
        where, parameters = list(listing.where), list(listing.parameters)
        if position is not None:
            after, passed = self._after(listing.order, position)
            listed.append(f"CASE WHEN {after} THEN 1 ELSE 0 END")
            condition, values = self._from(listing.order, position)
            where.append(condition)
            parameters = [*passed, *parameters, *values]
        order = f" ORDER BY {', '.join(map(_column, listing.order))}" if listing.order else self._dialect.unordered
        select = f"SELECT {', '.join(listed)} FROM ({self.text}) AS t WHERE {' AND '.join(where) or '1 = 1'}"
        return select + order + self._dialect.page, (*parameters, size)

    def count(self, window: Window) -> tuple[str, Parameters]:
        """How many records the window has, with those without a version, as one number."""
        version = self.stream.version
        if version is None or (window.since is None and window.until is None):
            return f"SELECT count(*) FROM ({self.text}) AS t", ()
        inside, parameters = [], []
        for sign, limit in ((">=", window.since), ("<", window.until)):
            if limit is not None:
                inside.append(f"{_column(version)} {sign} {self._bound(version)}")
                parameters.append(limit)
        where = f"({' AND '.join(inside)}) OR {_column(version)} IS NULL"
        return f"SELECT count(*) FROM ({self.text}) AS t WHERE {where}", tuple(parameters)

    def groups(self, group_by: Sequence[tuple[str, bool]]) -> str:
        """Count per group, all of the list; for a pair with True, the text is cut to its first ten letters, a day."""
        texts = [self.grouped(name, day) for name, day in group_by]
        by = f" GROUP BY {', '.join(texts)}" if texts else ""
        return f"SELECT {', '.join([*texts, 'count(*)'])} FROM ({self.text}) AS t{by}"

    def grouped(self, name: str, day: bool) -> str:
        """The expression of one group value."""
        if not day:
            return self.rendered(name)
        kind = self._kinds[name]
        if self._dialect.cursor_format(kind) is None:  # a time kept as text, which may travel in another spelling
            return self._dialect.rendered(f"SUBSTRING({_column(name)}, 1, 10)", kind)
        return f"SUBSTRING({self.rendered(name)}, 1, 10)"

    @property
    def packs(self) -> bool:
        """Whether the columns of a page come as one JSON array."""
        return self._packed(self.names) is not None

    def _packed(self, names: Sequence[str]) -> str | None:
        return self._dialect.packed([(_column(name), self._kinds[name]) for name in names])

    def rendered(self, name: str) -> str:
        """A column as text."""
        return self._dialect.rendered(_column(name), self._kinds[name])

    def cursor_format(self) -> str | None:
        """How the version's times are spelled; what the mapping says goes for columns that are no times."""
        own = self._dialect.cursor_format(self._kinds[self.stream.version]) if self.stream.version else None
        return own or self.stream.cursor_format

    def exact(self, name: str) -> bool:
        """Whether values of a column are equal for the source only when their texts are."""
        declared = self.stream.cursor_type if name == self.stream.version else self.stream.key_type
        return declared != "text"

    def _bound(self, name: str) -> str:
        stream = self.stream
        return self._dialect.bound(self._kinds[name], stream.cursor_type if name == stream.version else stream.key_type)

    def _from(self, order: Sequence[str], position: Sequence[str]) -> tuple[str, Parameters]:
        """At or after a position, so that an index on the first column is entered where the page begins."""
        name, value, bound = _column(order[0]), position[0], self._bound(order[0])
        if len(order) == 1:
            return f"{name} >= {bound}", (value,)
        rest, values = self._from(order[1:], position[1:])
        rest = rest if len(order) == 2 else f"({rest})"
        return f"{name} >= {bound} AND ({name} > {bound} OR {rest})", (value, value, *values)

    def _after(self, order: Sequence[str], position: Sequence[str]) -> tuple[str, Parameters]:
        """Strictly after a position."""
        name, value, bound = _column(order[0]), position[0], self._bound(order[0])
        if len(order) == 1:
            return f"{name} > {bound}", (value,)
        rest, values = self._after(order[1:], position[1:])
        return f"{name} > {bound} OR ({name} = {bound} AND ({rest}))", (value, value, *values)


def _column(name: str) -> str:
    return f"t.{quoted(name)}"
