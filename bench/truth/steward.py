"""A steward's day: 200 questions answered by a file, everything derived made again from raw, every answer in force.

    steward_questions                 how many questions the day began with
    steward_decisions_in_force        share of the decisions that hold after the rebuild: the two records are together
                                      or apart as said, and the judgement stands as it was kept
    steward_dossier_ids_kept          share of the records that are still in the dossier of before the rebuild
    steward_questions_asked_again     questions about judged pairs after the rebuild
Here: records about which people must be asked, the day by the command line as a steward types it, and what is compared.
Not here: reviewing itself (`hub/reviewing.py`). The records reach the raw store as pages of the portal and of the
national copy do. Every question is answered as the truth has it, and what numbers alone have put together wrongly is
split.
"""

from __future__ import annotations

import csv
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from hub import ledger
from hub.application import Hub
from hub.rawstore import RawWriter, Records
from hub.settings import load
from hub.warehouse import embedded

FULL, QUICK = 200, 40
NOW = "2022-10-01T06:00:00+07:00"
Record = tuple[str, str]
Pair = tuple[Record, Record]
PROCEDURES = ("1.001193", "1.012817", "2.000815")
NAMES = ("Lê Thị Bưởi", "Nguyễn Văn Đãng", "Phạm Hồng Ngát", "Trịnh Đức Thưởng")


@dataclass(frozen=True)
class Standing:
    """What must not change: the dossier of each record, the judgements as kept, the pairs that are asked about."""

    homes: dict[Record, int]
    judgements: list[tuple[Any, ...]]
    asked: set[frozenset[Record]]


def measure(quick: bool) -> Iterator[tuple[str, float]]:
    """The four figures."""
    home = Path(tempfile.mkdtemp(prefix="tthc-steward-"))
    home.chmod(0o755)  # the server's account passes through
    try:
        (home / "hub.env").write_text(f"HUB_NOW={NOW}\n", encoding="utf-8")
        with _opened(home) as hub:
            truth = fill(hub, QUICK if quick else FULL)
            begun = standing(hub)
        sheet = home / "questions.csv"
        _type(home, "review", "list", "--out", str(sheet))
        said = answer(sheet, truth, begun)
        _type(home, "review", "apply", str(sheet), "--by", "steward")
        with _opened(home) as hub:
            before = standing(hub)
        _type(home, "warehouse", "rebuild", "--yes")
        with _opened(home) as hub:
            after = standing(hub)
    finally:
        embedded.stop(home)
        shutil.rmtree(home, ignore_errors=True)
    yield "steward_questions", len(begun.asked)
    yield "steward_decisions_in_force", in_force(said, before, after)
    yield "steward_dossier_ids_kept", sum(after.homes.get(r) == i for r, i in before.homes.items()) / len(before.homes)
    yield "steward_questions_asked_again", len(after.asked & {frozenset(pair) for pair in said})


def fill(hub: Hub, questions: int) -> dict[Record, str]:
    """Give an empty warehouse records that raise at least so many questions; the true dossier of each record."""
    found: dict[Record, dict[str, Any]] = {}
    truth: dict[Record, str] = {}
    at = 0
    while len(found) < 2 * questions:
        for source, name, record in KINDS[at % len(KINDS)](at):
            key = (source, str(record["MaHoSo"]))
            found[key], truth[key] = record, f"{at} {name}"
        at += 1
    for source in hub.chosen(names=("portal", "national")):
        rows = [record for (name, _), record in found.items() if name == source.source_id]
        payloads = [msgspec.json.encode({name: value for name, value in row.items() if value}) for row in rows]
        hashes = [hashlib.sha256(payload).digest() for payload in payloads]
        records = Records([str(row["MaHoSo"]) for row in rows], [""] * len(rows), hashes, payloads)
        writer = RawWriter(hub.store)
        writer.add(source.source_id, "dossier", records)
        file = writer.close()
        ranges = [ledger.Range(file, first, count) for _, _, first, count in writer.ranges]
        pull = ledger.Pull(source.source_id, "dossier", "dossier", hub.now(), fetched=len(rows), stored=len(rows))
        known = (source.source_id, source.level, source.family, source.mapping.mapping)
        with hub.warehouse.begin("loader") as connection:
            ledger.know_source(connection, *known, None, None, None, hub.now())
            ledger.record_pull(connection, pull, ranges, hub.now())
    failed = [done.error for done in hub.load(hub.chosen()) if done.error]
    if failed:
        raise SystemExit(f"records of the steward's day were not loaded: {failed[0]}")
    hub.reconcile()
    hub.refresh()
    return truth


