"""Where dossiers are handed in: the agencies and procedures of the province on a day, and the working days.

Here: what the sandbox takes from `schemas/codes`, with plausible weights. Not here: people (`people.py`) and what
happens to a dossier (`lives.py`). Weights are invented; agencies, procedures and their limits are the seeds'.
Limits make appointments look real everywhere; they are law only from the day on which the seeds put them in force.
"""

from __future__ import annotations

import csv
import random
from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from itertools import accumulate

import polars as pl

from hub.rules.calendar import working_days

COMMUNE_FIELDS = {"Hộ tịch": 34, "Chứng thực": 32, "Đất đai": 8, "Chính sách": 7, "Người có công": 6, "Giảm nghèo": 3}
DISTRICT_FIELDS = {
    "Đất đai": 32,
    "Thành lập và hoạt động doanh nghiệp (hộ kinh doanh)": 24,
    "Hoạt động xây dựng": 12,
    "Chứng thực": 10,
    "Hộ tịch": 8,
    "Người có công": 4,
    "Quy hoạch đô thị và nông thôn": 3,
    "Lâm nghiệp": 2,
}
BRANCH_FIELDS = {"Đất đai": 80, "Đăng ký biện pháp bảo đảm": 20}
DEPARTMENT_FIELDS = {
    "Sở Tư pháp": {"Lý lịch tư pháp": 40, "Công chứng": 6, "Luật sư": 3, "Quốc tịch": 1, "Đấu giá tài sản": 2},
    "Sở Kế hoạch và Đầu tư": {"Thành lập và hoạt động của doanh nghiệp": 30, "Đầu tư tại Việt nam": 4},
    "Sở Tài chính": {"Quản lý công sản": 2, "Tài chính doanh nghiệp": 1},
    "Sở Nông nghiệp và Phát triển nông thôn": {"Thú y": 6, "Thủy sản": 8, "Lâm nghiệp": 4, "Chăn nuôi": 3},
    "Sở Giao thông vận tải": {"Sát hạch, cấp giấy phép lái xe": 50, "Đường bộ": 22},
    "Sở Xây dựng": {"Hoạt động xây dựng": 14, "Nhà ở và công sở": 4, "Kinh doanh bất động sản": 2},
    "Sở Tài nguyên và Môi trường": {"Đất đai": 12, "Tài nguyên nước": 3, "Địa chất và khoáng sản": 3, "Môi trường": 2},
    "Sở Nông nghiệp và Môi trường": {"Đất đai": 12, "Thú y": 4, "Thủy sản": 5, "Tài nguyên nước": 3, "Môi trường": 2},
    "Sở Lao động - Thương binh và Xã hội": {"Người có công": 10, "Chính sách": 5},
    "Sở Khoa học và Công nghệ": {"Khoa học công nghệ": 2},
}
REFORM = date(2025, 7, 1)  # NQ 1686/NQ-UBTVQH15: districts dissolved, communes merged
LEVEL_SHARES = {"commune": 62.0, "district": 20.0, "department": 13.0, "branch": 5.0}
# Codes no catalogue knows: the province's own procedures, which the hub must keep and raise.
UNKNOWN_PROCEDURES = {
    "3.000901": ("Xác nhận hoạt động văn hóa cơ sở", "Văn hóa"),
    "3.000902": ("Hỗ trợ học nghề theo chính sách của tỉnh", "Việc làm"),
    "3.000903": ("Bình chọn sản phẩm làng nghề tiêu biểu của tỉnh", "Ngành nghề nông thôn"),
    "3.000904": ("Cấp thẻ hướng dẫn tham quan di tích", "Du lịch"),
}


@dataclass(frozen=True, slots=True)
class Agency:
    """One agency. `named_once` is False when another agency of that day bears the same name."""

    code: str
    name: str
    level: str
    named_once: bool


@dataclass(frozen=True, slots=True)
class Procedure:
    """A procedure by its root code; `limit` is a number of working days, None when the seeds know none."""

    code: str
    name: str
    field: str
    limit: int | None


def seed_rows(name: str) -> list[dict[str, str]]:
    """The rows of one table of `schemas/codes`."""
    return list(csv.DictReader((files("schemas") / "codes" / name).read_text(encoding="utf-8").splitlines()))


@cache
def plain_limits() -> dict[str, dict[str, str]]:
    """The limit of each procedure that has one alone, in days, for every channel and case."""
    rows = seed_rows("procedure_limits.csv")
    several = Counter(row["procedure_code"] for row in rows)
    return {
        row["procedure_code"]: row
        for row in rows
        if several[row["procedure_code"]] == 1
        and row["limit_unit"] in ("working_day", "calendar_day")
        and not row["channel"]
        and not row["procedure_case"]
    }


