"""Registers of communes: the workbook "Sổ theo dõi hồ sơ", re-sent with more rows whenever something happened.

Here: the three spellings of its header, its rows and how clerks type. Not here: the file format (`workbook.py`) and
what a register can tell (`one_stop.py`). A workbook has one sheet per month of receipt, a preamble, a header of two
rows with merged cells and a row of column numbers; the ordinal runs through the year, in the order of receipt.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from random import Random

from connectors.contract import composite_key
from connectors.files_register import ROW_IDENTITY
from hub.sandbox import mischief
from hub.sandbox.dossier import Life
from hub.sandbox.drops import Drop
from hub.sandbox.messages import spoken, written_phone
from hub.sandbox.mischief import OneStopSwitches
from hub.sandbox.one_stop import OneStop
from hub.sandbox.said import Said, delay_of
from hub.sandbox.td import address
from hub.sandbox.workbook import Cell, Sheet, written

BOOK = "01"
NUMBERS = tuple(f"({n})" for n in range(1, 14))


@dataclass(frozen=True, slots=True)
class Spelling:
    """One way of writing the form. `titles` are its 13 columns, of which 8 to 10 stand under `group`.

    `dates`: text, cell or mixed. `shift`: so many empty columns stand before the first.
    """

    titles: tuple[str, ...]
    group: str
    dates: str
    shift: int
    year: str
    book: str
    post: str


SPELLINGS = (
    Spelling(
        (
            "TT", "Mã hồ sơ", "Tên TTHC", "Số lượng hồ sơ (bộ)", "Tên cá nhân, tổ chức", "Địa chỉ, số điện thoại",
            "Cơ quan chủ trì giải quyết", "Nhận hồ sơ", "Hẹn trả kết quả", "Trả kết quả",
            "Phương thức nhận kết quả", "Ký nhận", "Ghi chú",
        ),
        "Ngày, tháng, năm", "text", 0, "Năm: {0}", "Quyển số: {0}", "Bưu chính công ích",
    ),
    Spelling(
        (
            "STT", "Mã số hồ sơ", "Tên thủ tục hành chính", "Số bộ hồ sơ", "Họ tên cá nhân, tên tổ chức",
            "Địa chỉ và số điện thoại", "Cơ quan giải quyết", "Ngày nhận", "Ngày hẹn trả", "Ngày trả",
            "Hình thức nhận kết quả", "Ký nhận", "Ghi chú",
        ),
        "Thời gian", "cell", 0, "NĂM {0}", "QUYỂN SỐ {0}", "BCCI",
    ),
    Spelling(
        (
            "TT", "MÃ HỒ SƠ", "TÊN TTHC", "SL hồ sơ\n(bộ)", "TÊN CÁ NHÂN,\nTỔ CHỨC", "Địa chỉ, SĐT",
            "CQ chủ trì\ngiải quyết", "Tiếp nhận", "Hẹn trả", "Trả KQ", "PT nhận KQ", "Ký nhận", "Ghi chú",
        ),
        "Ngày, tháng, năm", "mixed", 1, "Năm {0}", "Quyển số {0}", "Qua bưu điện",
    ),
)  # fmt: skip


def spelling_of(system: OneStop) -> Spelling:
    """The spelling that this commune uses."""
    return SPELLINGS[system.ordinal % len(SPELLINGS)]


def row_key(received: date, ordinal: int) -> str:
    """The key of a row without dossier number: year, book, sheet and ordinal, as the hub's connector makes it."""
    return composite_key([ROW_IDENTITY, str(received.year), BOOK, sheet_name(received), str(ordinal)])


def sheet_name(month: date) -> str:
    """The sheet of a month."""
    return f"Tháng {month.month}"


