"""`make truth`: prints what it does, then lines `truth NAME VALUE`.

Here: the list of parts. Not here: any measure. Options: --only febrl, sandbox, steward (all unless told) or rival;
--quick (small sizes).
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
    told = parser.parse_args()
    found = [line for name in told.only or PARTS for line in (PARTS | ASKED_FOR)[name](told.quick)]
    for name, value in found:
        print(f"truth {name} {value:.6g}")


if __name__ == "__main__":
    main()
