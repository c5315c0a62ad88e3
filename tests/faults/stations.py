"""All stations once, in a process of its own: what gets killed.

`python -m tests.faults.stations` imports everything once and then, for every line `URL RAW` that it reads, runs the
stations in a forked process: it writes the process's number, and how the process ended. HUB_HOME says where the
sandbox is.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from hub.application import Hub
from hub.settings import load
from tests.databases import TemplateCopy


def run(url: str, environ: dict[str, str], begins: Callable[[str], object] = lambda station: None) -> list[str]:
    """raw, std, core, mart; gives what went wrong with single sources. `begins` is told each station's name."""
    hub = Hub(load(environ))
    hub.warehouse = TemplateCopy(url)
    try:
        sources = hub.chosen()
        begins("raw")
        pulls = hub.land(sources)
        begins("std")
        loaded = hub.load(sources)
        begins("core")
        hub.reconcile()
        begins("mart")
        hub.refresh()
    finally:
        hub.close()
    return [f"{p.source_id}: {p.message}" for p in pulls if p.outcome != "ok"] + [x.error for x in loaded if x.error]


def station_of(raw: Path) -> Path:
    """The file that holds the name of the station in which the run with this raw store is."""
    return raw.with_suffix(".station")


def _child(url: str, raw: str) -> int:
    try:
        wrong = run(url, {**os.environ, "HUB_RAW_URL": raw}, station_of(Path(raw)).write_text)
    except Exception:
        traceback.print_exc()
        return 1
    print("\n".join(wrong), file=sys.stderr)
    return 1 if wrong else 0


def serve() -> None:
    """Run the stations for each line of the standard input."""
    for line in sys.stdin:
        process = os.fork()  # before any other thread exists
        if process == 0:
            code = _child(*line.split())
            sys.stderr.flush()
            os._exit(code)
        print(process, flush=True)
        _, status = os.waitpid(process, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    serve()
