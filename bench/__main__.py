"""`make bench`: the hub over against the raw limit, in one run on one machine.

Prints what it does, then as last lines `ratio NAME VALUE` and `rss_mb NAME VALUE` (medians), and for files the limit
itself as `limit NAME VALUE`; for core alone the seconds stand there. Options: --only rest, sql, xml, xlsx, reconcile
(all unless told), --repeats N (3), --quick (small sizes for a look), and the sizes: --dossiers, --growth (rest), --rows
(sql), --packages (xml), --registers (xlsx), --known and --new (reconcile).
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench import files, reconcile, rest, sql
from bench.figures import Figures
from hub.warehouse import embedded

PARTS: dict[str, Callable[[argparse.Namespace, Path], Figures]] = {
    "rest": rest.measure,
    "sql": sql.measure,
    "xml": files.measure_xml,
    "xlsx": files.measure_xlsx,
    "reconcile": reconcile.measure,
}
QUICK = {
    "dossiers": 20_000,
    "growth": 0,
    "rows": 100_000,
    "packages": 10,
    "registers": 5,
    "known": 100_000,
    "new": 50_000,
}


def main() -> None:
    """Measure and print."""
    options = _options()
    home = Path(tempfile.mkdtemp(prefix="tthc-bench-"))
    home.chmod(0o755)
    found = Figures()
    try:
        for name in options.only or PARTS:
            here = home / name
            here.mkdir(mode=0o755)
            found.add(PARTS[name](options, here))
    finally:
        for folder in home.glob("*/*/"):
            embedded.stop(folder)
        shutil.rmtree(home, ignore_errors=True)
    for kind, figures in (("limit", found.limits), ("ratio", found.ratios), ("rss_mb", found.rss)):
        digits = 2 if kind == "ratio" else 0
        for name, values in figures.items():
            print(f"{kind} {name} {statistics.median(values):.{digits}f}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--only", action="append", choices=list(PARTS))
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--dossiers", type=int, default=200_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--growth", type=int, default=10)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--packages", type=int, default=50, help="of 1,000 dossiers each")
    parser.add_argument("--registers", type=int, default=20, help="of 2,000 rows each")
    parser.add_argument("--known", type=int, default=2_000_000, help="dossiers that core has already")
    parser.add_argument("--new", type=int, default=1_000_000, help="records that come to them")
    options = parser.parse_args()
    if options.quick:
        for name, value in QUICK.items():
            setattr(options, name, value)
    return options


if __name__ == "__main__":
    main()
