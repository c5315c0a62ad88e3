"""Splink on the same labelled data as `febrl.py`: what the hub's own engine is measured against.

Here: its environment and its figures. Not here: its model (`rival_splink.py`, run by that environment's Python). It is
not among the parts that run unless told: `make truth ARGS="--only rival --only febrl"`.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

from bench.truth.febrl import data, environment

CACHE = Path(".cache/truth/rival")


def measure(quick: bool) -> Iterator[tuple[str, float]]:
    """F1 of pairs and seconds of both sets; `quick` makes no difference."""
    python = environment(CACHE, Path(__file__).with_name("rival-constraints.txt"))
    script = Path(__file__).with_name("rival_splink.py")
    told = subprocess.run([python, script, data()], check=True, capture_output=True, text=True).stdout
    for line in told.splitlines():
        name, value = line.split()
        yield name, float(value)
