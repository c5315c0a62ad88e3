"""Every known attack by XML and zip, and memory that does not grow with a package."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from tests.connectors.drop_folder import DOSSIERS, Drop
from tests.connectors.package_writer import Parcel, dossier

ONE = dossier("h-1", ChuHoSo="Nguyễn Thị Ánh")

HEAD = '<?xml version="1.0"?>'
BILLION = '<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
)


@pytest.mark.parametrize(
    ("prolog", "text", "code"),
    [
        ('<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "&x;", "DTD"),
        ('<!DOCTYPE l [<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]>', "&x;", "DTD"),
        ('<!DOCTYPE l SYSTEM "http://127.0.0.1:9/x.dtd">', "", "DTD"),
        ('<!DOCTYPE l [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>', "", "DTD"),
        (BILLION + "]>", "&j;", "DTD"),
        (f'<!DOCTYPE l [<!ENTITY a "{"a" * 100_000}">]>', "&a;" * 1000, "DTD"),
        ("", "&x;", "NOT_WELL_FORMED"),
        ("", "a" * 20_000_000, "TOO_LARGE"),
        ("", "<d>" * 300 + "</d>" * 300, "NOT_WELL_FORMED"),
        ("", "<d/>" * 2_000_000, "TOO_LARGE"),
    ],
    ids=[
        "external file",
        "external address",
        "external dtd",
        "parameter entity",
        "billion laughs",
        "quadratic blow-up",
        "undeclared entity",
        "huge text",
        "deep nesting",
        "many elements",
    ],
)
def test_an_attack_takes_no_record_and_leaks_nothing(tmp_path, prolog, text, code):
    drop = Drop(tmp_path)
    head = "<GoiHoSo><TieuDe><MaGoi>1</MaGoi><SoLuong>1</SoLuong></TieuDe><DanhSachHoSo>"
    drop.put("a.xml", f"{HEAD}{prolog}{head}<HoSo><A>{text}</A></HoSo></DanhSachHoSo></GoiHoSo>".encode())
    pulled = drop.pull()
    assert (pulled.keys, pulled.outcomes) == ([], {"a.xml": code})
    assert "root:" not in repr(pulled)


def test_an_include_is_only_an_element(tmp_path):
    drop = Drop(tmp_path, replace(DOSSIERS, schema=None))
    include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
    drop.put("a.xml", Parcel([f"<HoSo><MaHoSo>h</MaHoSo>{include}</HoSo>"]))
    (found,) = drop.pull().records
    assert found["{http://www.w3.org/2001/XInclude}include"] == {"@href": "file:///etc/passwd", "@parse": "text"}


def test_a_doctype_in_another_encoding_is_seen(tmp_path):
    drop = Drop(tmp_path)
    text = Parcel([ONE], prolog='<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE GoiHoSo>').document().decode()
    drop.put("a.xml", text.encode("utf-16"))
    assert drop.pull().outcomes == {"a.xml": "DTD"}


def test_more_records_than_allowed_are_refused(tmp_path):
    drop = Drop(tmp_path, max_records=2)
    drop.put("a.xml", Parcel([dossier(f"h-{n}") for n in range(3)]))
    assert drop.pull().outcomes == {"a.xml": "TOO_MANY_RECORDS"}


# Zips


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_a_zip_holds_several_packages(tmp_path):
    drop = Drop(tmp_path)
    first, second = (
        Parcel([ONE], id="1").document(),
        Parcel([dossier("h-2")], id="2", sent_at="20240320000000").document(),
    )
    drop.put("a.zip", zipped({"2.xml": second, "1.XML": first}))
    pulled = drop.pull()
    assert (pulled.keys, pulled.versions) == (["h-1", "h-2"], ["20240320000000"] * 2)
    assert [package.sha256 for package in pulled.originals["a.zip"].packages] == [
        hashlib.sha256(document).hexdigest() for document in (first, second)
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (zipped({"1.xml": Parcel([ONE]).document(), "2.xml": b"<GoiHoSo>"}), "NOT_WELL_FORMED"),
        (zipped({"1.xml": Parcel([ONE]).document(), "virus.exe": b"MZ"}), "BAD_ZIP"),
        (zipped({"in.zip": zipped({"1.xml": b"<a/>"})}), "BAD_ZIP"),
        (zipped({}), "BAD_ZIP"),
        (zipped({"1.xml": Parcel([ONE]).document()})[:-40], "BAD_ZIP"),
        (zipped({"1.xml": b" " * 30_000_000}), "ZIP_BOMB"),
        (zipped({f"{n}.xml": b"<a/>" for n in range(2001)}), "ZIP_BOMB"),
        (zipped({f"{n}.xml": b"<a>" + bytes(str(n), "ascii") * 90_000 for n in range(100, 140)}), "ZIP_BOMB"),
    ],
    ids=["one broken", "stranger", "nested", "empty", "cut", "ratio", "entries", "size"],
)
def test_a_zip_is_taken_whole_or_not_at_all(tmp_path, content, code):
    drop = Drop(tmp_path, max_unpacked_bytes=10_000_000)
    drop.put("a.zip", content)
    pulled = drop.pull()
    assert (pulled.keys, pulled.outcomes) == ([], {"a.zip": code})


def test_a_damaged_entry_rejects_the_zip(tmp_path):
    content = bytearray(zipped({"1.xml": Parcel([dossier(f"h-{n}") for n in range(500)]).document()}))
    content[len(content) // 2] ^= 0xFF
    drop = Drop(tmp_path)
    drop.put("a.zip", bytes(content))
    assert drop.pull().outcomes["a.zip"] in ("BAD_ZIP", "NOT_WELL_FORMED")


# Memory

_MEASURE = """
import resource, sys
from pathlib import Path
from tests.connectors.drop_folder import Drop
drop = Drop(Path(sys.argv[1]))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
count = 0
def seen(page):
    global count
    count += len(page.keys)
    page.keys, page.payloads, page.versions = [], [], []
pulled = drop.pull(during=seen)
assert pulled.error is None and set(pulled.outcomes.values()) == {"taken"}, pulled.outcomes
print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_memory_does_not_grow_with_the_package(tmp_path):
    filler = {f"Truong{n}": "Phường Hạc Thành, tỉnh Thanh Hóa" * 4 for n in range(10)}
    document = Parcel([dossier(f"h-{n}", **filler) for n in range(11_000)]).document()
    assert len(document) > 20_000_000
    Drop(tmp_path).put("a.xml", document)
    root = Path(__file__).parents[2]
    ran = subprocess.run(
        [sys.executable, "-c", _MEASURE, str(tmp_path)], capture_output=True, text=True, cwd=root, check=False
    )
    assert ran.returncode == 0, ran.stderr
    count, grown_kb = map(int, ran.stdout.split())
    assert count == 11_000
    assert grown_kb < 40_000  # the tree of the whole document would take some 200 MB
