"""The hub as it is measured: a process of its own, warm, that runs the stations when told to.

Here: one line in ("run"), one line of JSON out (seconds per station, peak memory). Not here: any shortcut; these are
the functions that the assets call.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

SOURCES = """level: portal
family: rest
mapping: dongbo_hoso_mc
sources: [portal]
connection: {base_url: {env: HUB_PORTAL_URL}}
pull: {lag: 10m, page_size: 1000, every: 1h, timeout: 60s, budget: 10m}
valid: {from: 2018-01-01}
"""


class Candidate:
    """The running process, seen from the benchmark. `start_s`: from the command to readiness."""

    def __init__(self, home: Path, url: str) -> None:
        folder = home / "sources"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "portal.yml").write_text(SOURCES, encoding="utf-8")
        told = {
            "HUB_HOME": str(home),
            "HUB_SOURCES": str(folder),
            "HUB_PORTAL_URL": url,
            "HUB_NOW": "2023-06-01T00:00:00+07:00",
        }
        began = time.perf_counter()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.candidate", json.dumps(told)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._answer()
        self.start_s = time.perf_counter() - began

    def run(self) -> dict[str, float]:
        """Raw, std and core over what the source has now: seconds by station, `records` stored, `rss_mb` so far."""
        assert self._process.stdin is not None
        self._process.stdin.write("run\n")
        self._process.stdin.flush()
        return self._answer()

    def stop(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("the candidate ended; its error stands above")
        return dict(json.loads(line))


def main() -> None:
    """The process itself."""
    from hub.application import Hub
    from hub.settings import load

    hub = Hub(load(json.loads(sys.argv[1])))
    sources = hub.chosen()
    assert hub.warehouse and hub.lists
    print("{}", flush=True)
    for _ in sys.stdin:
        marks = [time.perf_counter()]
        pulls = hub.land(sources)
        marks.append(time.perf_counter())
        loaded = hub.load(sources)
        marks.append(time.perf_counter())
        hub.reconcile()
        marks.append(time.perf_counter())
        wrong = [pull.message for pull in pulls if pull.outcome != "ok"] + [item.error for item in loaded if item.error]
        if wrong:
            raise SystemExit(f"a station failed: {wrong}")
        raw, std, core = (later - earlier for earlier, later in pairwise(marks))
        rss_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        stored = sum(pull.stored for pull in pulls)
        print(json.dumps({"raw": raw, "std": std, "core": core, "records": stored, "rss_mb": rss_mb}), flush=True)


if __name__ == "__main__":
    main()