def answer(sheet: Path, truth: Mapping[Record, str], begun: Standing) -> dict[Pair, str]:
    """Fill verdict and why of a sheet as the truth has it, and add what is to be split; gives what was said by pair."""
    with sheet.open(encoding="utf-8-sig", newline="") as file:
        rows: list[dict[str, str]] = list(csv.DictReader(file))
    said: dict[Pair, str] = {}
    for row in rows:
        one, other = (row["source_a"], row["key_a"]), (row["source_b"], row["key_b"])
        said[one, other] = row["verdict"] = "same" if truth[one] == truth[other] else "different"
    names = list(rows[0])
    members: dict[int, list[Record]] = defaultdict(list)
    for record, dossier in begun.homes.items():
        members[dossier].append(record)
    for first, *more in members.values():
        for record in more:
            if truth[record] != truth[first]:
                said[first, record] = "different"
                rows.append({"verdict": "split", "source_a": record[0], "key_a": record[1]})
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, restval="")
        writer.writeheader()
        writer.writerows(row | {"why": "đã đối chiếu bản giấy"} for row in rows)
    return said


def in_force(said: Mapping[Pair, str], before: Standing, after: Standing) -> float:
    """The share of what was said that holds; nothing holds when a judgement itself is not as it was kept."""
    if before.judgements != after.judgements:
        return 0.0
    together = {pair: after.homes[pair[0]] == after.homes[pair[1]] for pair in said}
    return sum(verdict == ("same" if together[pair] else "different") for pair, verdict in said.items()) / len(said)


def standing(hub: Hub) -> Standing:
    """How things stand now."""
    with hub.warehouse.begin("steward") as connection:
        homes = connection.execute("select source_id, source_key, dossier_id from core.dossier_source").fetchall()
        said = connection.execute("select * from core.judgement order by judgement_id").fetchall()
        asked = connection.execute(
            "select source_id_a, source_key_a, source_id_b, source_key_b from core.review"
        ).fetchall()
    pairs = {frozenset({(one, key), (other, its)}) for one, key, other, its in asked}
    return Standing({(source, key): dossier for source, key, dossier in homes}, said, pairs)


@contextmanager
def _opened(home: Path) -> Iterator[Hub]:
    hub = Hub(load({"HUB_HOME": str(home)}))
    try:
        yield hub
    finally:
        hub.close()


def _type(home: Path, *arguments: str) -> None:
    """A command as a steward types it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    command = [sys.executable, "-m", "hub.cli.main", *arguments]
    ended = subprocess.run(command, env=environment | {"HUB_HOME": str(home)}, capture_output=True, text=True)
    if ended.returncode:
        raise SystemExit(f"hub {' '.join(arguments)}: {ended.stderr or ended.stdout}")
    print(f"# hub {' '.join(arguments[:2])}: {ended.stdout.strip().splitlines()[-1]}", file=sys.stderr)


Row = tuple[str, str, dict[str, Any]]


def _record(at: int, number: str, **values: Any) -> dict[str, Any]:
    """A record of the case `at`: a day, a procedure and a person of its own."""
    day = f"202209{1 + at % 28:02d}"
    return {
        "MaHoSo": number,
        "MaTTHC": PROCEDURES[at % 3],
        "ChuHoSo": NAMES[at % 4],
        "SoGiayToChuHoSo": f"038{at:09d}",
        "SoDienThoai": f"0912{at:06d}",
        "DonViXuLy": "Sở Nội vụ",
        "KenhThucHien": "2",
        "NgayTiepNhan": f"{day}0{7 + at % 3}{at % 60:02d}00",
        "TrangThaiHoSo": "4",
        **values,
    }


def _number(at: int, ordinal: int) -> str:
    return f"000.00.01.H56-2209{1 + at % 28:02d}-{ordinal:04d}"


def _reused(at: int) -> Iterator[Row]:
    """One number for two persons, procedures and days."""
    number = _number(at, at)
    yield "portal", "one", _record(at, number)
    yield "national", "two", _record(at + 1, number, SoGiayToChuHoSo=f"040{at:09d}", MaTTHC=PROCEDURES[(at + 1) % 3])


def _corrected(at: int) -> Iterator[Row]:
    """One dossier whose person, procedure and day were all corrected in one of its systems."""
    for source, _, record in _reused(at):
        yield source, "one", record


def _twins(at: int) -> Iterator[Row]:
    """Two accepted numbers of one person on one day, and a copy with a number of its own of one of them."""
    yield "national", "one", _record(at, _number(at, at))
    yield "national", "two", _record(at, _number(at, 5000 + at))
    yield "portal", "one", _record(at, f"DVC-2209-{at:07d}")


def _doubtful(at: int) -> Iterator[Row]:
    """A copy whose identity is missing and whose name is mistyped."""
    yield "national", "one", _record(at, _number(at, at))
    name = NAMES[at % 4].replace("ă", "a").replace("ị", "i")[:-1]
    yield "portal", "one", _record(at, f"DVC-2209-{at:07d}", SoGiayToChuHoSo="", SoDienThoai="", ChuHoSo=name)


def _fused(at: int) -> Iterator[Row]:
    """One number for two persons of one procedure: nothing collides, so that only a person can part them."""
    number = _number(at, at)
    yield "portal", "one", _record(at, number)
    yield "national", "two", _record(at, number, ChuHoSo="Đỗ Thị Mơ", SoGiayToChuHoSo=f"041{at:09d}")


KINDS = (_reused, _corrected, _twins, _doubtful, _fused)
