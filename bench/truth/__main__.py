"""`make truth`: prints what it does, and lines `truth NAME VALUE` as they are found.

Here: the list of parts. Not here: any measure. Options: --only febrl, sandbox, steward (all unless told) or rival;
--quick (small sizes); of the sandbox --era, --seed (each may be repeated) and --dossiers of a province.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable

from bench.truth import febrl, rival, sandbox, steward

PARTS: dict[str, Callable[[bool], Iterable[tuple[str, float]]]] = {
    "febrl": febrl.measure,
    "sandbox": sandbox.measure,
    "steward": steward.measure,
}
ASKED_FOR = {"rival": rival.measure}  # a comparison, not a truth of ours


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench.truth")
    parser.add_argument("--only", action="append", choices=[*PARTS, *ASKED_FOR])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--era", action="append", choices=list(sandbox.ERAS), default=[])
    parser.add_argument("--seed", action="append", type=int, default=[])
    parser.add_argument("--dossiers", type=int)
    told = parser.parse_args()
    parts = PARTS | ASKED_FOR | {"sandbox": lambda quick: sandbox.measure(quick, told.era, told.seed, told.dossiers)}
    for part in told.only or PARTS:
        for name, value in parts[part](told.quick):
            print(f"truth {name} {value:.6g}", flush=True)


if __name__ == "__main__":
    main()
