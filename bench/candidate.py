"""The hub as it is measured: a process of its own, warm, that runs the stations when told to.

Here: one line in ("run"), one line of JSON out (seconds per station, peak memory). Not here: any shortcut; these are
the functions that the assets call.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import time
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

NOW = "2023-06-01T00:00:00+07:00"
PORTAL = """level: portal
family: rest
mapping: dongbo_hoso_mc
sources: [portal]
connection: {base_url: {env: HUB_PORTAL_URL}}
pull: {lag: 10m, page_size: 1000, every: 1h, timeout: 60s, budget: 10m}
valid: {from: 2018-01-01}
"""


def portal(url: str) -> dict[str, Any]:
    """What a candidate is told of the portal at an address."""
    return {"source": PORTAL, "environ": {"HUB_PORTAL_URL": url}}


class Candidate:
    """The running process, seen from the benchmark. `start_s`: from the command to readiness.

    source: the text of its only source file.   environ: what that asks for.   mapping: a mapping of the benchmark's
    own, beside those of the package.   core: whether core is run too.
    """

    def __init__(
        self, home: Path, source: str, environ: dict[str, str], mapping: Path | None = None, core: bool = True
    ) -> None:
        folder = home / "sources"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "source.yml").write_text(source, encoding="utf-8")
        told = {"HUB_HOME": str(home), "HUB_SOURCES": str(folder), "HUB_NOW": NOW, "HUB_BENCH_CORE": "1" * core}
        if mapping is not None:
            shutil.copytree(str(files("schemas") / "mappings"), home / "mappings")
            shutil.copy(mapping, home / "mappings")
            told["HUB_MAPPINGS"] = str(home / "mappings")
        told |= environ
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

    told = json.loads(sys.argv[1])
    hub = Hub(load(told))
    sources = hub.chosen()
    assert hub.warehouse and hub.lists
    print("{}", flush=True)
    for _ in sys.stdin:
        marks = [time.perf_counter()]
        pulls = hub.land(sources)
        marks.append(time.perf_counter())
        loaded = hub.load(sources)
        marks.append(time.perf_counter())
        if told["HUB_BENCH_CORE"]:
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
