"""The process that serves the simulated systems over HTTP: whether it runs, where, and starting it.

Here: finding, launching and reloading that process below a sandbox's folder. Not here: what it serves (`server.py`)
and when (`control.py`). A lock that the process holds tells whether it lives; a number of a process may be reused.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from importlib.resources import files
from pathlib import Path

import requests

from hub.errors import HubError

START_SECONDS = 60.0
STOP_SECONDS = 10.0


def process(folder: Path) -> int:
    """The process that serves this sandbox, 0 when there is none. Its lock ends with it, its number may not."""
    path = folder / "serving"
    if not path.exists():
        return 0
    with path.open() as serving:
        try:
            fcntl.flock(serving, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(serving.read() or 0)
    return 0


def port(folder: Path) -> int:
    """The port of the running server, 0 when there is none."""
    return int((folder / "port").read_text()) if process(folder) else 0


def reload(folder: Path) -> None:
    """Lets the running server read its lists again."""
    headers = {"x-admin-token": _config(folder)["admin_token"]}
    answer = requests.post(f"http://127.0.0.1:{port(folder)}/admin/reload", headers=headers, timeout=60)
    if not answer.ok:
        raise HubError(f"sandbox: the server refused to reload ({answer.status_code})", hint="hub sandbox stop, start")


def ensure(folder: Path) -> int:
    """Starts the server when none answers; its port. Raises HubError when it does not answer in time."""
    log = folder / "server.log"
    until = time.monotonic() + START_SECONDS
    launched = False
    while not _answers(folder):
        if not launched and not process(folder):
            _launch(folder, log)
            launched = True
        if time.monotonic() > until:
            raise HubError("sandbox: the server does not answer", hint=f"read {log}")
        time.sleep(0.05)
    return port(folder)


def end(folder: Path) -> bool:
    """Ends the server; True when one was running."""
    pid = process(folder)
    if not pid:
        return False
    os.kill(pid, signal.SIGTERM)
    until = time.monotonic() + STOP_SECONDS
    while process(folder):
        if time.monotonic() > until:
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)
    return True


def _config(folder: Path) -> dict[str, str]:
    return dict(json.loads((folder / "server.json").read_text()))


def _answers(folder: Path) -> bool:
    """Whether this sandbox's own server answers; another program on that port is not it."""
    try:
        answer = requests.get(f"http://127.0.0.1:{port(folder)}/health", timeout=5).json()
    except (requests.RequestException, ValueError, OSError):
        return False
    return isinstance(answer, dict) and answer.get("instance") == _config(folder)["instance"]


def _launch(folder: Path, log: Path) -> None:
    root = str(Path(str(files("hub"))).parent)
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([root, os.environ.get("PYTHONPATH", "")])}
    with log.open("ab") as out:
        command = [sys.executable, "-m", "hub.sandbox.server", str(folder)]
        subprocess.run(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=env, check=True)
