"""Source files: expanding by name and by agency, validity, overrides, and the sentences about broken ones."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from hub.errors import HubError
from hub.mapping import Mapping, Read, Stream
from hub.reference import agencies
from hub.registry import Source, load_mappings, load_sources
from hub.settings import ZONE, load

NOW = datetime(2022, 10, 1, 6, tzinfo=ZONE)
STREAM = Stream("dossier", Read("/a"), ["MaHoSo"], {"dossier_no": ["MaHoSo"]})
MAPPINGS = {
    "vendor": Mapping("vendor", "rest", "Asia/Ho_Chi_Minh", {"dossier": STREAM}),
    "opencps": Mapping("opencps", "rest", "Asia/Ho_Chi_Minh", {"dossier": STREAM}),
    "td_sql": Mapping("td_sql", "odbc", "Asia/Ho_Chi_Minh", {"dossier": STREAM}),
}


def agency(code: str, slug: str, start: date | None = None, end: date | None = None, **more: str) -> dict[str, Any]:
    row = {"agency_code": code, "level": "district", "slug": slug, "name": f"UBND {slug}"}
    return {**row, "valid_from": start, "valid_to": end, **more}


REFORM = date(2025, 7, 1)
AGENCIES = [
    agency("000.00.31.H56", "tho-xuan", None, REFORM),
    agency("000.00.32.H56", "dong-son", None, date(2025, 1, 1)),
    agency("000.00.33.H56", "tinh-gia", None, date(2020, 6, 1)),
    agency("000.00.33.H56", "nghi-son", date(2020, 6, 1), REFORM),
    agency("000.00.34.H56", "cu", None, date(2017, 1, 1)),
    agency("H56.101", "hac-thanh", REFORM, level="commune"),
]
NAMED = """\
level: portal
family: rest
mapping: vendor
sources: [portal, mirror]
connection:
  base_url: {env: HUB_URL}
  headers: {tenant: thanhhoa, groupId: 55301}
  auth:
    kind: body_token
    url: /api/tokens
    fields: {userName: hub, password: {env: HUB_PASSWORD}}
pull: {lag: 10m, page_size: 500}
valid: {from: 2018-01-01, to: 2025-07-01}
overrides:
  mirror: {mapping: opencps, connection: {headers: {tenant: khac}}, pull: {every: 1d}}
"""
DISTRICTS = """\
level: district
family: rest
mapping: vendor
for_each: {agencies: {level: district}}
id: "district-{agency.code}"
connection:
  base_url: "https://{agency.slug}.motcua.local"
  headers: {unit: "{agency.name}"}
  auth: {kind: basic, fields: {username: hub, password: {env: "HUB_DISTRICT_{agency.code}_PASSWORD"}}}