class WorkingDays:
    """The province's working days around a span of days, as a list that can be counted in."""

    def __init__(self, start: date, end: date) -> None:
        corrections = pl.DataFrame(
            [{**row, "date": date.fromisoformat(row["date"]), "recorded_on": date.fromisoformat(row["recorded_on"])}
             for row in seed_rows("calendar_corrections.csv")]
        )  # fmt: skip
        found = working_days(start, end, corrections=corrections)
        self.days: list[date] = found.filter(pl.col("is_working"))["date"].to_list()
        self._set = frozenset(self.days)
        self._guessed: list[date] = found.filter(pl.col("projected"))["date"].to_list()

    def __contains__(self, day: date) -> bool:
        return day in self._set

    def after(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`; 0 is `day` itself or, on a day off, the next working day."""
        if count == 0:
            return self.days[bisect_left(self.days, day)]
        return self.days[bisect_right(self.days, day) + count - 1]

    def between(self, first: date, last: date) -> int:
        """Working days after `first` up to and including `last`."""
        return bisect_right(self.days, last) - bisect_right(self.days, first)

    def is_announced(self, first: date, last: date) -> bool:
        """Whether the holidays of every day after `first` up to and including `last` are announced."""
        return bisect_right(self._guessed, last) == bisect_right(self._guessed, first)


class Places:
    """Agencies and procedures on a day, drawn by weight."""

    def __init__(self, seed: int, today: date) -> None:
        rng = random.Random(f"places {seed}")
        iso = today.isoformat()
        valid = [
            row
            for row in seed_rows("agencies.csv")
            if (row["valid_from"] or "0") <= iso < (row["valid_to"] or "9")
            and (row["level"] in ("commune", "district", "branch") or row["name"] in DEPARTMENT_FIELDS)
        ]
        # the first day on which all of them stood
        self.since = date.fromisoformat(max(row["valid_from"] or date.min.isoformat() for row in valid))
        names = Counter(row["name"].casefold() for row in valid)
        self.agencies = [
            Agency(row["agency_code"], row["name"], row["level"], names[row["name"].casefold()] == 1) for row in valid
        ]
        self._districts = {row["agency_code"]: row["parent_agency_code"] for row in valid if row["level"] == "commune"}
        self._by_code = {agency.code: agency for agency in self.agencies}
        weights = []
        for agency in self.agencies:
            weight = rng.lognormvariate(0, 0.6)
            if agency.level == "department":
                weight *= sum(DEPARTMENT_FIELDS[agency.name].values())
            weights.append(weight)
        totals = dict.fromkeys(LEVEL_SHARES, 0.0)
        for agency, weight in zip(self.agencies, weights, strict=True):
            totals[agency.level] += weight
        shares = [
            LEVEL_SHARES[agency.level] * weight / totals[agency.level]
            for agency, weight in zip(self.agencies, weights, strict=True)
        ]
        self._cumulative = list(accumulate(shares))
        self._communes = [agency for agency in self.agencies if agency.level == "commune"]
        self._procedures = _procedures_of(self.agencies, rng, iso)
        self.unknown = [Procedure(code, *text, 5) for code, text in UNKNOWN_PROCEDURES.items()]

    def agency(self, rng: random.Random, communes_only: bool = False) -> Agency:
        """An agency by its volume; on Saturdays only communes receive."""
        if communes_only:
            return rng.choice(self._communes)
        return rng.choices(self.agencies, cum_weights=self._cumulative)[0]

    def busiest(self, count: int) -> list[Agency]:
        """The agencies that receive most, the first of them first."""
        shares = [b - a for a, b in zip([0.0, *self._cumulative], self._cumulative, strict=False)]
        order = sorted(range(len(shares)), key=lambda n: -shares[n])
        return [self.agencies[n] for n in order[:count]]

    def processor(self, agency: Agency, rng: random.Random) -> Agency:
        """Who handles what `agency` receives: mostly itself, a district for a few dossiers of communes."""
        parent = self._districts.get(agency.code)
        return self._by_code[parent] if parent in self._by_code and rng.random() < 0.06 else agency

    def procedure(self, agency: Agency, rng: random.Random) -> Procedure:
        """A procedure that this agency handles."""
        procedures, cumulative = self._procedures[agency.name if agency.level == "department" else agency.level]
        return rng.choices(procedures, cum_weights=cumulative)[0]


def _procedures_of(
    agencies: list[Agency], rng: random.Random, day: str
) -> dict[str, tuple[list[Procedure], list[float]]]:
    limits: dict[str, int] = {}
    hourly: set[str] = set()
    for row in seed_rows("procedure_limits.csv"):
        in_force = row["valid_from"] <= day
        days = 1 if row["limit_unit"] == "hour" else int(row["limit_value"])
        if in_force and row["limit_unit"] == "hour":
            hourly.add(row["procedure_code"])  # an appointment by the day would break it
        if in_force and row["limit_unit"] == "calendar_day":
            days = days * 5 // 7 - 4  # within the calendar days over any holiday
        days = max(1, min(days, 30))
        known = limits.setdefault(row["procedure_code"], days)
        if in_force:  # of several limits, for single channels or cases, the least is kept to
            limits[row["procedure_code"]] = min(known, days)
    rows = [row for row in seed_rows("procedures.csv") if row["procedure_code"] not in hourly]
    chosen: dict[str, tuple[list[Procedure], list[float]]] = {}

    def choose(key: str, level: str, fields: dict[str, int]) -> None:
        procedures: list[Procedure] = []
        weights: list[float] = []
        for field, weight in fields.items():
            found = [row for row in rows if row["field_name"] == field and level in row["levels"].split("|")]
            parts = [1 / (rank + 1) for rank in range(len(found))]  # few procedures make most dossiers
            rng.shuffle(found)
            for row, part in zip(found, parts, strict=True):
                code = row["procedure_code"]
                procedures.append(Procedure(code, row["name"], field, limits.get(code)))
                weights.append(weight * part / sum(parts))
        chosen[key] = (procedures, list(accumulate(weights)))

    choose("commune", "xa", COMMUNE_FIELDS)
    choose("district", "xa", DISTRICT_FIELDS)
    choose("branch", "tinh", BRANCH_FIELDS)
    for agency in agencies:
        if agency.level == "department":
            choose(agency.name, "tinh", DEPARTMENT_FIELDS[agency.name])
    return chosen


def submission_weights(start: date, end: date, work: WorkingDays) -> list[tuple[date, float]]:
    """How busy each day from `start` to `end` (included) is: Saturdays a little, Sundays online alone."""
    days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    return [(day, 1.0 if day in work else 0.10 if day.weekday() == 5 else 0.02) for day in days]
