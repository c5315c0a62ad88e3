"""What `hub sources scaffold` makes of names and values, and of what it cannot read."""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import HubError
from hub.scaffold import look_excel, look_xml
from hub.scaffold.codes import codes_of
from hub.scaffold.fields import likely
from hub.scaffold.look_rest import seen_in
from hub.scaffold.observed import Column, table_of
from hub.scaffold.streams import propose
from hub.scaffold.values import Values, format_of
from hub.scaffold.words import vocabulary
from hub.scaffold.write import mapping_text, quoted
from schemas.fields import FIELDS

WORDS = vocabulary()


@pytest.mark.parametrize(
    ("record_type", "name", "field"),
    [
        ("dossier", "MaHoSo", "dossier_no"),
        ("dossier", "case_number", "dossier_no"),
        ("dossier", "so_hs", "dossier_no"),
        ("dossier", "ngaytiepnhan", "received_at"),
        ("dossier", "acceptedAt", "received_at"),
        ("dossier", "HEN_TRA_KET_QUA", "due_at"),
        ("dossier", "Ngày hẹn trả", "due_at"),
        ("dossier", "deadline", "due_at"),
        ("dossier", "SĐT", "applicant_phone"),
        ("dossier", "submitter.mobileNo", "applicant_phone"),
        ("dossier", "nguoiNop.hoTen", "applicant_name"),
        ("dossier", "CCCD", "applicant_id_no"),
        ("dossier", "tinh_trang", "status"),
        ("dossier", "kenhTiepNhan", "channel"),
        ("step", "NguoiXuLy", "officer_name"),
        ("fee", "so_tien", "amount"),
        ("document", "dinhKem", "file_url"),
    ],
)
def test_a_name_in_any_spelling_says_its_field(record_type: str, name: str, field: str) -> None:
    found = likely(Column(name, Values([])), record_type, WORDS)
    assert found and found[0][0] == field, found


@pytest.mark.parametrize(
    ("values", "name", "field"),
    [
        (["000.00.31.H56-220705-0012", "000.00.31.H56-220706-0001"], "col_07", "dossier_no"),
        (["1.001193", "2.000815.000.00.00.H56"], "x1", "procedure_code"),
        (["a@example.vn", "b@example.vn"], "q", "applicant_email"),
        (["038201000001", "038201000002"], "z9", "applicant_id_no"),
        (["Nguyễn Văn Thử", "Lê Thị Bưởi"], "w", "applicant_name"),
    ],
)
def test_values_speak_where_the_name_says_nothing(values: list[str], name: str, field: str) -> None:
    assert likely(Column(name, Values(values)), "dossier", WORDS)[0][0] == field


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("ngayTiepNhan", ["Nguyễn Văn Thử", "Lê Thị Bưởi"]),
        ("trangThai", [f"2022-09-{day:02d} 08:00:00" for day in range(1, 20)]),
        ("soDienThoai", ["không", "không có", "-"]),
        ("soBoHoSo", ["một bộ", "hai bộ"]),
    ],
)
def test_values_that_cannot_be_it_overrule_the_name(name: str, values: list[str]) -> None:
    meant = likely(Column(name, Values([])), "dossier", WORDS)[0][0]
    assert meant not in dict(likely(Column(name, Values(values)), "dossier", WORDS))


@pytest.mark.parametrize(
    ("values", "formats", "precision", "doubtful"),
    [
        (["05/07/2022 08:15", "25/07/2022 08:15"], ["%d/%m/%Y %H:%M"], "m", False),
        (["05/07/2022", "06/07/2022"], ["%d/%m/%Y"], "d", True),
        (["20220705081500", "20220706"], ["%Y%m%d%H%M%S", "%Y%m%d"], "s", False),
        (["2022-07-05T08:15:00.1234567"], ["%Y-%m-%dT%H:%M:%S%.f"], "s", False),
        (["2022-07-05T08:15:00+07:00", "2022-07-06T08:15:00Z"], ["%Y-%m-%dT%H:%M:%S"], "s", False),
    ],
)
def test_times_say_how_they_are_written(values: list[str], formats: list[str], precision: str, doubtful: bool) -> None:
    times = Values(values).times
    assert times is not None
    assert (times.formats, times.precision, bool(times.doubtful)) == (formats, precision, doubtful)


def test_numbers_that_look_like_days_are_no_times() -> None:
    assert Values(["038201000001", "20229901", "12345678"]).times is None
    assert format_of("999") == "" and format_of("99/99/9999 99:99") == "%d/%m/%Y %H:%M"


