"""XML packages: what a record becomes, what rejects a package, what marks one dossier, and every known attack."""

from __future__ import annotations

import io
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.files_reject import Rejected
from connectors.files_source import FilesSource, FilesStream, shape_of_paths
from connectors.files_xml import PackageReader
from tests.connectors.drop_folder import DOSSIERS, Drop
from tests.connectors.package_writer import Parcel, dossier

ONE = dossier("h-1", ChuHoSo="Nguyễn Thị Ánh")
LONG = "1" * 20_001
XSI = "http://www.w3.org/2001/XMLSchema-instance"
FEE = "<LePhi><Gia>100000</Gia></LePhi>"


def taken(document: bytes, stream: FilesStream = DOSSIERS) -> list[tuple[str, bytes]]:
    """Key and payload of each record of a package."""
    found: list[tuple[str, bytes]] = []
    reader = PackageReader(FilesSource("s", "/x"), stream)
    reader.read(io.BytesIO(document), lambda key, payload: found.append((key, payload)))
    return found


def record(xml: str, **changes: object) -> dict[str, object]:
    """The record of a package of one."""
    stream = replace(DOSSIERS, schema=None, **changes)
    ((_, payload),) = taken(Parcel([xml]).document(), stream)
    members = msgspec.json.decode(payload)
    members.pop("#v")
    return dict(members)


@pytest.mark.parametrize(
    ("xml", "members"),
    [
        ("<HoSo><MaHoSo>h</MaHoSo></HoSo>", {"MaHoSo": "h"}),
        ("<HoSo><MaHoSo/><A> a\n </A></HoSo>", {"MaHoSo": "", "A": " a\n "}),
        ("<HoSo><A>1</A><A>2</A><A>3</A></HoSo>", {"A": ["1", "2", "3"]}),
        ("<HoSo><A><B>1</B></A></HoSo>", {"A": {"B": "1"}}),
        ('<HoSo so="7"><A kieu="x">1</A></HoSo>', {"@so": "7", "A": {"@kieu": "x", "#text": "1"}}),
        ("<HoSo><A>mot<B>1</B>hai</A></HoSo>", {"A": {"B": "1", "#text": "mothai"}}),
        ("<HoSo><A>a<!-- c -->b<?pi x?>c<![CDATA[<d>]]>&amp;&#x1EC7;</A></HoSo>", {"A": "abc<d>&ệ"}),
        (f"<HoSo><DanhSachLePhi>{FEE}</DanhSachLePhi></HoSo>", {"DanhSachLePhi": {"LePhi": [{"Gia": "100000"}]}}),
        ("<HoSo><DanhSachLePhi/></HoSo>", {"DanhSachLePhi": {}}),
        ("<HoSo><DanhSachLePhi>\n</DanhSachLePhi></HoSo>", {"DanhSachLePhi": {}}),
        (
            f'<HoSo xmlns:xsi="{XSI}"><A xsi:nil="true"/><B xsi:type="s">b</B></HoSo>',
            {"A": None, "B": "b"},
        ),
        ('<HoSo xmlns:q="urn:q"><q:A>1</q:A></HoSo>', {"{urn:q}A": "1"}),
        ("<HoSo><HoSo><MaHoSo>in</MaHoSo></HoSo></HoSo>", {"HoSo": {"MaHoSo": "in"}}),
    ],
)
def test_an_element_becomes_members(xml, members):
    found = record(xml)
    assert found.pop("#fault", None) is None or "MaHoSo" not in members
    assert found == members


