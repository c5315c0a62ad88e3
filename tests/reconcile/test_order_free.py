"""Order, batching and repetition of what sources said change nothing in std and core.

A saying keeps the moment at which it was observed, since that decides where a source gives no version; everything
else about its arrival is drawn: with which others it comes in a batch, in which order batches are read, after which
of them core is brought up to date, and what comes twice. On the way history is only added to, and in the end people
are told of each value the source that decided it.
"""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.reconcile.arrivals import arrivals, in_order, payload
from tests.reconcile.contents import differing
from tests.reconcile.stations import Parts, Saying, Stations

NUMBERS = [f"000.01.31.H56-22091{n}-000{n}" for n in (1, 2, 3)]
PROCEDURES = ["1.001193", "1.012817"]
PEOPLE = ["038190004321", "038085009876"]
TIMES = ["20220912080000", "20220915103000", "20220919160000"]
VERSIONS = ["", "20220916080000", "20220917080000", "20220918080000"]


@st.composite
def dossiers(draw: st.DrawFn) -> Saying:
    """A dossier record: few numbers, people and days, so that records meet, collide and contradict each other."""
    number, version = draw(st.sampled_from(NUMBERS)), draw(st.sampled_from(VERSIONS))
    asked = draw(st.lists(st.sampled_from(TIMES), max_size=2, unique=True))
    record = {
        "MaHoSo": number,
        "MaHoSoKhac": draw(st.sampled_from(["", "", *NUMBERS])),
        "SoBienNhan": draw(st.sampled_from(["", "", "77"])),
        "MaTTHC": draw(st.sampled_from(PROCEDURES)),
        "ChuHoSo": "Lê Thị Bưởi",
        "SoGiayToChuHoSo": draw(st.sampled_from(["", *PEOPLE])),
        "DonViXuLy": draw(st.sampled_from(["Sở Nội vụ", "Sở Tư pháp"])),
        "KenhThucHien": "2",
        "NgayTiepNhan": draw(st.sampled_from(TIMES)),
        "NgayHenTra": draw(st.sampled_from(["", *TIMES])),
        "NgayKetThucXuLy": draw(st.sampled_from(["", *TIMES])),
        # 99 is unknown: such a version is quarantined, and the last one that was understood stays
        "TrangThaiHoSo": draw(st.sampled_from(["2", "4", "5", "7", "9", "99"])),
        "NgayCapNhat": version,
        "NgayXoa": draw(st.sampled_from(["", "", "", "20220920080000"])),
        "DanhSachHoSoBoSung": [
            {"HoSoBoSungId": str(n), "NgayBoSung": time, "NgayHenTraTruoc": TIMES[2]} for n, time in enumerate(asked)
        ],
        "DanhSachLePhi": [{"MaPhiLePhi": "LP", "Gia": str(n)} for n in range(draw(st.integers(0, 2)))],
    }
    source, moment = draw(st.sampled_from(["portal", "national"])), draw(st.integers(0, 3))
    return Saying(source, "dossier", number, version, payload(record), moment)


@st.composite
def steps(draw: st.DrawFn) -> Saying:
    """A step of a stream of its own, of a dossier that may come later or never."""
    number, time = draw(st.sampled_from(NUMBERS)), draw(st.sampled_from(TIMES))
    status, version = draw(st.sampled_from(["4", "6", "7", "9"])), draw(st.sampled_from(VERSIONS))
    record = {
        "MaHoSo": number,
        "NguoiXuLy": "Đỗ Văn Cán",
        "ChucDanh": "Chuyên viên",
        "ThoiDiemXuLy": time,
        "NoiDungXuLy": draw(st.sampled_from(["Chuyển xử lý", "Công dân thực hiện NVTC"])),
        "TrangThai": status,
        "PhongBanXuLy": draw(st.sampled_from(["Một cửa", "Nghiệp vụ"])),
        "NgayCapNhat": version,
    }
    source, moment = draw(st.sampled_from(["portal", "national"])), draw(st.integers(0, 3))
    key = f"{number}|{time}|{status}"
    return Saying(source, "step", key, version, payload(record), moment)


SAYINGS = st.tuples(st.lists(dossiers(), min_size=3, max_size=9), st.lists(steps(), max_size=4)).map(
    lambda both: both[0] + both[1]
)


@settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.generate],  # an example takes a second: making a failing one smaller would take minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(deliveries=SAYINGS.flatmap(lambda sayings: st.tuples(st.just(in_order(sayings)), arrivals(sayings))))
def test_order_batching_and_repetition_change_nothing(stations: Stations, deliveries: tuple[Parts, Parts]) -> None:
    found = []
    for parts in deliveries:
        stations.empty()
        stations.run(parts)
        found.append(stations.content())
    told, held = stations.told()
    assert told == held
    assert differing(*found) == {}, deliveries[0]