@pytest.mark.parametrize(
    ("seen", "labels", "known", "unsure"),
    [
        ({"4": 3, "10": 1}, {}, {"4": 4, "10": 10}, set()),
        ({"4": 3, "11": 1}, {}, {}, {"4", "11"}),
        ({"1": 3, "2": 1}, {"1": "Đang xử lý", "2": "Đã trả kết quả"}, {"1": 4, "2": 10}, set()),
        ({"DANG_XL": 3, "CHO_BS": 1, "XYZ": 1}, {}, {"DANG_XL": 4, "CHO_BS": 5}, {"XYZ"}),
        ({"done": 1}, {"done": "Đang xử lý"}, {}, {"done"}),
    ],
)
def test_a_code_is_mapped_where_a_word_a_label_or_the_national_list_says_it(
    seen: dict[str, int], labels: dict[str, str], known: dict[str, int], unsure: set[str]
) -> None:
    made = codes_of("status", Counter(seen), 0, labels, WORDS)
    assert {code: made.known.get(code) for code in known} == known
    assert set(made.unsure) == unsure and not unsure & set(made.known)


def test_every_word_stands_for_one_concept_and_every_pattern_is_made_of_them() -> None:
    concepts = set(WORDS.spellings.values())
    for record_type, fields in WORDS.fields.items():
        assert set(fields) <= set(FIELDS[record_type])
        assert [p for patterns in fields.values() for p in patterns if not p <= concepts] == []
    assert [p for patterns in WORDS.records.values() for p in patterns if not p <= concepts] == []
    assert WORDS.light <= concepts


@given(st.text(max_size=40))
def test_any_text_is_written_as_the_yaml_of_itself(text: str) -> None:
    import yaml

    printable = "".join(letter for letter in text if letter.isprintable())
    assert yaml.compose(f"{{x: {quoted(printable)}}}").value[0][1].value == printable  # type: ignore[union-attr]


def test_what_is_no_list_of_dossiers_is_refused_with_a_next_step() -> None:
    with pytest.raises(HubError, match="no list of records") as told:
        seen_in({"message": "ok", "data": []}, "/x", "GET", {}, None, WORDS)
    assert told.value.hint
    weather = [{"city": "Thanh Hóa", "rain": 12} for _ in range(3)]
    with pytest.raises(ValueError, match="looks like dossiers"):
        propose("x", "rest", [seen_in(weather, "/x", "GET", {}, None, WORDS)], WORDS)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"<a><b>", "not well-formed"),
        (b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", "DOCTYPE"),
        (b"<a><b><c>1</c><d>2</d><e>3</e></b></a>", "looks like a dossier"),
    ],
)
def test_a_file_that_is_no_package_is_refused(text: bytes, words: str) -> None:
    with pytest.raises(HubError, match=words):
        look_xml.look([("goi.xml", io.BytesIO(text))], WORDS)


def test_titles_of_a_workbook_are_found_wherever_they_stand(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    rows = [["UBND xã Ví Dụ"], [], [None, "STT", "Số hồ sơ", "Người nộp", "Ngày nhận", "Ngày hẹn trả", "Ngày trả"]]
    rows += [
        [None, n, f"000.00.31.H56-2207{n:02d}-0001", "Lê Thị Bưởi", f"{n + 10}/07/2022", f"{n + 15}/07/2022", None]
        for n in range(1, 8)
    ]
    for row in rows:
        sheet.append(row)
    book.save(tmp_path / "so.xlsx")
    with (tmp_path / "so.xlsx").open("rb") as file:
        proposal = propose("x", "files", [look_excel.look(file, "so.xlsx", WORDS)], WORDS)
    fields = {name: fed.paths for name, fed in proposal.streams[0].fields.items()}
    assert fields["dossier_no"] == ["Số hồ sơ"] and fields["due_at"] == ["Ngày hẹn trả"]
    text = mapping_text(proposal, "a workbook")
    assert "Bưởi" not in text and "identity: [STT]" in text


def test_small_lists_of_papers_and_databases_belong_to_the_dossier() -> None:
    records = [
        {
            "maHoSo": f"000.00.31.H56-2207{n:02d}-0001",
            "trangThai": "4",
            "ngayTiepNhan": f"2022-07-{n:02d} 08:00:00",
            "chuHoSo": "Lê Thị Bưởi",
            "giayToTuyThan": [{"loai": "1", "soDinhDanh": f"0382010000{n:02d}"}],
        }
        for n in range(1, 9)
    ]
    table = table_of("x", records)
    assert set(table.lists) == {"giayToTuyThan"}
    proposal = propose("x", "rest", [seen_in(records, "/hoso", "GET", {}, None, WORDS)], WORDS)
    assert proposal.streams[0].fields["applicant_id_no"].paths == ["giayToTuyThan[0].soDinhDanh"]
