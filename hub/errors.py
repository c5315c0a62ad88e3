"""Errors that people read.

Here: the one base class for mistakes that the hub explains (a wrong file, a missing program, a refused
login). Not here: errors of source systems (`connectors/errors.py`), which mean retry or stop.
The command line prints `message` and `hint` and no traceback; every message names the file, source, row
or field and never holds a secret or personal data.
"""

from __future__ import annotations


class HubError(Exception):
    """Something a person can mend. `message` says what happened and where, `hint` what to do next."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} — {self.hint}" if self.hint else self.message
