"""Waiting for a drop folder only so long, and what its errors mean.

Here: calls into a file system with a time-out, and the one place where errors of fsspec, paramiko and the system
become ours. Not here: what is asked of the folder (`files_folder`). The text of a library's error is never
repeated, because it may hold the login.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from connectors.errors import Refused, SourceError, Unreachable

T = TypeVar("T")
_NO_LOGIN = ("AuthenticationException", "BadAuthenticationType", "BadHostKeyException", "PasswordRequiredException")


def judged(file: str, error: Exception) -> Exception:
    """What an error of a library means. Its text is not repeated: it may hold the login."""
    kind = type(error).__name__
    if isinstance(error, SourceError):
        return error
    if isinstance(error, FileNotFoundError):
        return (
            error if file else Unreachable("the drop folder is not there", "mend connection.url, or mount the folder")
        )
    if isinstance(error, PermissionError):
        what = f"{file} must not be read" if file else "the drop folder must not be read"
        return Refused(f"{what} ({kind})", "let the hub's account read it")
    if kind in _NO_LOGIN or (kind == "SSHException" and "not found in known_hosts" in str(error)):
        told = {"BadHostKeyException": "shows another host key", "SSHException": "shows a host key that is not known"}
        hint = "mend the login, or set options.host_key to what `ssh-keyscan HOST` prints"
        return Refused(f"the server {told.get(kind, 'refuses the login')} ({kind})", hint)
    if isinstance(error, ImportError | ValueError | TypeError | NotADirectoryError):
        return Refused(f"the drop folder cannot be opened ({kind})", "mend connection.url and options")
    what = f"{file} cannot be read" if file else "the drop folder cannot be reached"
    return Unreachable(f"{what} ({kind})", "see that the folder's server is up and the network reaches it")


class Patience:
    """Runs calls one after another in a thread of its own and stops waiting for one that is silent too long.

    Neither a dead network drive nor an SFTP server that stalls can be interrupted from here; the thread is left
    behind and the next call gets another.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._calls: queue.SimpleQueue[Callable[[], None] | None] | None = None

    def wait(self, call: Callable[[], T]) -> T:
        """The call's result or its error. Raises Unreachable after the time-out."""
        answer: queue.SimpleQueue[tuple[bool, Any]] = queue.SimpleQueue()

        def run() -> None:
            try:
                answer.put((True, call()))
            except BaseException as error:
                answer.put((False, error))

        self.later(run)
        try:
            fine, value = answer.get(timeout=self._seconds)
        except queue.Empty:
            self._calls = None
            hint = "see that the folder's server is up, or give it more time (pull.timeout)"
            raise Unreachable(f"the drop folder was silent for {self._seconds:g} s", hint) from None
        if not fine:
            raise value
        return value  # type: ignore[no-any-return]

    def later(self, call: Callable[[], None]) -> None:
        """Run it when its turn comes; nobody waits for it."""
        if self._calls is None:
            self._calls = queue.SimpleQueue()
            threading.Thread(target=_work, args=(self._calls,), name="files-folder", daemon=True).start()
        self._calls.put(call)

    def close(self) -> None:
        """Let the thread end."""
        if self._calls is not None:
            self._calls.put(None)
            self._calls = None


def _work(calls: queue.SimpleQueue[Callable[[], None] | None]) -> None:
    while (call := calls.get()) is not None:
        with suppress(Exception):
            call()
