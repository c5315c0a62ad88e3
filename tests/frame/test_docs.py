"""The documents keep their word: links, files, functions, commands, settings, tables and examples are real.

Here: everything that can be checked by reading, and the worked example of the mapping language. Not here: running the
commands of the pages (`test_docs_commands.py`). A page that names what no longer exists costs its reader an hour, and
nobody notices while writing code.
"""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

import click
import msgspec
import pytest
import typer.main

import hub.mapping
import hub.source
from hub.cli.main import app
from hub.reference import agencies
from hub.registry import load_mappings, load_sources
from hub.settings import ZONE
from hub.standardise.records import Context, Raw, standardise
from hub.unchanged import content_hashes
from schemas.fields import FIELDS
from schemas.tables import METADATA
from tests.standardise.chunk import HASHER, reference

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "README.vi.md", *(ROOT / "docs").glob("*.md")])
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND: Any = typer.main.get_command(app)


SOURCE = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "hub").rglob("*.py"))


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(page: Path, language: str) -> list[str]:
    return [body for found, body in BLOCK.findall(text_of(page)) if found == language]


def spans(page: Path) -> list[str]:
    """The code inside sentences and tables."""
    return re.findall(r"`([^`\n]+)`", BLOCK.sub("", text_of(page)))


def commands(page: Path) -> Iterator[str]:
    """Every `hub …` that a page names, in sentences and in blocks."""
    yield from (span for span in spans(page) if re.match(r"hub( |$)", span))
    for block in blocks(page, "sh"):
        yield from (line for line in block.splitlines() if line.startswith("hub "))


