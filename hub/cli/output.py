"""How commands speak: tables, facts, JSON, messages and the one form of an error.

Here: everything that writes to the terminal. Not here: what is said. On a terminal tables are drawn; into a pipe
they are plain aligned columns, because a box is noise to grep. Texts that come from sources lose their control
characters first: a terminal obeys them.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any

import msgspec
import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # all but tab and newline
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]


def say(text: str = "") -> None:
    """One line of the result."""
    print(_safe(text))


def tell(text: str) -> None:
    """One line that is not the result (what is going on), on stderr."""
    print(_safe(text), file=sys.stderr, flush=True)


def show_error(message: str, hint: str) -> None:
    """What happened, and what to do next."""
    tell(f"error: {message}")
    if hint:
        tell(f"next: {hint}")


def show_json(value: Any) -> None:
    """Dataclasses, dicts, lists, times; keys are field names and stay what they are."""
    print(msgspec.json.format(msgspec.json.encode(value, enc_hook=str), indent=2).decode())


def show_table(columns: Sequence[str], rows: Sequence[Sequence[Any]], title: str = "") -> None:
    """Rows under headings; whole numbers stand to the right."""
    right = [any(_is_number(row[i]) for row in rows) for i in range(len(columns))]
    cells = [[cell(value) for value in row] for row in rows]
    if sys.stdout.isatty():
        _drawn(columns, cells, right, title)
        return
    if title:
        print(title)
    widths = [max(len(line[i]) for line in [list(columns), *cells]) for i in range(len(columns))]
    for line in [list(columns), *cells]:
        parts = [text.rjust(w) if r else text.ljust(w) for text, w, r in zip(line, widths, right, strict=True)]
        print("  ".join(parts).rstrip())


def show_facts(facts: Sequence[tuple[str, Any]]) -> None:
    """Names and values, one per line."""
    width = max((len(name) for name, _ in facts), default=0)
    for name, value in facts:
        print(f"{name.ljust(width)}  {cell(value)}")


def cell(value: Any) -> str:
    """A value as people read it: nothing for None, thousands apart, times to the second."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if _is_number(value):
        return f"{value:,}"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    return _safe(str(value))


def lasting(seconds: float) -> str:
    """A length of time in its largest two units: `3 d 4 h`, `12 min`, `1.4 s`."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes = int(seconds // 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min"
    return f"{hours // 24} d {hours % 24} h"


def _drawn(columns: Sequence[str], cells: Sequence[Sequence[str]], right: Sequence[bool], title: str) -> None:
    table = Table(box=SIMPLE_HEAD, title=title or None, title_justify="left", pad_edge=False)
    for name, is_right in zip(columns, right, strict=True):
        table.add_column(name, justify="right" if is_right else "left", overflow="fold")
    for line in cells:
        table.add_row(*(Text(text) for text in line))
    Console(highlight=False).print(table)


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _safe(text: str) -> str:
    return _CONTROL.sub("\ufffd", text)
