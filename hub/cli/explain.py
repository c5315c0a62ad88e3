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

from hub.cli.explain_words import CHILDREN, CODES, WORDS
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
    lang: Annotated[Language | None, typer.Option(help="Language of the story; HUB_LANG by default, else vi.")] = None,
    json: JsonOption = False,
) -> None:
    """Tell the story of a dossier: records, why they are one, each value's source, conflicts, timeline, history."""
    from hub import explaining

    with opened() as hub, hub.warehouse.begin("steward") as connection:
        lang = lang or Language(hub.settings.language)
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
        self.conflicts()
        self.clock()
        self.timeline()
        for kind, title in CHILDREN.items():
            self.children(kind, title)
        self.journey()
        self.history()
        self.people()
        reviews = [(self.coded_word(row["reason"]), row["raised_at"], row["source_id_a"], row["source_key_a"],
                    row["source_id_b"], row["source_key_b"]) for row in story.reviews]  # fmt: skip
        self.section("Nghi vấn chờ xem", ("vì sao", "lúc", "nguồn", "khóa", "nguồn", "khóa"), reviews)

    def records(self) -> None:
        columns = ("nguồn", "khóa", "vì sao", "độ chắc chắn", "phiên bản", "ghi nhận", "đã xóa", "cờ", "bản gốc")
        rows = [
            (
                *(r.source_id, r.source_key, self.coded_word(r.rule), f"{r.weight:.2f}", r.version, r.recorded_at),
                *("x" if r.is_deleted else "", ", ".join(r.flags), f"{r.raw_file} {self.word('dòng')} {r.raw_row}"),
            )
            for r in self.story.records
        ]
        self.section("Bản ghi nguồn", columns, rows)
        numbers = [(self.label(n["kind"]), n["number"], ", ".join(n["source_ids"])) for n in self.story.numbers]
        self.section("Số hiệu", ("loại", "số", "nguồn"), numbers)

    def values(self) -> None:
        origin = {self._golden(value.field): value for value in self.story.values}
        rows = []
        for name, value in self.story.dossier.items():
            if value in (None, [], "{}") or name.endswith("_precision") or not self.shown(name, value):
                continue
            told = origin.get(name)
            source = told.source_id if told else self.word("kho tính")
            others, reason = (told.others or "", self.coded_word(told.reason or "")) if told else ("", "")
            rows.append((self.label(name), source, self.shown(name, value), others, reason))
        columns = ("trường", "lấy từ nguồn", "giá trị", "nguồn khác cùng nêu", "vì nguồn tin hơn")
        self.section("Giá trị và nguồn", columns, rows)

    def conflicts(self) -> None:
        columns = ("trường", "giá trị được giữ", "giữ của", "giá trị thua", "thua của", "kiểu khác", "mức khác")
        rows = [
            (
                *(self.label(row["field"]), self.conflicting(row, "kept_value"), row["kept_source_id"]),
                *(self.conflicting(row, "value"), row["source_id"], self.coded_word(row["kind"])),
                "" if row["size"] is None else f"{row['size']:g}",
            )
            for row in self.story.conflicts
        ]
        self.section("Các nguồn không khớp", columns, rows)

    def clock(self) -> None:
        """What the deadline is counted by, what each rule says, what history shows."""
        beside = self.story.beside
        for row in beside.clock:
            told = [
                ("Ngày tiếp nhận để tính", row["effective_received_on"], row["received_basis"]),
                ("Hẹn trả lần đầu", row["original_due_at"], ""),
                ("Hẹn trả hiện hành", row["due_at"], ""),
                ("Hạn theo quy định", row["legal_due_at"], ""),
                ("Tạm dừng", row["stops"], ""),
                ("Ngày kết thúc để tính", row["effective_finished_on"], row["finished_basis"]),
                ("Cơ quan đang giữ", None if row["effective_finished_on"] else row["holder"], ""),
            ]
            rows = [(self.word(name), cell(value), basis) for name, value, basis in told if value is not None]
            self.section("Đồng hồ", ("việc", "giá trị", "căn cứ"), rows)
        verdicts = [
            (row["rule_id"], self.coded_word(row["outcome"]), row["basis"], row["finished_at_used"], row["due_at_used"])
            for row in beside.verdicts
        ]
        self.section("Phán xét hạn", ("quy tắc", "kết quả", "căn cứ", "kết thúc", "hạn"), verdicts)
        behaviours = [
            (row["kind"], row["happened_at"], row["detected_at"], row["rule_id"], _pairs(row["evidence"]))
            for row in beside.behaviours
        ]
        self.section("Dấu hiệu từ lịch sử", ("loại", "lúc", "ghi nhận", "quy tắc", "bằng chứng"), behaviours)

    def journey(self) -> None:
        rows = [
            (
                *(
                    row["leg_no"],
                    row["dossier_no"] or row["dossier_id"],
                    self.coded_word(row["kind"] or ""),
                    row["agency"],
                ),
                *(row["procedure_code"], row["received_on"], row["due_on"], row["finished_on"]),
                self.coded_word(row["outcome"] or ""),
            )
            for row in self.story.beside.journey
        ]
        columns = ("chặng", "số", "nối", "cơ quan", "thủ tục", "tiếp nhận", "hạn", "kết thúc", "kết quả")
        self.section("Hành trình liên thông", columns, rows)
        for row in self.story.beside.chain:
            if row["limit_on"] is not None:
                outcome = self.coded_word(row["outcome"] or "")
                say(f"{self.word('hạn cả hành trình')}: {row['limit_on']} {outcome}".rstrip())

    def people(self) -> None:
        """Why records without a common number are here, and what people said of its records."""
        pair = ("source_id_a", "source_key_a", "source_id_b", "source_key_b")
        evidence = [
            (
                *(row[name] for name in pair),
                self.coded_word(row["rule"]),
                f"{row['weight']:.1f}",
                _pairs(row["evidence"]),
            )
            for row in self.story.beside.evidence
        ]
        columns = ("nguồn", "khóa", "nguồn", "khóa", "vì sao", "độ chắc chắn", "từng trường")
        self.section("Bằng chứng ghép", columns, evidence)
        judgements = [
            (
                *(row[name] for name in pair),
                self.coded_word(row["verdict"]),
                row["judged_by"],
                row["judged_at"],
                row["reason"],
            )
            for row in self.story.beside.judgements
        ]
        said = ("nguồn", "khóa", "nguồn", "khóa", "phán quyết", "ai", "lúc", "lý do")
        self.section("Phán quyết", said, judgements)

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
        return vietnamese if self.lang is Language.VI else WORDS.get(vietnamese, vietnamese)

    def coded_word(self, code: str) -> str:
        """A code of the warehouse (rule, kind, reason, outcome) in the language of the story."""
        return CODES.get(code, code) if self.lang is Language.VI else code

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


def _pairs(evidence: dict[str, Any]) -> str:
    """Evidence as one line: each name with its value, the nested ones in brackets."""
    told = (f"{name} {_pairs(value) if isinstance(value, dict) else value}" for name, value in sorted(evidence.items()))
    return f"({', '.join(told)})"