def anchors(page: Path) -> set[str]:
    """Headings as GitHub turns them into addresses."""
    headings = re.findall(r"^#+ (.+)$", BLOCK.sub("", text_of(page)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


PAGE = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


@PAGE
def test_links_lead_somewhere(page: Path) -> None:
    wrong = []
    for target in re.findall(r"\]\(([^)\s]+)\)", BLOCK.sub("", text_of(page))):
        if target.startswith(("http://", "https://")):
            continue
        file, _, anchor = target.partition("#")
        there = (page.parent / file).resolve() if file else page
        if not there.exists() or (anchor and anchor not in anchors(there)):
            wrong.append(target)
    assert wrong == []


@PAGE
def test_files_exist(page: Path) -> None:
    path = re.compile(r"(?:hub|assets|connectors|schemas|tests|docs|bench|deploy|\.ci)/[\w./-]*")
    root_file = re.compile(r"[\w.-]+\.(?:toml|txt|md)|workspace\.yaml|Makefile|LICENSE")
    named = {span for span in spans(page) if path.fullmatch(span) or root_file.fullmatch(span)}
    assert {name for name in named if not (ROOT / name).exists()} == set()


@PAGE
def test_functions_exist(page: Path) -> None:
    dotted = re.compile(r"(?:hub|assets|connectors|schemas)(?:\.\w+)+")
    assert {name for name in spans(page) if dotted.fullmatch(name) and not is_defined(name)} == set()


def is_defined(name: str) -> bool:
    if f'"{name}"' in SOURCE:  # a lock or a file of an installation, spelled out in the code
        return True
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: Any = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            found = getattr(found, part, None) or getattr(found, "__annotations__", {}).get(part)
        return found is not None
    return False


@PAGE
def test_tables_views_and_functions_of_the_warehouse_exist(page: Path) -> None:
    known = {f"{table.schema}.{table.name}" for table in METADATA.tables.values()}
    known |= {f"{table.schema}.{column}" for table in METADATA.tables.values() for column in table.c}
    for file in (ROOT / "schemas/migrations/sql").rglob("*.sql"):
        known |= set(re.findall(r"(?:view|function) (\w+\.\w+)", file.read_text(encoding="utf-8")))
    named = re.compile(r"\b(?:ops|std|core|mart|bi|vault)\.\w+(?:\.\w+)?")
    found = {span.split("(")[0] for span in spans(page) if named.fullmatch(span.split("(")[0])}
    found |= {name for block in blocks(page, "sql") for name in named.findall(block)}
    assert found - known == set()


@PAGE
def test_commands_exist_with_their_options(page: Path) -> None:
    wrong = {line: fault for line in commands(page) if (fault := fault_of(line))}
    assert wrong == {}


def fault_of(line: str) -> str:
    """What the command line would refuse; "" when nothing."""
    command: Any = COMMAND
    words = re.split(r"\s+#|\s&&\s", line)[0].split()[1:]
    for word in words:
        if isinstance(command, click.Group) or hasattr(command, "commands"):
            if word.startswith("-"):
                return "" if word in ("--help", "--version") else f"no option {word}"
            if word not in command.commands:
                return f"no command {word}"
            command = command.commands[word]
        elif word.startswith("--"):
            options = {name for parameter in command.params for name in parameter.opts}
            extra = command.context_settings.get("ignore_unknown_options")
            if word.split("=")[0] not in options | {"--help"} and not extra:
                return f"no option {word}"
    return ""


def test_every_command_is_described_in_the_readme() -> None:
    described = " ".join(commands(ROOT / "README.md"))
    missing = [name for name in COMMAND.commands if not re.search(rf"hub {name}\b", described)]
    assert missing == []


@PAGE
def test_make_commands_exist(page: Path) -> None:
    known = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    lines = [line for block in blocks(page, "sh") for line in block.splitlines()] + spans(page)
    named = {match[1] for line in lines if (match := re.match(r"make ([a-z]+)", line))}
    assert named - known == set()


def test_settings_are_those_that_are_read() -> None:
    read = set(re.findall(r'"(HUB_\w+)"', (ROOT / "hub/settings.py").read_text(encoding="utf-8")))
    table = set(re.findall(r"^\| `(HUB_\w+)` \|", text_of(ROOT / "docs/operations.md"), re.MULTILINE))
    assert table == read


def test_errors_are_explained_in_the_words_of_the_hub() -> None:
    table = text_of(ROOT / "docs/operations.md").split("## What to do when")[1].split("\n## ")[0]
    told = SOURCE + "".join(path.read_text(encoding="utf-8") for path in (ROOT / "connectors").glob("*.py"))
    words = [
        word for cell in re.findall(r"^\| (`[^|]+) \|", table, re.MULTILINE) for word in re.findall(r"`([^`]+)`", cell)
    ]
    assert len(words) > 15
    assert [word for word in words if word not in told and word not in ("hub.log", "answered 500")] == []


@PAGE
def test_variables_are_settings_or_secrets_of_sources(page: Path) -> None:
    named = set(re.findall(r"HUB_[A-Z0-9_]*[A-Z0-9]", text_of(page)))
    known = set(re.findall(r'"(HUB_\w+)"', (ROOT / "hub/settings.py").read_text(encoding="utf-8")))
    for file in (ROOT / "schemas/sources").glob("*.yml"):
        known |= set(re.findall(r"env: (HUB_\w+)", file.read_text(encoding="utf-8")))
    known |= set(re.findall(r"HUB_\w+", (ROOT / "Makefile").read_text(encoding="utf-8")))
    known |= {match for block in blocks(page, "yaml") for match in re.findall(r"HUB_[A-Z0-9_]*[A-Z0-9]", block)}
    assert named - known == set()


def test_both_readmes_say_the_same() -> None:
    english, vietnamese = ROOT / "README.md", ROOT / "README.vi.md"
    assert BLOCK.findall(text_of(english)) == BLOCK.findall(text_of(vietnamese))
    levels = [re.findall(r"^(#+) ", BLOCK.sub("", text_of(page)), re.MULTILINE) for page in (english, vietnamese)]
    assert levels[0] == levels[1]
    links = [sorted(re.findall(r"\]\(((?!README)[^)\s]+)\)", text_of(page))) for page in (english, vietnamese)]
    assert links[0] == links[1]


def test_both_pages_on_onboarding_have_the_same_commands_and_parts() -> None:
    english, vietnamese = (text_of(ROOT / f"docs/onboarding{language}.md") for language in ("", ".vi"))
    assert BLOCK.findall(english) == BLOCK.findall(vietnamese)
    levels = [re.findall(r"^(#+) ", BLOCK.sub("", text), re.MULTILINE) for text in (english, vietnamese)]
    assert levels[0] == levels[1]
    marks = [re.findall(r"^\| (`[^`]+`) \|", text, re.MULTILINE) for text in (english, vietnamese)]
    assert marks[0] == marks[1]


def test_every_page_is_in_the_index() -> None:
    index = text_of(ROOT / "docs/README.md")
    pages = [path.name for path in (ROOT / "docs").glob("*.md") if path.name != "README.md"]
    assert [name for name in pages if f"({name})" not in index] == []


def test_no_page_is_longer_than_it_is_read() -> None:
    sizes = {str(page.relative_to(ROOT)): len(text_of(page).splitlines()) for page in PAGES}
    sizes.pop("docs/data-dictionary.md", None)  # generated, for looking things up
    assert {name: size for name, size in sizes.items() if size > 500} == {}


MAPPINGS = ROOT / "docs/mappings.md"


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The YAML of the page as files; their first line names them."""
    for block in blocks(MAPPINGS, "yaml"):
        name = re.match(r"# ((?:mappings|sources)/\w+\.yml)\n", block)
        assert name, block.splitlines()[0]
        (tmp_path / name[1]).parent.mkdir(exist_ok=True)
        (tmp_path / name[1]).write_text(block, encoding="utf-8")
    return tmp_path


def test_examples_of_mappings_and_sources_load(example: Path) -> None:
    mappings = load_mappings(example / "mappings")
    now = datetime(2022, 10, 1, tzinfo=ZONE)
    sources = load_sources(example / "sources", mappings, agencies().to_dicts(), now)
    by_name = {source.source_id: source for source in sources}
    assert by_name["mot-cua-vi-du"].active
    assert by_name["huyen-000.00.31.H56"].mapping.mapping == "dongbo_rut_gon"
    assert by_name["huyen-000.00.31.H56"].pull.page_size == 200
    assert sum(source.active for source in sources if source.level == "district") == 27


def test_the_worked_example_becomes_the_row_that_the_page_shows(example: Path) -> None:
    (body,) = blocks(MAPPINGS, "json")
    (record,) = json.loads(body)["duLieu"]["hoSo"]
    mapping = load_mappings(example / "mappings")["mot_cua_vi_du"]
    stream = mapping.streams["dossier"]
    payloads = [msgspec.json.encode(record)]
    raw = Raw(["1"], [record["capNhatLuc"]], payloads, [0], content_hashes(payloads, stream.volatile), [0], [None])
    result = standardise(raw, Context(mapping, stream, reference(), HASHER))
    assert result.quarantined.is_empty()
    row = result.tables["dossier"].row(0, named=True)
    shown = re.findall(r"^\| `(\w+)` \| `([^`]+)` \| ", text_of(MAPPINGS).split("## The mapping file")[0], re.MULTILINE)
    assert len(shown) > 12
    assert {name: as_shown(row[name], value) for name, value in shown} == dict(shown)
    assert result.tables["fee"]["amount"].to_list() == [8000]
    assert result.drift.drop("batch_id").rows() == [("field", "maQR", "", 1)]


def as_shown(value: Any, like: str) -> str:
    """A value of std as the page writes it: local times down to what `like` shows."""
    if isinstance(value, datetime):
        return value.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")[: len(like) - 3] + "+07"
    return ", ".join(value) if isinstance(value, list) else str(value)


def test_every_entry_of_mappings_and_sources_is_described() -> None:
    shapes = [each for each in vars(hub.mapping).values() if is_shape(each)]
    shapes += [each for each in vars(hub.source).values() if is_shape(each) and each is not hub.source.Source]
    names = {field.encode_name for shape in shapes for field in msgspec.structs.fields(shape)}
    described = set(re.findall(r"\w+", " ".join(spans(MAPPINGS))))
    assert names - {"digest"} - described == set()
    assert set(get_args(hub.mapping.Distortion)) - described == set()


def is_shape(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, msgspec.Struct)


def test_every_canonical_field_is_listed_with_its_kind() -> None:
    text = text_of(MAPPINGS).split("| record type | fields (kind) |")[1].split("\n##")[0]
    listed = {}
    for record_type, cells in re.findall(r"^\| `(\w+)` \| (.+) \|$", text, re.MULTILINE):
        pairs = (part.split(": ") for part in cells.split("; "))
        listed[record_type] = {name: kind for kind, names in pairs for name in re.findall(r"`(\w+)`", names)}
    assert listed == FIELDS


def test_glossary_names_what_the_code_names() -> None:
    known = {column.name for table in METADATA.tables.values() for column in table.c}
    rows = re.findall(r"^\| [^|]+ \| ([^|]+) \|", text_of(ROOT / "docs/glossary.md"), re.MULTILINE)
    columns = {name for cell in rows for name in re.findall(r"`(\w+_(?:at|no|code|id|count))`", cell)}
    assert columns
    assert columns - known == set()
