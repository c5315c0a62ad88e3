"""After a night over a whole sandbox, no clear value of a person stands anywhere but in the vault: no table, no view,
no log, no error, no event or metadata of Dagster. And the search finds what is planted.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import dagster as dg
import polars as pl
import pytest

from hub.application import Hub
from hub.definitions import build_defs
from hub.settings import load
from tests.databases import TemplateCopy
from tests.faults.ground import Ground, Place

TABLES = """select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p', 'v', 'm') and n.nspname !~ '^(pg_|information_schema$|vault$)' order by 1"""
CLEAR = {
    "vault.dossier_record": (
        *("applicant_name", "applicant_id_no", "applicant_phone", "applicant_email", "applicant_fax"),
        *("applicant_address", "applicant_tech_id", "other_info", "return_info", "note"),
    ),
    "vault.step_record": ("officer_name",),
    "vault.supplement_record": ("requested_by", "received_by"),
}
OFFICERS_STAND_IN = {"core.officer"}


@dataclass
class Night:
    """Where one run has left its traces: the warehouse, and every text that was told."""

    place: Place
    told: dict[str, str]

    def tables(self) -> Iterator[tuple[str, str]]:
        """Every table and view outside the vault, as text."""
        with self.place.connected() as connection:
            for (name,) in connection.execute(TABLES).fetchall():
                with (
                    connection.cursor() as cursor,
                    cursor.copy(f"copy (select * from {name}) to stdout".encode()) as rows,
                ):
                    yield str(name), b"".join(map(bytes, rows)).decode()

    def values(self, truth: str, *columns: tuple[str, tuple[str, ...]]) -> list[str]:
        """What is looked for: the truth of the sandbox, and what the vault holds."""
        found = set(pl.read_parquet(self.place.home / "sandbox" / "truth" / f"{truth}.parquet")["value"])
        with self.place.connected() as connection:
            for table, names in columns:
                for name in names:
                    rows = connection.execute(f"select distinct {name} from {table} where {name} <> ''".encode())
                    found |= {str(row[0]) for row in rows.fetchall()}
        return needles(found)


def needles(values: set[str]) -> list[str]:
    """Numbers without their leading zero, which prefixes replace; texts of two words at least, in small letters."""
    numbers = {value.lstrip("0") for value in values if value.isdigit()}
    texts = {value.lower() for value in values if not value.isdigit() and (" " in value or "@" in value)}
    return sorted(needle for needle in numbers | texts if len(needle) >= 6)


def hits(texts: Mapping[str, str] | Iterator[tuple[str, str]], wanted: list[str]) -> dict[str, list[str]]:
    """Which texts hold which of the wanted values."""
    found = {}
    for name, text in dict(texts).items():
        lines = pl.Series(text.split("\n"), dtype=pl.String).str.normalize("NFC").str.to_lowercase()
        lines = lines.filter(lines.str.contains_any(wanted))
        if lines.len():
            found[name] = sorted(set(lines.str.extract_many(wanted).explode().to_list()))
    return found


