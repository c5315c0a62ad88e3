"""What a source without codes and status still says: the procedure by its name, the status by what is filled in."""

from __future__ import annotations

from typing import Any

import msgspec
import polars as pl
import pytest

from hub.mapping import Implied, Mapping
from hub.standardise.procedures import Catalogue, by_name
from tests.standardise.chunk import dossier, mapping, read, row, texts

CATALOGUE = Catalogue.of(
    pl.DataFrame(
        [
            ("1.001193", "Thủ tục đăng ký khai sinh"),
            ("1.000894", "Thủ tục đăng ký kết hôn"),
            ("1.000656", "Thủ tục đăng ký khai tử"),
            ("1.004884", "Đăng ký lại khai sinh"),
            ("2.000815", "Chứng thực bản sao từ bản chính giấy tờ, văn bản"),
            ("1.111111", "Cấp giấy phép như nhau"),
            ("1.222222", "Cấp giấy phép như nhau"),
        ],
        schema=["procedure_code", "name"],
        orient="row",
    )
)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("Thủ tục đăng ký khai sinh", "1.001193"),
        ("ĐĂNG KÝ KHAI SINH", "1.001193"),
        ("  đăng ký  khai sinh. ", "1.001193"),
        ("Đăng ký khai sinh (1.001193)", "1.001193"),
        ("TTHC: Đăng ký kết hôn", "1.000894"),
        ("Chứng thực bản sao từ bản chính giấy tờ văn bản", "2.000815"),
        ("Chứng thực bản sao từ bản chính các giấy tờ, văn bản", "2.000815"),  # 0.95: typed a little otherwise
        ("Đăng ký khai", None),  # nearest to two things that are not the same
        ("Cấp giấy phép như nhau", None),  # two codes of one name
        ("Trích lục hộ tịch", None),
        ("", None),
        (None, None),
    ],
)
def test_a_name_means_a_procedure_only_when_it_is_sure(written: str | None, code: str | None) -> None:
    assert by_name(texts(written), 0.92, CATALOGUE)["code"].to_list() == [code]


def test_every_name_is_answered_in_its_place() -> None:
    found = by_name(texts("đăng ký kết hôn", None, "không có", "đăng ký kết hôn"), 0.92, CATALOGUE)
    assert found["code"].to_list() == ["1.000894", None, None, "1.000894"]
    assert found["score"].to_list()[0] == 1.0 and found["score"].to_list()[1] is None


def test_the_threshold_decides() -> None:
    nearly = texts("đăng ký khai sinhh")
    assert by_name(nearly, 0.90, CATALOGUE)["code"].to_list() == ["1.001193"]
    assert by_name(nearly, 0.99, CATALOGUE)["code"].to_list() == [None]


def register() -> Mapping:
    """The portal's mapping as if it were a register: no codes, no status."""
    stream = mapping().streams["dossier"]
    fields = {name: paths for name, paths in stream.fields.items() if name != "status"}
    implied = [Implied("returned_at", 10), Implied("finished_at", 9), Implied("received_at", 4)]
    stream = msgspec.structs.replace(stream, fields=fields, implied_status=implied, procedure_by_name=92)
    return msgspec.structs.replace(mapping(), streams={"dossier": stream})


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"NgayTra": "20220907100000"}, 10),
        ({"NgayKetThucXuLy": "20220907100000"}, 9),
        ({"NgayKetThucXuLy": "20220907100000", "NgayTra": "20220908"}, 10),
        ({}, 4),
    ],
)
def test_a_status_is_implied_by_the_first_field_that_is_filled(changes: dict[str, Any], status: int) -> None:
    found = row(dossier(TrangThaiHoSo=None, **changes), use=register())
    assert found["status"] == status
    assert "implied_status" in found["flags"]


def test_a_dossier_of_which_nothing_implies_a_status_waits() -> None:
    result = read(dossier(TrangThaiHoSo=None, NgayTiepNhan=None), use=register())
    assert result.quarantined["reason_code"].to_list() == ["STATUS_MISSING"]


def test_a_procedure_of_which_only_the_name_is_known() -> None:
    found = row(dossier(MaTTHC=None, TrangThaiHoSo=None), use=register())
    assert (found["procedure_code"], found["procedure_name"]) == ("1.001193", "Thủ tục đăng ký khai sinh")
    assert "procedure_by_name" in found["flags"]


def test_an_unknown_name_keeps_the_dossier_and_is_told() -> None:
    result = read(dossier(MaTTHC=None, TenTTHC="Thủ tục không ai biết", TrangThaiHoSo=None), use=register())
    found = result.tables["dossier"].row(0, named=True)
    assert found["procedure_code"] is None and "unknown_procedure" in found["flags"]
    assert ("procedure", "Thủ tục không ai biết") in result.drift.select("kind", "value").rows()


def test_a_written_code_outranks_the_name() -> None:
    found = row(dossier(MaTTHC="1.000894", TrangThaiHoSo=None), use=register())
    assert found["procedure_code"] == "1.000894" and "procedure_by_name" not in found["flags"]
