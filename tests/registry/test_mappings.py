"""Right mapping files: short forms, what one mapping takes over from another, folders, and the files shipped."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.errors import HubError
from hub.mapping import Mapping
from hub.registry import load_mapping, load_mappings
from hub.settings import load
from schemas.fields import FIELDS

BASE = """\
mapping: base
family: rest
zone: Asia/Ho_Chi_Minh
values: {status: {1: 1, 02: 2, "": 2}, channel: {no: 1}}
formats: {time: "%Y%m%d"}
streams:
  dossier:
    record_type: dossier
    read: {path: /a, params: {site: 55301}, success: {path: code, accept: [0, 00]}}
    key: MaHoSo
    fields: {dossier_no: MaHoSo, status: [TrangThai, Khac], channel: Kênh}
    ignore: [A, B]
"""
CHILD = """\
mapping: child
extends: base
values: {status: {02: 4, 5: 5}}
streams:
  dossier: {read: {path: /b}, ignore: [C], fields: {procedure_code: MaTTHC}}
"""


def written(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.yml").write_text(text, encoding="utf-8")
    return folder


def refusal(folder: Path) -> str:
    with pytest.raises(HubError) as caught:
        load_mappings(folder)
    return str(caught.value).replace(f"{folder}/", "")


def test_a_text_is_a_list_of_one_and_stays_as_written(tmp_path: Path) -> None:
    mapping = load_mapping(written(tmp_path, base=BASE) / "base.yml")
    stream = mapping.streams["dossier"]
    assert (stream.key, stream.fields["dossier_no"], stream.fields["status"]) == (
        ["MaHoSo"],
        ["MaHoSo"],
        ["TrangThai", "Khac"],
    )
    assert mapping.formats == {"time": ["%Y%m%d"]}
    # YAML alone would read 02 as 2, 00 as 0, no as false and 55301 as a number.
    assert mapping.values == {"status": {"1": 1, "02": 2, "": 2}, "channel": {"no": 1}}
    assert stream.read.params == {"site": "55301"}
    assert stream.read.success is not None and stream.read.success.accept == ["0", "00"]


def test_texts_are_in_one_unicode_form(tmp_path: Path) -> None:
    decomposed = BASE.replace("Kênh", "Ke\u0302nh")
    mapping = load_mapping(written(tmp_path, base=decomposed) / "base.yml")
    assert mapping.streams["dossier"].fields["channel"] == ["Kênh"]


def test_a_mapping_is_laid_over_the_one_it_extends(tmp_path: Path) -> None:
    mappings = load_mappings(written(tmp_path, base=BASE, child=CHILD))
    child, base = mappings["child"], mappings["base"]
    assert child.values == {"status": {"1": 1, "02": 4, "": 2, "5": 5}, "channel": {"no": 1}}
    stream = child.streams["dossier"]
    assert (stream.read.path, stream.read.params) == ("/b", {"site": "55301"})
    assert stream.ignore == ["C"]
    assert list(stream.fields) == ["dossier_no", "status", "channel", "procedure_code"]
    assert (base.streams["dossier"].ignore, base.extends, child.extends) == (["A", "B"], "", "base")


def test_the_digest_changes_with_either_file(tmp_path: Path) -> None:
    first = load_mapping(written(tmp_path, base=BASE, child=CHILD) / "child.yml").digest
    second = load_mapping(written(tmp_path, base=BASE + "# a remark\n") / "child.yml").digest
    third = load_mapping(written(tmp_path, child=CHILD + "# a remark\n") / "child.yml").digest
    assert len({first, second, third}) == 3 and {len(first)} == {64}


def test_a_mistake_is_told_in_the_file_where_it_stands(tmp_path: Path) -> None:
    child = CHILD.replace("procedure_code", "procedur_code")
    base = BASE.replace("dossier_no: MaHoSo", "dosier_no: MaHoSo").replace("ignore: [A, B]", "ignore: A\n    ignore: B")
    assert refusal(written(tmp_path, base=base, child=child)).splitlines() == [
        "base.yml:11: streams.dossier.fields.dosier_no: unknown canonical field — did you mean dossier_no?",
        "base.yml:13: streams.dossier.ignore: stands here and in line 12: keep one",
        "child.yml:5: streams.dossier.fields.procedur_code: unknown canonical field — did you mean procedure_code?",
    ]


@pytest.mark.parametrize(
    ("extends", "told"),
    [
        ("extends: bas", "child.yml:2: extends: unknown mapping 'bas' — did you mean base?"),
        ("extends: child", "child.yml:2: extends: a mapping cannot extend itself"),
        ("extends: third", "child.yml:2: extends: third itself extends base: extend that one"),
    ],
)
def test_what_cannot_be_extended(tmp_path: Path, extends: str, told: str) -> None:
    third = CHILD.replace("child", "third")
    written(tmp_path, base=BASE, third=third, child=CHILD.replace("extends: base", extends))
    assert refusal(tmp_path) == told


def test_folders_without_mappings(tmp_path: Path) -> None:
    assert refusal(tmp_path / "x").startswith(str(tmp_path / "x") + " is not a folder — ")
    assert " holds no .yml file — " in refusal(tmp_path)
    written(tmp_path, base=BASE)
    (tmp_path / "other.yaml").write_text(BASE)
    assert refusal(tmp_path) == "other.yaml: would not be read — rename it to end in .yml"


@pytest.fixture(scope="module")
def shipped() -> dict[str, Mapping]:
    return load_mappings(load({"HUB_HOME": "/nowhere"}).mappings)


def test_the_shipped_mappings_load_and_are_readable() -> None:
    folder = load({"HUB_HOME": "/nowhere"}).mappings
    for path in folder.glob("*.yml"):
        assert [line for line in path.read_text(encoding="utf-8").splitlines() if len(line) > 160] == []


def test_the_portal_feeds_what_the_message_has(shipped: dict[str, Mapping]) -> None:
    portal = shipped["dongbo_hoso_mc"]
    assert {stream.record_type for stream in portal.streams.values()} == {"dossier", "step"}
    children = {child.record_type for child in portal.streams["dossier"].children}
    assert children == {"document", "fee", "supplement", "rating"}
    assert set(portal.streams["step"].fields) == set(FIELDS["step"])
    assert (portal.distortions, portal.synthetic_steps) == ([], [])


def test_the_national_copy_says_how_it_is_distorted(shipped: dict[str, Mapping]) -> None:
    portal, national = shipped["dongbo_hoso_mc"], shipped["dongbo_quoc_gia"]
    assert {name: stream.read.path for name, stream in national.streams.items()} == {
        "dossier": "/api/v1/QuocGia/DongBoHoSoMC",
        "step": "/api/v1/QuocGia/CapNhatTienDoHoSoMC",
    }
    assert national.streams["dossier"].fields == portal.streams["dossier"].fields
    assert national.values["status"] == {str(code): code for code in range(1, 11)}
    assert len(national.distortions) == 6
    steps = {(step.text, step.officer, step.status) for step in national.synthetic_steps}
    assert ("Tiếp nhận hồ sơ", "Cán bộ một cửa", "2") in steps
    assert {text for text, _, status in steps if status == "9"} == {
        "Cán bộ trả hồ sơ bổ sung",
        "Công dân thực hiện NVTC",
        "Hồ sơ không có ngày hẹn trả",
        "Kết thúc xử lý hồ sơ",
    }
