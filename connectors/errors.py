"""What can go wrong with a source system, as classes that each mean one decision.

Here: the errors that connectors raise, and `Secrets`, the one place where passwords, tokens and personal
numbers are struck out of a sentence before it becomes an error or a log line. Not here: mistakes of the hub's
own configuration (`hub.errors`). Connectors are used by scheduled pulls of hundreds of sources, so an error
must tell without reading a traceback whether to try again, to stop the source, or to keep what was read.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from json import dumps
from urllib.parse import quote, quote_plus

MASK = "***"
# Identity numbers have 9 or 12 digits, phones 10 or 11, tax codes 10 or 13: a source likes to repeat them in
# its complaints. Shorter runs (status codes, counts, page numbers) stay readable.
_PERSONAL = re.compile(r"\d{9,}|[\w.+-]+@[\w-]+\.[\w.]+")
_SECRET_NAME = re.compile(r"auth|secret|key|token|cookie|pass|session", re.IGNORECASE)
_LONGEST_MESSAGE = 600


class SourceError(Exception):
    """A source did not give what was asked. `message`: what happened; `hint`: what to do next.

    `retryable` says whether the same request may succeed later without anybody changing anything.
    """

    retryable = False

    def __init__(self, message: str, hint: str = "", *, retryable: bool | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if retryable is not None:
            self.retryable = retryable

    def __str__(self) -> str:
        return f"{self.message} — {self.hint}" if self.hint else self.message

    def redact(self, secrets: Secrets) -> None:
        """Strike secrets out of the message and the hint, and let go of the library errors behind it."""
        self.message = secrets.redact(self.message)
        self.hint = secrets.redact(self.hint)
        self.args = (self.message,)
        self.__cause__ = self.__context__ = None


class Unreachable(SourceError):
    """No whole answer came: closed port, time-out, cut connection, 5xx. `wait_s`: what the source asked for."""

    retryable = True

    def __init__(self, message: str, hint: str = "", *, wait_s: float | None = None) -> None:
        super().__init__(message, hint)
        self.wait_s = wait_s


class Refused(SourceError):
    """The source understood and said no (login, permission, wrong request): stop until somebody changes something."""


class Malformed(SourceError):
    """An answer came and cannot be understood: not JSON, wrong shape, larger than allowed."""

    retryable = True


class Incomplete(SourceError):
    """Every page was delivered, yet the list does not add up: keep the records, do not move the watermark."""

    retryable = True


class OverBudget(SourceError):
    """The pull used up its time: the rest is read by the next pull from the old watermark."""

    retryable = True


class Secrets:
    """The texts that must never be shown, in every spelling in which a request or an answer may carry them."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._spellings: set[str] = set()
        for text in texts:
            self.learn(text)

    def __repr__(self) -> str:
        return f"Secrets({len(self._spellings)} spellings)"

    def learn(self, text: str) -> None:
        """Remember one more secret, for example a token that the source has just issued."""
        if not text:
            return
        encoded = base64.b64encode(text.encode()).decode()
        plain = {text, quote(text, safe=""), quote(text), quote_plus(text), encoded}
        self._spellings |= plain | {dumps(text)[1:-1], dumps(text, ensure_ascii=False)[1:-1]}

    def learn_named(self, values: Mapping[str, object]) -> None:
        """Remember those values whose names tell that they are secret: X-Api-Key, secretCode, session."""
        for name, value in values.items():
            if _SECRET_NAME.search(name) and isinstance(value, str):
                self.learn(value)

    def redact(self, sentence: str) -> str:
        """The sentence without secrets, long digit runs and e-mail addresses, and not longer than a log line."""
        for spelling in sorted(self._spellings, key=len, reverse=True):
            sentence = sentence.replace(spelling, MASK)
        sentence = _PERSONAL.sub(MASK, sentence)
        return sentence if len(sentence) <= _LONGEST_MESSAGE else sentence[:_LONGEST_MESSAGE] + "…"