valid: {from: 2018-01-01, to: 2025-07-01}
"""
WRONG = yaml.safe_load((Path(__file__).parent / "broken_sources.yml").read_text(encoding="utf-8"))


def loaded(folder: Path, now: datetime = NOW, **files: str) -> dict[str, Source]:
    for name, text in files.items():
        (folder / f"{name}.yml").write_text(text, encoding="utf-8")
    return {source.source_id: source for source in load_sources(folder, MAPPINGS, AGENCIES, now)}


def test_sources_by_name_share_what_the_file_says(tmp_path: Path) -> None:
    portal = loaded(tmp_path, named=NAMED)["portal"]
    assert (portal.level, portal.family, portal.mapping.mapping, portal.agency_code) == (
        "portal",
        "rest",
        "vendor",
        None,
    )
    assert portal.connection["headers"] == {"tenant": "thanhhoa", "groupId": "55301"}
    assert portal.connection["auth"]["fields"] == {"userName": "hub", "password": {"env": "HUB_PASSWORD"}}
    assert (portal.pull.lag, portal.pull.page_size, portal.pull.budget) == (
        timedelta(minutes=10),
        500,
        timedelta(minutes=10),
    )
    assert (portal.file.endswith("named.yml"), portal.line) == (True, 4)


def test_an_override_is_laid_over_one_source(tmp_path: Path) -> None:
    sources = loaded(tmp_path, named=NAMED)
    mirror, portal = sources["mirror"], sources["portal"]
    assert mirror.connection["headers"] == {"tenant": "khac", "groupId": "55301"}
    assert mirror.connection["auth"] == portal.connection["auth"]
    assert (mirror.mapping.mapping, mirror.pull.every, mirror.pull.page_size) == ("opencps", timedelta(days=1), 500)
    assert (portal.mapping.mapping, portal.pull.every, mirror.line) == ("vendor", timedelta(hours=1), 15)


def test_the_end_is_exclusive_and_inactive_sources_stay_listed(tmp_path: Path) -> None:
    last = datetime(2025, 6, 30, 23, 59, tzinfo=ZONE)
    assert loaded(tmp_path, last, named=NAMED)["portal"].active
    after = loaded(tmp_path, last + timedelta(minutes=1))["portal"]
    assert (after.active, after.valid_from, after.valid_to) == (False, date(2018, 1, 1), REFORM)
    assert not loaded(tmp_path, datetime(2017, 12, 31, tzinfo=ZONE))["portal"].active


def test_one_source_per_agency_that_lived_in_the_files_time(tmp_path: Path) -> None:
    sources = loaded(tmp_path, districts=DISTRICTS)
    assert list(sources) == ["district-000.00.31.H56", "district-000.00.32.H56", "district-000.00.33.H56"]
    assert all(source.active for source in sources.values())
    renamed = sources["district-000.00.33.H56"]
    assert renamed.connection["base_url"] == "https://nghi-son.motcua.local"
    assert renamed.connection["headers"] == {"unit": "UBND nghi-son"}
    assert renamed.connection["auth"]["fields"]["password"] == {"env": "HUB_DISTRICT_000_00_33_H56_PASSWORD"}
    assert (renamed.agency_code, renamed.valid_from, renamed.valid_to) == ("000.00.33.H56", date(2018, 1, 1), REFORM)


def test_agencies_are_those_of_the_day(tmp_path: Path) -> None:
    early = loaded(tmp_path, datetime(2019, 5, 1, tzinfo=ZONE), districts=DISTRICTS)
    assert early["district-000.00.33.H56"].connection["base_url"] == "https://tinh-gia.motcua.local"
    late = loaded(tmp_path, datetime(2025, 3, 1, tzinfo=ZONE))
    assert [source.active for source in late.values()] == [True, False, True]
    assert late["district-000.00.32.H56"].valid_to == date(2025, 1, 1)


@pytest.mark.parametrize("case", WRONG, ids=lambda case: case["told"])
def test_each_mistake_is_told_with_its_line(tmp_path: Path, case: dict[str, str]) -> None:
    good = {"named": NAMED, "districts": DISTRICTS}[case["file"]]
    assert good.count(case["right"]) == 1
    with pytest.raises(HubError) as caught:
        loaded(tmp_path, named=good.replace(case["right"], case["wrong"]))
    lines = str(caught.value).replace(f"{tmp_path}/", "").splitlines()
    assert lines == [f"named.yml:{line}" for line in case["told"].splitlines()]
    assert "T0p-s3cret" not in str(caught.value)


def test_mistakes_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "empty.yml").write_text("")
    with pytest.raises(HubError) as caught:
        loaded(tmp_path, a=NAMED.replace("level: portal", "level: x"), b=NAMED, c=DISTRICTS.replace("slug", "slog"))
    told = str(caught.value).replace(f"{tmp_path}/", "").splitlines()
    assert [line.split(": ")[0] for line in told] == ["a.yml:1", "b.yml:4", "b.yml:15", "c.yml:7", "empty.yml"]
    assert "portal is declared in a.yml:4, too" in told[1]


def test_for_each_needs_agencies(tmp_path: Path) -> None:
    (tmp_path / "districts.yml").write_text(DISTRICTS)
    with pytest.raises(HubError, match=r"districts\.yml:4: for_each\.agencies: needs the list of agencies"):
        load_sources(tmp_path, MAPPINGS, None, NOW)


def test_the_shipped_sources_load_for_every_era() -> None:
    settings = load({"HUB_HOME": "/nowhere"})
    mappings = load_mappings(settings.mappings)
    for now in (NOW, datetime(2026, 1, 5, tzinfo=ZONE)):
        sources = load_sources(settings.sources, mappings, agencies().to_dicts(), now)
        assert {(source.source_id, source.level, source.active) for source in sources} >= {
            ("portal", "portal", True),
            ("national", "national", True),
        }


def test_the_real_districts_expand_from_the_list_of_agencies(tmp_path: Path) -> None:
    (tmp_path / "districts.yml").write_text(DISTRICTS)
    sources = load_sources(tmp_path, MAPPINGS, agencies().to_dicts(), NOW)
    assert sum(source.active for source in sources) == 27
    assert len({source.connection["base_url"] for source in sources}) == len(sources)


SYSTEMS = """\
agency_code,system,from,to
000.00.31.H56,td,,2022-01-01
000.00.31.H56,cps,2022-01-01,
000.00.32.H56,td,,
"""


def test_agencies_are_chosen_by_their_software_and_when_they_had_it(tmp_path: Path) -> None:
    (tmp_path / "systems.csv").write_text(SYSTEMS)
    for system in ("td", "cps"):
        text = DISTRICTS.replace("{level: district}", f"{{level: district, system: {system}}}")
        (tmp_path / f"{system}.yml").write_text(text.replace('id: "district-', f'id: "{system}-'))
    found = {s.source_id: (s.valid_from, s.valid_to, s.active) for s in load_sources(tmp_path, MAPPINGS, AGENCIES, NOW)}
    start = date(2018, 1, 1)
    assert found == {
        "td-000.00.31.H56": (start, date(2022, 1, 1), False),
        "cps-000.00.31.H56": (date(2022, 1, 1), REFORM, True),
        "td-000.00.32.H56": (start, date(2025, 1, 1), True),
    }


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("000.00.39.H56,td,,", "systems.csv:2: no agency has the code '000.00.39.H56' — did you mean"),
        ("000.00.31.H56,,,", "systems.csv:2: names no system"),
        ("000.00.31.H56,td,2022-13-01,", "systems.csv:2: from must be a date like 2025-07-01, not '2022-13-01'"),
        ("000.00.31.H56,td,2022-01-01,2022-01-01", "systems.csv:2: ends before it begins"),
        ("000.00.31.H56,tdx,,", "districts.yml:4: for_each.agencies.system: no agency has the system 'td'"),
    ],
)
def test_mistakes_in_the_list_of_systems(tmp_path: Path, line: str, told: str) -> None:
    (tmp_path / "systems.csv").write_text(f"agency_code,system,from,to\n{line}\n")
    (tmp_path / "districts.yml").write_text(DISTRICTS.replace("{level: district}", "{level: district, system: td}"))
    with pytest.raises(HubError) as caught:
        load_sources(tmp_path, MAPPINGS, AGENCIES, NOW)
    assert told in str(caught.value).replace(f"{tmp_path}/", "")


def test_another_table_than_that_of_systems(tmp_path: Path) -> None:
    (tmp_path / "systems.csv").write_text("code,system\n")
    (tmp_path / "districts.yml").write_text(DISTRICTS)
    with pytest.raises(HubError, match=r"systems\.csv:1: the columns must be agency_code, system, from, to"):
        load_sources(tmp_path, MAPPINGS, AGENCIES, NOW)