class Register:
    """Collects the rows of one commune as of several moments; the second moment is the first day."""

    def __init__(self, system: OneStop, seed: int, cuts: list[datetime], switches: OneStopSwitches) -> None:
        self._system = system
        self._seed = seed
        self._cuts = cuts
        self._switches = switches
        self._rows: list[list[tuple[Life, Said, frozenset[str]]]] = [[] for _ in cuts]
        self._changed = [False] * len(cuts)

    def add(self, cut: int, life: Life, said: Said, edges: frozenset[str], changed: bool) -> None:
        """A row as of one moment, and whether it is new or other than at the moment before."""
        self._rows[cut].append((life, said, edges))
        self._changed[cut] |= changed

    def ordinals(self) -> dict[int, int]:
        """The ordinal in the book of each dossier, by the dossier's place in the world."""
        last = next((rows for rows in reversed(self._rows) if rows), [])
        return {life.ordinal: n for n, (life, _, _) in enumerate(_in_order(last), 1)}

    def drops(self) -> list[Drop]:
        """The workbook of the first day, and one for each later day on which it changed."""
        found = []
        code = self._system.agency.code
        for cut, rows in enumerate(self._rows):
            if cut == 0 or not rows or not (cut == 1 or self._changed[cut]):
                continue
            end = self._cuts[cut]
            content = written(self._sheets(rows), end, self._system.agency.name)
            name = f"So theo doi ho so {end:%Y}" + ("" if cut == 1 else f" ({end:%d-%m})")
            found.append(Drop(code, f"{name}.xlsx", cut - 1, end, content))
            if Random(f"files {self._seed} {code} {cut}").random() < self._switches.twice:
                found.append(Drop(code, f"{name} - Copy.xlsx", cut - 1, end, content))
        return found

    def _sheets(self, rows: list[tuple[Life, Said, frozenset[str]]]) -> list[Sheet]:
        form = spelling_of(self._system)
        sheets: dict[date, Sheet] = {}
        for ordinal, (life, said, edges) in enumerate(_in_order(rows), 1):
            received = said.received_at or datetime.min
            month = received.date().replace(day=1)
            if month not in sheets:
                sheets[month] = self._blank(form, month)
            values = self._row(form, ordinal, life, said, edges)
            sheets[month].rows.append([None] * form.shift + values)
        for month, sheet in sheets.items():
            total = f"Cộng tháng {month.month}: {len(sheet.rows) - 7} hồ sơ"
            sheet.rows.append([None] * (form.shift + 2) + [total])
        return list(sheets.values())

    def _blank(self, form: Spelling, month: date) -> Sheet:
        """Preamble, header and column numbers."""
        left: list[Cell] = [None] * form.shift
        first = ord("A") + form.shift
        upper: list[Cell] = [form.group if n == 7 else None if n in (8, 9) else t for n, t in enumerate(form.titles)]
        lower: list[Cell] = [title if n in (7, 8, 9) else None for n, title in enumerate(form.titles)]
        rows: list[list[Cell]] = [
            [*left, self._system.agency.name.upper()],
            [*left, None, None, "SỔ THEO DÕI HỒ SƠ"],
            [*left, form.year.format(month.year), None, form.book.format(BOOK)],
            [],
            left + upper,
            left + lower,
            [*left, *NUMBERS],
        ]
        sides = [n for n in range(13) if n not in (7, 8, 9)]
        merged = [f"{chr(first + n)}5:{chr(first + n)}6" for n in sides]
        return Sheet(sheet_name(month), list(rows), [f"{chr(first + 7)}5:{chr(first + 9)}5", *merged])

    def _row(self, form: Spelling, ordinal: int, life: Life, said: Said, edges: frozenset[str]) -> list[Cell]:
        phone = written_phone(life)
        if "bare_phone" in edges:
            phone = phone.removeprefix("0")
        name, place = spoken(life, life.applicant.name), address(life)
        if "vni_text" in edges and "tcvn3_text" not in life.traits and "decomposed_text" not in life.traits:
            name, place = mischief.vni(name), mischief.vni(place)
        contact = (f"{place}, ĐT: {phone}", f"{place} - {phone}", f"{place}\n{phone}")[life.ordinal % 3]
        days = [
            None if day is None else f"{day:%d/%m/%Y}" if self._as_text(form, life, n) else day.date()
            for n, day in enumerate((said.received_at, said.due_at, said.returned_at))
        ]
        withdrawn = any(
            step.status == 7 and step.at + delay_of(life, said.source_id) <= said.updated_at for step in life.steps
        )
        return [
            ordinal if form.dates != "text" else str(ordinal),
            said.number,
            life.procedure.name,
            1,
            name,
            contact,
            life.processor.name,
            *days,
            form.post if life.return_method == 1 else "Trực tiếp",
            None,
            "Công dân rút hồ sơ" if withdrawn else None,
        ]

    def _as_text(self, form: Spelling, life: Life, place: int) -> bool:
        return form.dates == "text" or (form.dates == "mixed" and (life.ordinal + place) % 2 == 0)


def _in_order(rows: list[tuple[Life, Said, frozenset[str]]]) -> list[tuple[Life, Said, frozenset[str]]]:
    return sorted(rows, key=lambda row: (row[0].received_at or datetime.min, row[0].ordinal))
