"""`hub explain`: the story of a dossier, told in Vietnamese or English.

Here: words and layout. Not here: what is told (`hub/explaining.py`). Vietnamese names of fields are those of the
table declarations, English ones are the column names, so that neither can drift from the warehouse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli.opening import opened
from hub.cli.output import JsonOption, cell, say, show_json, show_table
from hub.errors import HubError

if TYPE_CHECKING:
    from hub.explaining import Match, Story


class Language(StrEnum):
    """The languages of a story."""

    VI = "vi"
    EN = "en"


def explain(
    number: Annotated[str, typer.Argument(help="Any number of the dossier, a record key, or the dossier_id.")],
    lang: Annotated[Language, typer.Option(help="Language of the story.")] = Language.VI,
    json: JsonOption = False,
) -> None:
    """Tell the story of a dossier: records, why they are one, each value's source, conflicts, timeline, history."""
    from hub import explaining

    with opened() as hub, hub.warehouse.begin("steward") as connection:
        matches = explaining.find(connection, number)
        if not matches:
            raise _nowhere(number, explaining.quarantined(connection, number))
        story = explaining.explain(connection, matches[0].dossier_id) if len(matches) == 1 else None
        codes = explaining.code_names(connection, lang is Language.VI)
    if json:
        show_json({"matches": matches, "story": story})
    elif story is None:
        _list(matches, number, lang)
    else:
        _Teller(story, codes, lang).tell()


def _nowhere(number: str, held: Sequence[int]) -> HubError:
    if held:
        return HubError(f"the record {number} is in quarantine and belongs to no dossier yet", _show(held[0]))
    return HubError(
        f"no dossier has the number {number}", "type it as it stands on the receipt, or see `hub quarantine list`"
    )


def _show(quarantine_id: int) -> str:
    return f"hub quarantine show {quarantine_id}"


def _list(matches: Sequence[Match], number: str, lang: Language) -> None:
    vi = lang is Language.VI
    columns = ("dossier_id", "via", "dossier_no", "procedure_code", "applicant_masked", "received_at")
    rows = [[getattr(match, name) for name in columns] for match in matches]
    title = f"Số {number} dẫn đến {len(matches)} hồ sơ" if vi else f"{number} leads to {len(matches)} dossiers"
    show_table(columns, rows, title)
    say("Xem từng hồ sơ: hub explain <dossier_id>" if vi else "tell one of them: hub explain <dossier_id>")


_WORDS = {
    "Hồ sơ": "Dossier",
    "số của kho": "warehouse id",
    "trước đây còn mang số": "formerly also",
    "Giá trị và nguồn": "Values and where they come from",
    "trường": "field",
    "giá trị": "value",
    "lấy từ nguồn": "source",
    "kho tính": "worked out",
    "Bản ghi nguồn": "Source records",
    "nguồn": "source",
    "khóa": "key",
    "vì sao": "rule",
    "độ chắc chắn": "weight",
    "phiên bản": "version",
    "ghi nhận": "recorded",
    "đã xóa": "deleted",
    "cờ": "flags",
    "bản gốc": "original",
    "Số hiệu": "Numbers",
    "loại": "kind",
    "số": "number",
    "Các nguồn không khớp": "Conflicts",
    "giá trị được giữ": "kept",
    "giá trị thua": "lost",
    "giữ của": "kept from",
    "thua của": "lost from",
    "Diễn biến": "Timeline",
    "lúc": "at",
    "việc": "what",
    "bước": "step",
    "phòng ban": "department",
    "Lịch sử ghi nhận": "Recorded history",
    "từ": "from",
    "trước": "before",
    "sau": "after",
    "ghi nhận lần đầu": "first recorded",
    "Nghi vấn chờ xem": "Open reviews",
    "dữ liệu cá nhân": "personal",
    "dòng": "row",
}
_CHILDREN = {
    "supplement": "Yêu cầu bổ sung",
    "fee": "Phí, lệ phí",
    "document": "Giấy tờ",
    "rating": "Đánh giá",
    "apology": "Xin lỗi, hẹn lại",
}
_RULES = {
    "alone": "một mình",
    "number": "trùng mã hồ sơ",
    "reference": "dẫn chiếu số hiệu của nhau",
    "judgement": "cán bộ phán quyết",
}


