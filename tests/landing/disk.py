"""A folder that has room for one megabyte, and then for more: what a full raw store needs.

Where a test may mount, it is a real full file system; elsewhere the process may write no larger files, which comes
to the same refusal in the middle of a write.
"""

from __future__ import annotations

import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOM = 1024 * 1024


@contextmanager
def small_disk(folder: Path) -> Iterator[Callable[[], None]]:
    """`folder` holds 1 MB; calling what is yielded makes room."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True).returncode == 0:
        try:
            yield lambda: _run("mount", "-o", "remount,size=256m", str(folder))
        finally:
            _run("umount", str(folder))
        return
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, before[1]))
    try:
        yield lambda: resource.setrlimit(resource.RLIMIT_FSIZE, before)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
