"""Comparing and setting back cursors that are written as times, without changing how the source writes them.

Here: order, lag and the watermark of a window, for every family that reads by a time column. Not here: time
zones and dates of the business (`hub/standardise`). A cursor keeps its own digits: SQL Server ticks have seven
fractional digits and Python six, so the text is only ever read for comparing, and a setting back keeps the
width, the separators and the offset of the original.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from connectors.contract import StreamSpec, Window
from connectors.errors import Refused

_DIRECTIVE = re.compile(r"%(.)")
_DIGITS = {"Y": r"\d{4}", "m": r"\d{2}", "d": r"\d{2}", "H": r"\d{2}", "M": r"\d{2}", "S": r"\d{2}", "f": r"\d+"}
_OFFSET = {"z": r"Z|[+-]\d{2}:?\d{2}"}


class CursorFormat:
    """Times written in one strptime format."""

    def __init__(self, form: str) -> None:
        self._form = form
        self._pattern = _pattern(form)
        found = self._pattern.groupindex if self._pattern else {}
        # Without an offset, digits in the order of their weight compare as text: no date is built per record.
        self._by_digits = bool(found) and "z" not in found
        self._groups = [name for name in _DIGITS if name in found]

    def moment(self, text: str) -> datetime:
        """The time, cut to microseconds. Raises ValueError."""
        match = self._pattern.fullmatch(text) if self._pattern else None
        if match and "f" in match.re.groupindex:
            start, end = match.span("f")
            text = text[: min(end, start + 6)] + text[end:]
        return datetime.strptime(text, self._form)

    def order(self, text: str) -> str | None:
        """Text that sorts as the times do; None when the text is not of this format."""
        if self._by_digits and self._pattern and (match := self._pattern.fullmatch(text)):
            return "".join(match.group(*self._groups))
        try:
            moment = self.moment(text)
        except ValueError:
            return None
        if moment.tzinfo:
            moment = moment.astimezone(UTC)
        return moment.strftime("%Y%m%d%H%M%S%f")

    def back(self, text: str, lag: timedelta) -> str:
        """The cursor `lag` earlier, written as the source wrote it. Raises ValueError."""
        if not lag:
            return text
        earlier = self.moment(text) - lag
        match = self._pattern.fullmatch(text) if self._pattern else None
        if match is None:
            return earlier.strftime(self._form)
        for name in sorted(set(match.re.groupindex) - {"z"}, key=match.start, reverse=True):
            start, end = match.span(name)
            text = text[:start] + earlier.strftime("%" + name).ljust(end - start, "0")[: end - start] + text[end:]
        return text


class WindowCursor:
    """The watermark of a window, however often it is read, and what lies outside of it."""

    def __init__(self, stream: StreamSpec, window: Window) -> None:
        self._form = CursorFormat(stream.cursor_format) if stream.cursor_format else None
        self._stream = stream
        self._window = window
        self._bounds = {name: self._bound(name) for name in ("since", "until")}
        self._best: tuple[str, str] | None = None  # (order, text)

    def start(self) -> str | None:
        """What to ask the source for: `since` set back by the lag; an opaque cursor exactly as it was."""
        since = self._window.since
        return self._form.back(since, self._stream.lag) if self._form and since is not None else since

    def inside(self, versions: Sequence[str]) -> list[int] | None:
        """Indexes of the records before `until`; None when all are. What cannot be compared is inside."""
        until = self._bounds["until"]
        if until is None or self._form is None:
            return None
        order = self._form.order
        kept = [i for i, text in enumerate(versions) if not text or (own := order(text)) is None or own < until]
        return None if len(kept) == len(versions) else kept

    def take(self, versions: Sequence[str]) -> None:
        """Note the versions of one page, in the source's order."""
        if self._stream.order == "ascending":
            candidates = (("", text) for text in reversed(versions) if text)
            self._best = next((pair for pair in candidates if self._valid(pair[1])), self._best)
        elif self._form:
            order = self._form.order
            ranked = sorted(((order(text) or "", text) for text in set(versions) if text), reverse=True)
            top = next((pair for pair in ranked if self._valid(pair[1])), None)
            self._best = max(filter(None, (self._best, top)), default=None)

    def value(self) -> str | None:
        """The watermark that the delivered records allow; None when none of them had a version."""
        if self._best is None:
            return None
        text, since = self._best[1], self._bounds["since"]
        if self._form and since is not None and (self._form.order(text) or "") < since:
            return self._window.since
        return text

    def _valid(self, text: str) -> bool:
        """Whether the next pull could be asked from here: "20241399" sorts well and is no date."""
        if self._form is None:
            return True
        try:
            self._form.moment(text)
        except ValueError:
            return False
        return True

    def _bound(self, name: str) -> str | None:
        text: str | None = getattr(self._window, name)
        if text is None or self._form is None:
            return None
        if not self._valid(text):
            raise Refused(
                f"{self._stream.name}: the window's {name} is not written as {self._stream.cursor_format}",
                "mend cursor_format in the mapping, or set the watermark again",
            )
        return self._form.order(text)


def _pattern(form: str) -> re.Pattern[str] | None:
    """The format as an expression with one group per directive; None when it has others or repeats one."""
    known = _DIGITS | _OFFSET
    names = _DIRECTIVE.findall(form)
    if not names or len(set(names)) != len(names) or not set(names) <= set(known):
        return None
    pieces = _DIRECTIVE.split(form)
    return re.compile(
        "".join(f"(?P<{piece}>{known[piece]})" if i % 2 else re.escape(piece) for i, piece in enumerate(pieces))
    )
