"""Every bad payload we could think of, one at a time among good ones: it is kept with its reason or flagged, its
neighbours are loaded, and the books are balanced."""

from __future__ import annotations

import base64
import random
import re
from typing import Any

import msgspec
import pytest

from hub import ledger, marts
from hub.reconcile.core import reconcile
from tests.landing.memory import Hall, Record, record
from tests.standardise.chunk import mapping

GOOD = [record(n, at=n) for n in range(4)]
LONG = base64.b64encode(random.Random(1).randbytes(4 * 1024 * 1024)).decode()  # 5 MB that no index can pack
DIACRITICS = re.compile("[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]")
STEP = {"MaHoSo": "000.00.40.H56-220905-0001", "ThoiDiemXuLy": "20220905090000", "TrangThai": "4"}


def bad(payload: bytes | None = None, key: str = "bad", **changes: Any) -> Record:
    return Record(key, "20220906000100", record(9, **changes).payload if payload is None else payload)


def latin_1() -> bytes:
    return record(9, ChuHoSo="Nguyen Van X").payload.replace(b"Nguyen Van X", "Nguyên Vàn".encode("latin-1"))


QUARANTINED = {
    "a record that is cut": (bad(GOOD[0].payload[:-9]), "MALFORMED_RECORD"),
    "nothing": (bad(b""), "MALFORMED_RECORD"),
    "an array": (bad(b"[1, 2]"), "MALFORMED_RECORD"),
    "a text": (bad('"hồ sơ"'.encode()), "MALFORMED_RECORD"),
    "a number": (bad(b"12"), "MALFORMED_RECORD"),
    "null": (bad(b"null"), "MALFORMED_RECORD"),
    "two objects": (bad(GOOD[0].payload * 2), "MALFORMED_RECORD"),
    "another encoding": (bad(latin_1()), "BAD_ENCODING"),
    "half a character": (bad(b'{"MaHoSo": "\\ud83d"}'), "MALFORMED_RECORD"),
    "endless nesting": (bad(b'{"x":' * 200_000), "MALFORMED_RECORD"),
    "a child list that is a text": (bad(DanhSachLePhi="miễn phí"), "MALFORMED_RECORD"),
    "a child list that is an object": (bad(TaiLieuNop={"TepDinhKemId": "1"}), "MALFORMED_RECORD"),
    "children that are numbers": (bad(DanhSachLePhi=[1, 2]), "MALFORMED_RECORD"),
    "an object where a text belongs": (bad(ChuHoSo={"Ho": "Lê"}), "MALFORMED_RECORD"),
    "no key": (bad(key=""), "KEY_MISSING"),
    "NUL in the key": (bad(key="a\0b"), "KEY_UNREADABLE"),
    "a key of 5 MB": (bad(key=LONG), "KEY_UNREADABLE"),
    "an unknown status": (bad(TrangThaiHoSo="77"), "UNKNOWN_STATUS"),
    "a status of 5 MB": (bad(TrangThaiHoSo=LONG), "UNKNOWN_STATUS"),
    "no status": (bad(TrangThaiHoSo=""), "STATUS_MISSING"),
    "an unknown channel": (bad(KenhThucHien="9"), "UNKNOWN_CHANNEL"),
    "no such day": (bad(NgayTiepNhan="20220230000000"), "UNREADABLE_DATE"),
    "the year 1": (bad(NgayTiepNhan="0001-01-01T00:00:00"), "UNREADABLE_DATE"),
    "a day of 5 MB": (bad(NgayTiepNhan=LONG), "UNREADABLE_DATE"),
    "no receipt": (bad(NgayTiepNhan=None), "REQUIRED_MISSING"),
}
FLAGGED = {
    "NUL in a text": (bad(GhiChu="a\0b"), "nul_stripped"),
    "NUL in a name": (bad(ChuHoSo="Lê\0 Thị"), "nul_stripped"),
    "an optional day that is none": (bad(NgayHenTra="99/99/9999"), "unreadable:due_at"),
    "an unknown code": (bad(HinhThuc="7"), "unknown_code:return_method"),
    "an unknown procedure": (bad(MaTTHC="khong-co"), "unknown_procedure"),
    "a procedure of 5 MB": (bad(MaTTHC=LONG), "unknown_procedure"),
    "an agency of 5 MB": (bad(DonViXuLy=LONG), ""),
    "a note of 5 MB": (bad(GhiChu=LONG), ""),
    "a name of 5 MB": (bad(ChuHoSo=LONG), ""),
    "an identity of 5 MB": (bad(SoGiayToChuHoSo=LONG), ""),
    "a phone of 5 MB": (bad(SoDienThoai=LONG), ""),
    "a number of 5 MB": (bad(MaHoSo=LONG), "unreadable:dossier_no"),
    "another number of 5 MB": (bad(MaHoSoKhac=LONG, SoBienNhan=LONG), "unreadable:receipt_no"),
    "an amount that no column holds": (bad(DanhSachLePhi=[{"MaPhiLePhi": "1", "Gia": "1" + "0" * 30}]), ""),
    "a negative quantity": (bad(DanhSachTepDinhKemKhac=[{"TenGiayTo": "x", "SoLuong": -(10**15)}]), ""),
    "a fee code of 5 MB": (bad(DanhSachLePhi=[{"MaPhiLePhi": LONG, "Gia": "1"}]), ""),
    "ten thousand children": (bad(DanhSachLePhi=[{"MaPhiLePhi": "1", "Gia": str(n)} for n in range(10_000)]), ""),
    "children that repeat": (bad(DanhSachLePhi=[{"MaPhiLePhi": "1", "Gia": "1"}] * 3), ""),
    "an unknown field with NUL": (bad(**{"La\0": 1}), ""),
    "an unknown field of 5 MB": (bad(**{LONG: 1}), ""),
    "an unknown field of half a character": (bad(record(9).payload[:-1] + b',"\\u00e9\\u0301":1}'), ""),
}