def test_names_in_a_namespace_are_those_of_the_mapping():
    package = Parcel([dossier("h-1", ChuHoSo="A")]).document().decode()
    names = {"GoiHoSo phienBan": 'GoiHoSo xmlns="urn:g" phienBan'}
    document = package.replace("GoiHoSo phienBan", names["GoiHoSo phienBan"]).encode()
    for namespaces, record_path, header, name in (
        ({"": "urn:g"}, "DanhSachHoSo/HoSo", "TieuDe", "MaHoSo"),
        ({"g": "urn:g"}, "g:DanhSachHoSo/g:HoSo", "g:TieuDe", "g:MaHoSo"),
    ):
        prefix = name.removesuffix("MaHoSo")
        parts = replace(
            DOSSIERS.package, entries="", count="", id=f"{prefix}MaGoi", sent_at=f"{prefix}NgayGui", number=name
        )
        stream = replace(
            DOSSIERS, schema=None, namespaces=namespaces, record=record_path, header=header, package=parts, key=name
        )
        assert [key for key, _ in taken(document, stream)] == ["h-1"]
        assert PackageReader(FilesSource("s", "/x"), stream).manifest_time(io.BytesIO(document)) == "20240319173000"


def test_the_order_of_elements_changes_no_byte():
    records = ["<HoSo><MaHoSo>h</MaHoSo><A>1</A></HoSo>", "<HoSo>\n<A>1</A><MaHoSo>h</MaHoSo></HoSo>"]
    payloads = [payload for _, payload in taken(Parcel(records).document())]
    assert payloads == [b'{"#v":1,"A":"1","MaHoSo":"h"}'] * 2


def test_fields_of_the_header_are_carried_where_the_mapping_says_so(tmp_path):
    drop = Drop(tmp_path, replace(DOSSIERS, carry=("MaDonVi",)))
    drop.put("a.xml", Parcel([ONE]))
    assert drop.pull().records[0]["MaDonVi"] == "000.00.12.H56"


# The envelope: all or nothing


@pytest.mark.parametrize(
    ("parcel", "code"),
    [
        (Parcel([ONE], count=2), "COUNT_DIFFERS"),
        (Parcel([ONE, dossier("h-2")], digests=["0" * 64]), "COUNT_DIFFERS"),
        (Parcel([ONE], after="</DanhSachHoSo>"), "NOT_WELL_FORMED"),
        (Parcel([ONE], after="<TieuDe/>"), "NO_HEADER"),
        (Parcel([ONE], id=""), "NO_PACKAGE_ID"),
        (Parcel([ONE], sent_at="hôm qua"), "BAD_TIME"),
        (Parcel([ONE], prolog='<?xml version="1.0"?><!DOCTYPE GoiHoSo>'), "DTD"),
        (b"", "EMPTY"),
        (b"PK\x03\x04 no xml", "NOT_WELL_FORMED"),
        (b"<GoiHoSo/>", "NO_HEADER"),
        (b"<GoiHoSo><DanhSachHoSo><HoSo/></DanhSachHoSo><TieuDe><MaGoi>1</MaGoi></TieuDe></GoiHoSo>", "NO_HEADER"),
        (Parcel([ONE]).document().replace("ễ".encode(), b"\xff\xfe"), "NOT_WELL_FORMED"),
    ],
)
def test_a_broken_envelope_rejects_the_whole_package_and_nobody_else(tmp_path, parcel, code):
    drop = Drop(tmp_path)
    drop.put("a.xml", parcel)
    drop.put("b.xml", Parcel([dossier("other")], id="other"))
    pulled = drop.pull()
    assert (pulled.error, pulled.keys) == (None, ["other"])
    assert pulled.outcomes == {"a.xml": code, "b.xml": "taken"}
    assert len(pulled.refused) == 1 and pulled.refused[0].startswith("a.xml: ")
    assert pulled.cursor is None
    assert drop.names("reject") == ["a.xml", "a.xml.txt"]
    note = (tmp_path / "reject" / "a.xml.txt").read_text()
    assert note.startswith(code) and pulled.originals["a.xml"].reason in note


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_truncated_package_delivers_nothing(tmp_path, share):
    document = Parcel([dossier(f"h-{n}") for n in range(3000)]).document()
    drop = Drop(tmp_path)
    drop.put("a.xml", document[: int(len(document) * share)])
    pulled = drop.pull()
    assert (pulled.keys, pulled.outcomes) == ([], {"a.xml": "NOT_WELL_FORMED"})


