"""Broken mapping files: each kind of mistake, and the sentence that a person reads about it.

`GOOD` is one small right mapping; each case of broken_mappings.yml breaks it at one place.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from hub.errors import HubError
from hub.registry import load_mapping

GOOD = """\
mapping: vendor
family: rest
zone: Asia/Ho_Chi_Minh
values:
  status: {1: 1, "2": 9, "": 2}
formats:
  time: ["%Y%m%d%H%M%S", "%Y-%m-%dT%H:%M:%S%.f"]
streams:
  dossier:
    record_type: dossier
    read:
      path: /ho-so
      params: {trang: "{page}", co: "{size}", tu: "{since}"}
      records: data
      total: meta.total
      success: {path: code, accept: [0, 00]}
      paging: {kind: page_number}
      order: ascending
    key: MaHoSo
    version: NgayCapNhat
    cursor_format: "%Y%m%d%H%M%S"
    required: [received_at]
    fields:
      dossier_no: MaHoSo
      received_at: NgayTiepNhan
      status: TrangThai
      applicant_id_no: ["DinhDanh[0].So", SoGiayTo]
    ignore: ["DinhDanh[].Loai"]
    children:
      - record_type: document
        path: TaiLieu
        constant: {document_kind: component}
        key: Id
        fields: {document_no: Id}
  step:
    record_type: step
    read: {path: /buoc}
    key: [MaHoSo, ThoiDiem]
    parent: {dossier_no: MaHoSo}
    fields: {step_at: ThoiDiem}
distortions: [status_9]
corrections:
  - {field: status, from: "11", to: "2", reason: wrong list, by: Lan, on: 2024-01-31}
"""
CASES = yaml.safe_load((Path(__file__).parent / "broken_mappings.yml").read_text(encoding="utf-8"))


def broken(folder: Path, content: str | bytes) -> str:
    """What the registry says of this content of vendor.yml, with the folder cut off."""
    file = folder / "vendor.yml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(HubError) as caught:
        load_mapping(file)
    return str(caught.value).replace(f"{folder}/", "")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["told"])
def test_each_mistake_is_told_with_its_line(tmp_path: Path, case: dict[str, str]) -> None:
    assert GOOD.count(case["right"]) == 1
    told = broken(tmp_path, GOOD.replace(case["right"], case["wrong"]))
    assert told.splitlines() == [f"vendor.yml:{line}" for line in case["told"].splitlines()]


def test_all_mistakes_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("Asia/Ho_Chi_Minh", "Asia/Hue").replace('"2": 9', '"2": 0').replace("status_9", "status_8")
    lines = [line.split(": ")[0] for line in broken(tmp_path, text).splitlines()]
    assert lines == ["vendor.yml:3", "vendor.yml:5", "vendor.yml:41"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "vendor.yml: is empty"),
        ("# nothing but a remark\n", "vendor.yml: is empty"),
        ("- a\n- b\n", "vendor.yml:1: not a mapping: write lines of the form name: value"),
        (b"mapping: vendor\nzone: Thanh H\xf3a\n", "vendor.yml:2: not UTF-8 text: save the file as UTF-8"),
        ("mapping: vendor\n---\nmapping: other\n", "vendor.yml:2: not YAML: but found another document"),
    ],
)
def test_what_is_no_mapping_at_all(tmp_path: Path, content: str | bytes, told: str) -> None:
    assert broken(tmp_path, content) == told


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(HubError, match=r"vendor\.yml: cannot be read: No such file or directory"):
        load_mapping(tmp_path / "vendor.yml")