def balances(hall: Hall) -> bool:
    rows = hall.rows("select b.row_count, c.* from ops.batch b join ops.batch_consumed c using (batch_id)")
    assert len(rows) == len(hall.rows("select * from ops.batch"))
    parts = ("new", "changed", "unchanged", "superseded", "quarantined")
    return all(row["row_count"] == row["stored"] == sum(row[part] for part in parts) for row in rows)


def loaded(hall: Hall, *records: Record) -> Any:
    hall.serve("a", *records)
    assert hall.land()["a"].stored == len(records)
    done = hall.load()["a"]
    assert done.error == ""
    assert balances(hall)
    found = set(hall.column("select source_key from std.dossier_record"))
    assert {row.key for row in GOOD} <= found
    return done


def test_what_cannot_be_understood_waits_with_its_reason(hall: Hall) -> None:
    """All of them in one batch, each beside good neighbours."""
    records = [Record(row.key or "", row.version, row.payload) for row, _ in QUARANTINED.values()]
    done = loaded(hall, *GOOD[:2], *records, *GOOD[2:])
    assert (done.new, done.quarantined) == (4, len(QUARANTINED))
    rows = hall.rows("select * from ops.quarantine order by raw_row")
    found = [(name, row["reason_code"]) for name, row in zip(QUARANTINED, rows, strict=True)]
    assert found == [(name, reason) for name, (_, reason) in QUARANTINED.items()]
    for row in rows:
        assert DIACRITICS.search(row["sentence"]) and len(row["sentence"]) < 500
        assert (row["stage"], row["resolved_at"], row["source_id"]) == ("std", None, "a")
        assert row["payload_hash"] is not None and row["batch_id"] is not None


@pytest.mark.parametrize("name", ["a record that is cut", "another encoding", "a key of 5 MB", "an unknown status"])
def test_alone_among_good_ones(hall: Hall, name: str) -> None:
    record_, reason = QUARANTINED[name]
    done = loaded(hall, *GOOD[:2], record_, *GOOD[2:])
    assert (done.new, done.quarantined) == (4, 1)
    assert hall.column("select reason_code from ops.quarantine") == [reason]