@pytest.fixture(scope="module")
def night(ground: Ground) -> Iterator[Night]:
    """Two nights through Dagster, the second with a source that is refused; logs of every level."""
    lines: list[str] = []

    class Keeps(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(f"{record.name} {self.format(record)}")

    keeper, root = Keeps(logging.DEBUG), logging.getLogger()
    level = root.level
    root.addHandler(keeper)
    root.setLevel(logging.DEBUG)
    told: dict[str, str] = {}
    try:
        with ground.place() as place:
            for number, wrong in enumerate(({}, {"HUB_PORTAL_PASSWORD": "Wrong-word-0938"})):
                hub = Hub(load({**place.environ, **wrong}))
                hub.warehouse = TemplateCopy(place.url)
                with dg.DagsterInstance.ephemeral() as instance:
                    job = build_defs(overrides={"hub": hub}).resolve_job_def("nightly")
                    result = job.execute_in_process(instance=instance, raise_on_error=False)
                    events = instance.all_logs(result.run_id)
                    told[f"events {number}"] = "\n".join(map(repr, events))
                    told[f"messages {number}"] = "\n".join(str(event.to_json()) for event in events)
                    told[f"run {number}"] = repr(instance.get_run_by_id(result.run_id))
                hub.close()
            told["logs"] = "\n".join(lines)
            folder = ground.server.data
            for path in [ground.home / "stations.log", folder / "start.log", *folder.glob("log/*")]:
                told[path.name] = path.read_text(errors="replace")
            yield Night(place, told)
    finally:
        root.removeHandler(keeper)
        root.setLevel(level)


def test_the_night_was_one_worth_looking_at(night: Night) -> None:
    content = dict(night.tables())
    filled = {name for name, text in content.items() if text}
    expected = {"std.dossier_record", "std.step_record", "core.dossier", "core.conflict", "core.officer", "bi.ho_so"}
    assert filled >= expected | {"mart.dossier_version", "ops.quarantine", "ops.drift", "ops.pull", "ops.balance"}
    assert "SignedOut" in content["ops.pull"]
    assert len(night.told["logs"]) > 1000 and all("ASSET_MATERIALIZATION" in night.told[f"events {n}"] for n in (0, 1))
    assert len(night.values("clear", *CLEAR.items())) > 600


def test_no_table_or_view_outside_the_vault_holds_a_clear_value(night: Night) -> None:
    people = set(night.values("clear", ("vault.dossier_record", CLEAR["vault.dossier_record"])))
    officers = set(night.values("officers", *list(CLEAR.items())[1:]))
    assert len(people) > 600 and len(officers) > 100
    content = dict(night.tables())
    with_officers = {name: content.pop(name) for name in OFFICERS_STAND_IN}
    assert hits(content, sorted(people | officers)) == {}
    assert set(hits(with_officers, sorted(officers))) == OFFICERS_STAND_IN
    with night.place.connected() as connection:
        named = {str(row[0]).lower() for row in connection.execute("select officer_name from core.officer").fetchall()}
    assert named <= officers


def test_nothing_that_is_told_holds_a_clear_value_or_a_secret(night: Night) -> None:
    people = night.values("clear", *CLEAR.items())
    secrets = [
        line.partition("=")[2].lower()
        for line in (night.place.home / "sandbox.env").read_text().splitlines()
        if "PASSWORD" in line or "SECRET" in line
    ]
    password = night.place.url.split("@")[0].rpartition(":")[2].lower()
    assert hits(night.told, [*people, *secrets, password, "wrong-word-0938"]) == {}
    assert hits(night.tables(), [*secrets, password, "wrong-word-0938"]) == {}


@pytest.mark.parametrize(
    "statement",
    [
        "update core.dossier set procedure_name = {value}",
        "update std.step_record set officer_title = 'x ' || {value} || ' y' where source_key = (select min(source_key)"
        " from std.step_record)",
        "update ops.pull set message = normalize({value}, nfd) where pull_id = (select min(pull_id) from ops.pull)",
        "update ops.quarantine set sentence = upper({value})",
        "update core.dossier set flags = array['a', {value}]",
    ],
)
@pytest.mark.parametrize("column", ["applicant_name", "applicant_id_no", "applicant_phone"])
def test_the_search_finds_what_is_planted(night: Night, statement: str, column: str) -> None:
    wanted = night.values("clear", ("vault.dossier_record", (column,)))
    value = f"(select max({column}) from vault.dossier_record where length({column}) > 8 and {column} !~ '[.-]')"
    table = statement.split()[1]
    with night.place.connected() as connection, connection.transaction(force_rollback=True):
        connection.execute(statement.format(value=value).encode())
        with connection.cursor() as cursor, cursor.copy(f"copy {table} to stdout".encode()) as rows:
            text = b"".join(map(bytes, rows)).decode()
    assert hits({table: text}, wanted)
    assert hits({"log": f"INFO a line with {wanted[0]} in it"}, wanted) == {"log": [wanted[0]]}
