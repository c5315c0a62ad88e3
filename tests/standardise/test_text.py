"""Text: NFC, spaces, and the fonts of before Unicode."""

from __future__ import annotations

import unicodedata

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.standardise.text import clean, single_spaced
from tests.standardise.chunk import dossier, drift_of, mapping, read, reference, row, texts

NAMES = ["Nguyễn Văn Ánh", "Trần Thị Hường", "Lê Đức Thọ", "Phạm Thủy Tiên", "Đỗ Quốc Việt", "Hoàng Như Ý"]


def _encoded(name: str, encoding: str) -> str:
    """A name as it looks when its old bytes are read as cp1252; letters without an old capital are written small."""
    old: dict[str, str] = {}
    table = reference().legacy.tcvn3 if encoding == "tcvn3" else reference().legacy.vni
    for written, letter in table.items():
        old.setdefault(letter, written)
    return "".join(old.get(letter, old.get(letter.lower(), letter)) for letter in name)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("encoding", ["tcvn3", "vni"])
def test_a_declared_encoding_is_read(name: str, encoding: str) -> None:
    found = reference().legacy.always(texts(_encoded(name, encoding)), encoding)
    assert found[0].lower() == name.lower()


@pytest.mark.parametrize("name", NAMES)
def test_tcvn3_is_recognised_in_a_mixed_source(name: str) -> None:
    found, converted = reference().legacy.detected(texts(_encoded(name, "tcvn3")))
    assert (found[0].lower(), converted is not None and converted[0]) == (name.lower(), True)


def test_vni_is_recognised_by_what_no_word_has() -> None:
    found, _ = reference().legacy.detected(texts("Nguyeãn Vaên Taâm"))
    assert found[0] == "Nguyễn Văn Tâm"


@pytest.mark.parametrize(
    "text",
    [
        *NAMES,
        "Thanh Hoá",
        "Hà",
        "Quý",
        "Huê",
        "Nguyễn Văn Ánh · số 5",
        "diện tích 30 m²",
        "nhiệt độ 37°",
        "© 2022",
        "UBND · TP",
        "Nguyen Van A",
        "",
        None,
    ],
)
def test_unicode_is_left_alone(text: str | None) -> None:
    found, converted = reference().legacy.detected(texts(text))
    assert found[0] == text
    assert converted is None


def test_a_converted_value_is_flagged_and_reported_once_per_field() -> None:
    records = [
        dossier(ChuHoSo=_encoded("Trần Thị Hường", "tcvn3")),
        dossier(),
        dossier(ChuHoSo=_encoded("Lê Đức Thọ", "tcvn3")),
    ]
    result = read(*records)
    assert result.clear["dossier"]["applicant_name"].to_list() == ["Trần Thị Hường", "Lê Thị Bưởi", "Lê Đức Thọ"]
    assert result.tables["dossier"]["flags"].to_list() == [
        ["legacy_text:applicant_name"],
        [],
        ["legacy_text:applicant_name"],
    ]
    assert drift_of(result) == [("text", "ChuHoSo", "", 2)]


def test_a_source_in_one_encoding_is_converted_without_flags() -> None:
    use = msgspec.structs.replace(mapping(), encoding="tcvn3")
    result = read(dossier(ChuHoSo=_encoded("Lê Đức Thọ", "tcvn3"), DonViXuLy="Sở Nội vụ"), use=use)
    assert result.clear["dossier"]["applicant_name"][0] == "Lê Đức Thọ"
    assert result.tables["dossier"]["flags"][0].to_list() == []
    assert result.tables["dossier"]["processing_agency_code"][0] == "000.00.02.H56"


def test_decomposed_letters_are_the_same_name() -> None:
    composed, decomposed = row(dossier()), row(dossier(ChuHoSo=unicodedata.normalize("NFD", "Lê Thị Bưởi")))
    assert composed["applicant_name_hash"] == decomposed["applicant_name_hash"]
    assert decomposed["flags"] == []


def test_spaces_and_what_comes_with_pasted_text() -> None:
    found = row(dossier(TenTTHC="\u00a0Đăng\u200b ký\t khai\r\n sinh \ufeff"))
    assert found["procedure_name"] == "Đăng ký khai sinh"


def test_line_breaks_of_free_text_stay() -> None:
    clear = read(dossier(GhiChu=" một\nhai ")).clear["dossier"]
    assert clear["note"][0] == "một\nhai"


def test_a_reviewed_correction_is_applied_before_parsing_and_flagged() -> None:
    fix = {
        "field": "received_at",
        "from": "31/06/2022",
        "to": "30/06/2022",
        "reason": "gõ nhầm",
        "by": "qt",
        "on": "2022-07-01",
    }
    use = msgspec.convert(msgspec.to_builtins(mapping()) | {"corrections": [fix]}, type(mapping()))
    found = row(dossier(NgayTiepNhan="31/06/2022"), use=use)
    assert found["received_precision"] == "d"
    assert found["flags"] == ["corrected:received_at"]
    assert row(dossier(), use=use)["flags"] == []


@given(st.lists(st.one_of(st.none(), st.text()), min_size=1, max_size=8))
def test_cleaning_twice_changes_nothing_and_gives_nfc(values: list[str | None]) -> None:
    once = single_spaced(clean(texts(*values)))
    assert single_spaced(clean(once)).to_list() == once.to_list()
    assert all(text is None or (text and unicodedata.is_normalized("NFC", text)) for text in once)