def test_what_is_odd_stays_and_is_flagged(hall: Hall) -> None:
    records = [Record(f"odd-{n}", row.version, row.payload) for n, (row, _) in enumerate(FLAGGED.values())]
    done = loaded(hall, *GOOD[:2], *records, *GOOD[2:])
    assert (done.new, done.quarantined) == (4 + len(FLAGGED), 0)
    flags = {row["source_key"]: row["flags"] for row in hall.rows("select source_key, flags from std.dossier_record")}
    for n, (name, (_, flag)) in enumerate(FLAGGED.items()):
        assert not flag or flag in flags[f"odd-{n}"], name
    assert hall.column("select count(*) from std.fee_record where parent_key = 'odd-16'") == [10_000]
    assert hall.column("select count(*) from std.fee_record where parent_key = 'odd-17'") == [3]
    dossiers = 4 + 2  # the odd ones share one number, but for the one whose number is none
    assert reconcile(hall.warehouse, hall.settings.now()).dossiers == dossiers
    with hall.warehouse.begin("matcher") as connection:
        assert marts.refresh(connection, hall.settings.now())["dossier_version"] == dossiers


def test_children_of_a_stream_of_their_own(hall: Hall) -> None:
    steps = [STEP, STEP | {"MaHoSo": ""}, STEP | {"TrangThai": "99"}, STEP | {"ThoiDiemXuLy": "?"}]
    steps += [STEP | {"NoiDungXuLy": LONG}, STEP | {"MaHoSo": LONG}, STEP | {"NguoiXuLy": LONG}]
    given = [Record(f"s{n}", "20220906000000", msgspec.json.encode(step)) for n, step in enumerate(steps)]
    hall.serve("a", *given, stream="step")
    hall.land(streams=("step",))
    done = hall.load(streams=("step",))["a"]
    assert (done.error, done.new, done.quarantined) == ("", 3, 4)
    found = hall.column("select reason_code from ops.quarantine order by raw_row")
    assert found == ["PARENT_MISSING", "UNKNOWN_STATUS", "UNREADABLE_DATE", "PARENT_MISSING"]


def test_drift_counts_the_whole_batch_however_it_is_cut(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.loading_stream.PART", 3)
    loaded(hall, *GOOD, *(record(n + 10, La="1", HinhThuc="7") for n in range(10)))
    found = hall.rows("select kind, path, value, count from ops.drift order by kind")
    assert [(row["kind"], row["path"], row["value"], row["count"]) for row in found] == [
        ("code", "HinhThuc", "7", 10),
        ("field", "La", "", 10),
    ]


def test_after_the_mapping_is_mended_the_record_is_replayed(hall: Hall) -> None:
    loaded(hall, *GOOD, record(9, TrangThaiHoSo="77"), record(8, TrangThaiHoSo="78"))
    values = mapping().values
    mended = values | {"status": values["status"] | {"77": 5}}
    hall.mappings["a"] = msgspec.structs.replace(mapping(), values=mended)
    (batch_id,) = hall.column("select batch_id from ops.batch")
    with hall.warehouse.begin("loader") as connection:
        assert ledger.replay(connection, [batch_id]) == 1
    done = hall.load()["a"]
    assert (done.new, done.unchanged, done.quarantined) == (1, 4, 1)
    assert balances(hall)
    found = hall.rows("select source_key, reason_code, resolution from ops.quarantine order by raw_row")
    assert [(row["source_key"][-1], row["resolution"]) for row in found] == [("9", "replayed"), ("8", None)]
    assert hall.column("select status from std.dossier_record where source_key like %s", "%0009") == [5]


def test_a_later_version_that_is_understood_closes_the_case(hall: Hall) -> None:
    loaded(hall, *GOOD, record(9, TrangThaiHoSo="77"))
    hall.serve("a", record(9, at=5))
    hall.land()
    hall.load()
    assert hall.column("select resolution from ops.quarantine") == ["superseded"]