@dataclass
class _Teller:
    """One story in one language."""

    story: Story
    codes: dict[str, dict[int, str]]
    lang: Language

    def tell(self) -> None:
        """Everything, in the order in which one asks."""
        story = self.story
        say(f"{self.word('Hồ sơ')} {story.dossier['dossier_no'] or '?'} ({self.word('số của kho')} {story.dossier_id})")
        if story.redirected_from:
            say(f"{self.word('trước đây còn mang số')}: {', '.join(map(str, story.redirected_from))}")
        self.records()
        self.values()
        self.section("Các nguồn không khớp", ("trường", "giá trị được giữ", "giữ của", "giá trị thua", "thua của"), [
            (self.label(row["field"]), self.conflicting(row, "kept_value"), row["kept_source_id"],
             self.conflicting(row, "value"), row["source_id"])
            for row in story.conflicts
        ])  # fmt: skip
        self.timeline()
        for kind, title in _CHILDREN.items():
            self.children(kind, title)
        self.history()
        reviews = [(row["reason"], row["raised_at"], row["source_id_a"], row["source_key_a"], row["source_id_b"],
                    row["source_key_b"]) for row in story.reviews]  # fmt: skip
        self.section("Nghi vấn chờ xem", ("vì sao", "lúc", "nguồn", "khóa", "nguồn", "khóa"), reviews)

    def records(self) -> None:
        columns = ("nguồn", "khóa", "vì sao", "độ chắc chắn", "phiên bản", "ghi nhận", "đã xóa", "cờ", "bản gốc")
        rows = [
            (
                *(r.source_id, r.source_key, self.rule(r.rule), f"{r.weight:.2f}", r.version, r.recorded_at),
                *("x" if r.is_deleted else "", ", ".join(r.flags), f"{r.raw_file} {self.word('dòng')} {r.raw_row}"),
            )
            for r in self.story.records
        ]
        self.section("Bản ghi nguồn", columns, rows)
        numbers = [(self.label(n["kind"]), n["number"], ", ".join(n["source_ids"])) for n in self.story.numbers]
        self.section("Số hiệu", ("loại", "số", "nguồn"), numbers)

    def values(self) -> None:
        origin = {self._golden(value.field): value.source_id for value in self.story.values}
        rows = [
            (self.label(name), origin.get(name, self.word("kho tính")), self.shown(name, value))
            for name, value in self.story.dossier.items()
            if value not in (None, [], "{}") and not name.endswith("_precision") and self.shown(name, value)
        ]
        self.section("Giá trị và nguồn", ("trường", "lấy từ nguồn", "giá trị"), rows)

    def timeline(self) -> None:
        rows = []
        for event in self.story.timeline:
            what = self.word("bước") if event.kind == "step" else self.label(event.kind)
            status = self.coded("status", event.status) if event.status is not None else ""
            rows.append((_moment(event.at, event.precision), what, status, event.department))
        self.section("Diễn biến", ("lúc", "việc", "", "phòng ban"), rows)

    def children(self, kind: str, title: str) -> None:
        rows = self.story.children[kind]
        if rows:
            names = list(rows[0])
            shown = [[self.shown(name, row[name]) for name in names] for row in rows]
            heading = title if self.lang is Language.VI else kind
            say()
            show_table([self.label(name, kind) for name in names], shown, heading)

    def history(self) -> None:
        rows: list[tuple[Any, ...]] = []
        for version in self.story.history:
            changes = version.changes or [("", None, self.word("ghi nhận lần đầu"))]
            for name, before, after in changes:
                label = self.label(name) if name else ""
                rows.append((version.recorded_from, label, self.shown(name, before), self.shown(name, after)))
        self.section("Lịch sử ghi nhận", ("từ", "trường", "trước", "sau"), rows)

    def section(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """A table under its title; nothing when it is empty."""
        if rows:
            say()
            show_table([self.word(name) for name in columns], rows, self.word(title))

    def word(self, vietnamese: str) -> str:
        return vietnamese if self.lang is Language.VI else _WORDS.get(vietnamese, vietnamese)

    def rule(self, name: str) -> str:
        return _RULES.get(name, name) if self.lang is Language.VI else name

    def label(self, name: str, table: str = "") -> str:
        """The Vietnamese heading that the declarations give a column."""
        from schemas.tables.core import CHILD_TABLES, DOSSIER
        from schemas.tables.std import DOSSIER_RECORD

        if self.lang is Language.EN:
            return name
        for declared in (*([CHILD_TABLES[table]] if table else []), DOSSIER, DOSSIER_RECORD):
            if name in declared.c:
                return str(declared.c[name].info["label"])
        return name

    def coded(self, name: str, code: int) -> str:
        meaning = self.codes.get(name, {}).get(code)
        return f"{code} {meaning}" if meaning else str(code)

    def shown(self, name: str, value: Any) -> str:
        """A value as people read it: codes with their meaning, agencies by name, times as exact as they are."""
        if name.endswith("_agency_id"):
            return self.story.agencies.get(name, "" if not value else str(value))
        if name in self.codes and isinstance(value, int):
            return self.coded(name, value)
        if isinstance(value, bool):
            return ("có" if value else "không") if self.lang is Language.VI else cell(value)
        if isinstance(value, datetime):
            return _moment(value, self.story.dossier.get(name.removesuffix("_at") + "_precision"))
        return ", ".join(map(str, value)) if isinstance(value, list) else cell(value)

    def conflicting(self, row: dict[str, Any], name: str) -> str:
        return self.word("dữ liệu cá nhân") if row[name] is None else row[name]

    @staticmethod
    def _golden(field: str) -> str:
        return field.removesuffix("_code") + "_id" if field.endswith("_agency_code") else field


def _moment(at: datetime, precision: str | None) -> str:
    return at.strftime({"d": "%d/%m/%Y", "m": "%d/%m/%Y %H:%M"}.get(precision or "s", "%d/%m/%Y %H:%M:%S"))