@settings(max_examples=60, deadline=None)
@given(place=st.integers(0, 1200), byte=st.integers(0, 255))
def test_a_damaged_byte_never_makes_a_false_record_pass(place, byte):
    """Whatever is damaged inside a record is rejected or marked; the record's own text is never taken silently."""
    document = bytearray(Parcel([ONE, dossier("h-2", ChuHoSo="Lê Văn Bình")]).document())
    document[place % len(document)] = byte
    try:
        records = taken(bytes(document))
    except Rejected:
        return
    names = {"h-1": "Nguyễn Thị Ánh", "h-2": "Lê Văn Bình"}
    for key, payload in records:
        members = msgspec.json.decode(payload)
        assert "#fault" in members or members["ChuHoSo"] == names[key]


# One dossier that is not right


def test_a_wrong_hash_marks_its_dossier_only(tmp_path):
    drop = Drop(tmp_path)
    right = Parcel([ONE, dossier("h-2")]).document()
    drop.put("a.xml", right.replace("Ánh".encode(), b"Anh"))
    pulled = drop.pull()
    assert [found.get("#fault") for found in pulled.records] == [{"code": "HASH_DIFFERS", "path": ""}, None]
    assert pulled.keys == ["h-1", "h-2"]
    assert pulled.outcomes == {"a.xml": "taken"}


def test_a_dossier_that_the_manifest_does_not_name_is_marked(tmp_path):
    drop = Drop(tmp_path)
    drop.put("a.xml", Parcel([ONE]).document().replace(b'Muc MaHoSo="h-1"', b'Muc MaHoSo="h-9"'))
    assert drop.pull().records[0]["#fault"] == {"code": "HASH_DIFFERS", "path": "MaHoSo"}


@pytest.mark.parametrize(
    ("inner", "path"),
    [
        ("<MaHoSo>h</MaHoSo><NgayTra><A/></NgayTra>", "NgayTra"),
        ("<MaHoSo>h</MaHoSo><MaHoSo>i</MaHoSo>", "MaHoSo[2]"),
        ("<ChuHoSo>h</ChuHoSo>", ""),
        ("<MaHoSo>h</MaHoSo><DanhSachPhieuXinLoi><Phieu/></DanhSachPhieuXinLoi>", "DanhSachPhieuXinLoi.Phieu"),
        ("<MaHoSo>h</MaHoSo><DanhSachTienDo>mot</DanhSachTienDo>", "DanhSachTienDo"),
        (
            f"<MaHoSo>h</MaHoSo><DanhSachLePhi><LePhi><Gia>{LONG}</Gia></LePhi></DanhSachLePhi>",
            "DanhSachLePhi.LePhi.Gia",
        ),
    ],
)
def test_a_misshapen_dossier_is_marked_with_the_place_and_not_with_the_value(tmp_path, inner, path):
    drop = Drop(tmp_path)
    drop.put("a.xml", Parcel([f"<HoSo>{inner}</HoSo>", ONE]))
    faults = [found.get("#fault") for found in drop.pull().records]
    assert faults == [{"code": "SCHEMA", "path": path}, None]


def test_what_nobody_declared_is_no_fault(tmp_path):
    drop = Drop(tmp_path)
    drop.put("a.xml", Parcel(["<HoSo><MaHoSo>h</MaHoSo><Moi><A>1</A></Moi><DanhSachPhieuXinLoi/></HoSo>"]))
    assert "#fault" not in drop.pull().records[0]


def test_paths_of_a_mapping_tell_lists_and_groups():
    assert shape_of_paths(["A.B[].C", "D", "E[0].F", "G.H[]"]) == (
        frozenset({"A.B", "E", "G.H"}),
        frozenset({"A", "A.B", "E", "G"}),
    )
