"""Drop folders: XML packages of 1,000 dossiers, registers of 2,000 rows, each against its own limit.

    xml_full_std    raw + std of all packages, divided by lxml's iterparse over the same files and COPY
    xlsx_full_std   raw + std of all registers, divided by calamine's rows of the same files and COPY
    rss_mb xml_N    peak memory of the hub's process after N records; the same for xlsx
Here: the files, the limits, the order of a measurement. The limits are also told in records per second, since nothing
else bounds them.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
from lxml import etree
from openpyxl import Workbook
from python_calamine import CalamineWorkbook

from bench.candidate import Candidate
from bench.figures import Figures, connected, note, std, timed, told
from bench.rest_data import record
from hub.warehouse import embedded

PACKAGE, REGISTER = 1_000, 2_000
SOURCE = """level: commune
family: files
mapping: {mapping}
sources: [commune]
connection: {{url: {{env: HUB_BENCH_FOLDER}}, pattern: "*.*", archive: "", reject: "", settle: 0s}}
pull: {{lag: 0s, page_size: 1000, every: 1h, timeout: 60s, budget: 30m}}
valid: {{from: 2018-01-01}}
"""
FIELDS = [name for name, value in record(0).items() if not isinstance(value, list) and name != "NgayCapNhat"]
TITLES = [
    *("TT", "Mã hồ sơ", "Tên TTHC", "Số lượng hồ sơ (bộ)", "Tên cá nhân, tổ chức", "Địa chỉ, số điện thoại"),
    *("Cơ quan chủ trì giải quyết", "Ngày nhận", "Ngày hẹn trả", "Ngày trả", "Phương thức nhận kết quả", "Ghi chú"),
]
Rows = Callable[[Path], Iterator[list[list[Any]]]]


def measure_xml(options: argparse.Namespace, home: Path) -> Figures:
    """The figures of packages."""
    folder = _folder(home)
    for number in range(options.packages):
        (folder / f"{number:04}.xml").write_bytes(_package(number))
    return _measure("xml", "goi_ho_so_xml", options.repeats, home, folder, FIELDS, _elements)


def measure_xlsx(options: argparse.Namespace, home: Path) -> Figures:
    """The figures of registers."""
    folder = _folder(home)
    for number in range(options.registers):
        _register(folder / f"{number:04}.xlsx", number)
    return _measure("xlsx", "so_theo_doi_excel", options.repeats, home, folder, TITLES, _cells)


def _measure(
    name: str, mapping: str, repeats: int, home: Path, folder: Path, columns: list[str], rows: Rows
) -> Figures:
    figures = Figures()
    for repeat in range(repeats):
        here = home / f"run{repeat}"
        here.mkdir(mode=0o755)
        environ = {"HUB_BENCH_FOLDER": str(folder)}
        hub = Candidate(here, SOURCE.format(mapping=mapping), environ, core=False)
        print(f"{name}, run {repeat + 1}: start_s {hub.start_s:.2f}", flush=True)
        with connected(here) as connection:
            body = ", ".join(f'"{column}" text' for column in columns)
            connection.execute("create schema raw_limit")
            connection.execute(f"create table raw_limit.row ({body})".encode())
            floor = timed(lambda c=connection: _load(c, folder, rows))
        done = hub.run()
        told("full", floor, done)
        note(figures.ratios, f"{name}_full_std", std(done) / floor)
        note(figures.limits, f"{name}_records_per_s", done["records"] / floor)
        note(figures.rss, f"{name}_{done['records']:.0f}", done["rss_mb"])
        hub.stop()
        embedded.stop(here)
        shutil.rmtree(here, ignore_errors=True)
    return figures


def _load(connection: psycopg.Connection[Any], folder: Path, rows: Rows) -> None:
    """The limit: read each file and COPY its rows."""
    for file in sorted(folder.iterdir()):
        for found in rows(file):
            text = io.StringIO()
            csv.writer(text).writerows(found)
            with connection.cursor().copy("copy raw_limit.row from stdin (format csv)") as copy:
                copy.write(text.getvalue())


def _elements(file: Path) -> Iterator[list[list[Any]]]:
    found = []
    for _, element in etree.iterparse(str(file), tag="HoSo"):
        found.append([element.findtext(name) for name in FIELDS])
        element.clear()
    yield found


def _cells(file: Path) -> Iterator[list[list[Any]]]:
    with CalamineWorkbook.from_path(str(file)) as book:
        yield book.get_sheet_by_index(0).to_python()[4:]


def _folder(home: Path) -> Path:
    folder = home / "drop"
    folder.mkdir(mode=0o755)
    return folder


def _package(number: int) -> bytes:
    """A package with its manifest: the count, and the SHA-256 of each dossier's exclusive canonical form."""
    dossiers, entries = [], []
    for place in range(number * PACKAGE, (number + 1) * PACKAGE):
        made = record(place)
        element = "".join(f"<{name}>{made[name]}</{name}>" for name in FIELDS if made[name])
        form = etree.tostring(etree.fromstring(f"<HoSo>{element}</HoSo>"), method="c14n", exclusive=True)
        dossiers.append(form.decode())
        entries.append(f'<Muc MaHoSo="{made["MaHoSo"]}" SHA256="{hashlib.sha256(form).hexdigest()}"/>')
    sent_at = f"20230101{number // 60 % 24:02}{number % 60:02}00"
    header = f"<MaGoi>G{number}</MaGoi><NgayGui>{sent_at}</NgayGui><SoLuong>{PACKAGE}</SoLuong>"
    manifest, body = "".join(entries), "\n".join(dossiers)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><GoiHoSo><TieuDe>{header}<Manifest>{manifest}</Manifest></TieuDe>'
        f"<DanhSachHoSo>{body}</DanhSachHoSo></GoiHoSo>"
    ).encode()


def _register(file: Path, number: int) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("So")
    sheet.append(["SỔ THEO DÕI HỒ SƠ"])
    sheet.append(["Năm:", 2022, "Quyển số:", number + 1])
    sheet.append([])
    sheet.append(TITLES)
    for ordinal in range(1, REGISTER + 1):
        made = record(number * REGISTER + ordinal)
        day = str(made["NgayTiepNhan"])
        received = f"{day[6:8]}/{day[4:6]}/{day[:4]}"
        sheet.append(
            [
                *(ordinal, made["MaHoSo"], "Đăng ký khai sinh", 1, made["ChuHoSo"]),
                *(f"Thôn {ordinal % 20}, xã Hoằng Đạo, {made['SoDienThoai']}", "UBND xã", received, received, None),
                *("Trực tiếp", None),
            ]
        )
    book.save(file)
