"""The frame keeps its word: packages, dependencies, commands and sizes are what the project says they are.

Here: everything that can be checked by reading the checkout. Not here: what the hub does with data.
A forgotten package is the incident behind this file: an editable install finds it, the wheel lacks it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
CONFIG: dict[str, Any] = tomllib.loads(PYPROJECT)
PACKAGE_ROOTS = ("assets", "connectors", "hub", "schemas")
COMMANDS = ("help", "install", "prepare", "demo", "test", "servers", "lint", "dev", "bench", "faults", "truth")
# Written in two halves so that this file does not find itself.
UNFINISHED = re.compile("|".join(rf"\b{a}{b}s?\b" for a, b in (("TO", "DO"), ("FIX", "ME"), ("X", "XX"))))
DRIVERS_WORD = "sql.Place" + "holder"  # psycopg's name for a bound value
UNFINISHED_ANY_CASE = re.compile(r"\b(st" + "ub|place" + r"holder)s?\b|NotImplemented" + "Error", re.IGNORECASE)


def files(*roots: str, suffixes: tuple[str, ...] = ("",)) -> Iterator[Path]:
    """Files below folders of the checkout, relative to it, without what Python leaves behind."""
    for root in roots:
        for path in sorted((ROOT / root).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts and path.name.endswith(suffixes):
                yield path.relative_to(ROOT)


def requirements() -> list[str]:
    extras = CONFIG["project"]["optional-dependencies"].values()
    return [*CONFIG["project"]["dependencies"], *(name for extra in extras for name in extra)]


def constraints() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(name): version for name, version in pins}


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["make", "--no-print-directory", *arguments], cwd=ROOT, capture_output=True, text=True)


def test_packages_are_listed() -> None:
    found = {".".join(path.parent.parts) for path in files(*PACKAGE_ROOTS, suffixes=("__init__.py",))}
    assert sorted(CONFIG["tool"]["setuptools"]["packages"]) == sorted(found)


def test_every_module_lies_in_a_listed_package() -> None:
    listed = set(CONFIG["tool"]["setuptools"]["packages"])
    modules = files(*PACKAGE_ROOTS, suffixes=(".py",))
    assert [str(path) for path in modules if ".".join(path.parent.parts) not in listed] == []


def test_the_wheel_takes_every_data_file() -> None:
    patterns = CONFIG["tool"]["setuptools"]["package-data"]["*"]
    taken = (".py", ".md", *(pattern.removeprefix("**/*") for pattern in patterns))
    assert [str(path) for path in files(*PACKAGE_ROOTS) if not path.name.endswith(taken)] == []


@pytest.mark.parametrize("requirement", requirements())
def test_dependency_has_reason_and_tested_version(requirement: str) -> None:
    assert re.search(rf'^\s*"{re.escape(requirement)}",\s*# \S.{{9,}}', PYPROJECT, re.MULTILINE), "no reason beside it"
    parsed = Requirement(requirement)
    version = constraints().get(canonicalize_name(parsed.name))
    assert version is not None, "not in constraints.txt"
    assert version in parsed.specifier


def test_constraints_are_names_and_versions_alone() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pin = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*==[0-9][A-Za-z0-9.+!]*")
    assert [line for line in lines if not line.startswith("#") and not pin.fullmatch(line)] == []


def test_strictly_typed_packages() -> None:
    strict = [set(entry["module"]) for entry in CONFIG["tool"]["mypy"]["overrides"] if entry.get("strict")]
    assert strict == [{"connectors.*", "hub.reconcile.*", "hub.rules.*", "hub.standardise.*"}]


def test_workspace_loads_what_dg_loads() -> None:
    workspace = yaml.safe_load((ROOT / "workspace.yaml").read_text(encoding="utf-8"))
    (entry,) = workspace["load_from"]
    target = CONFIG["tool"]["dg"]["project"]["code_location_target_module"]
    assert entry == {"python_module": {"module_name": target, "working_directory": ".", "location_name": "hub"}}


def test_make_lists_its_commands() -> None:
    listed = [line.split()[1] for line in make("help").stdout.splitlines()]
    assert sorted(listed) == sorted(COMMANDS)
    assert make().stdout == make("help").stdout


@pytest.mark.parametrize(
    ("command", "runs"),
    [
        ("demo", ".venv/bin/hub demo"),
        ("test", ".venv/bin/pytest"),
        ("dev", ".venv/bin/hub dev"),
        ("bench", ".venv/bin/python -m bench"),
        ("faults", ".venv/bin/pytest -n auto --dist loadfile --no-loadscope-reorder -m faults"),
        ("lint", ".venv/bin/ruff format --check ."),
        ("lint", ".venv/bin/mypy"),
    ],
)
def test_make_runs_the_programs_of_the_environment(command: str, runs: str) -> None:
    planned = make("-n", command)
    assert planned.returncode == 0, planned.stderr
    assert any(runs in line for line in planned.stdout.splitlines())


def test_install_is_planned_again_only_when_dependencies_change(tmp_path: Path) -> None:
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/python").touch()
    (tmp_path / ".venv/installed").touch()
    planned = ["make", "-n", "-C", str(tmp_path), "install"]
    assert "pip install" not in subprocess.run(planned, capture_output=True, text=True, check=True).stdout
    later = (tmp_path / ".venv/installed").stat().st_mtime + 10
    os.utime(tmp_path / "constraints.txt", (later, later))
    assert "pip install" in subprocess.run(planned, capture_output=True, text=True, check=True).stdout


def test_make_says_what_to_install_when_no_python_fits(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_bytes((ROOT / "Makefile").read_bytes())
    # `false` is a program that is no Python: every candidate must be refused, none may be half used
    command = ["make", "-C", str(tmp_path), ".venv/bin/python", "PYTHONS=false /nowhere/python3"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode != 0
    assert "apt-get install -y python3 python3-venv" in done.stderr
    assert not (tmp_path / ".venv").exists()


def test_prepare_tells_a_missing_library_from_a_broken_package(tmp_path: Path) -> None:
    script = str(ROOT / "deploy/prepare.sh")
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nexit 0\n")
    python.chmod(0o755)
    assert subprocess.run([script, str(python)], capture_output=True).returncode == 0
    python.write_text("#!/bin/sh\necho 'No module named pyodbc' >&2\nexit 1\n")
    broken = subprocess.run([script, str(python)], capture_output=True, text=True)
    assert (broken.returncode, broken.stderr) == (1, "No module named pyodbc\n")


def test_prepare_names_the_line_where_it_cannot_install(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho 'libodbc.so.2: cannot open shared object file' >&2\nexit 1\n")
    python.chmod(0o755)
    for program in ("bash", "id"):  # no apt-get within reach: the test installs nothing, whoever runs it
        (tmp_path / program).symlink_to(shutil.which(program) or program)
    command = [str(ROOT / "deploy/prepare.sh"), str(python)]
    told = subprocess.run(command, env={"PATH": str(tmp_path)}, capture_output=True, text=True)
    assert told.returncode == 1
    assert "sudo apt-get install -y --no-install-recommends unixodbc" in told.stderr


@pytest.mark.parametrize("script", [".ci/run", "deploy/prepare.sh"])
def test_scripts_can_be_run(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)
    subprocess.run(["bash", "-n", script], cwd=ROOT, check=True)


def test_the_check_closes_with_the_tests() -> None:
    lines = [line for line in (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines() if line]
    assert lines[-1] == "make test"
    stopped = max(number for number, line in enumerate(lines) if line == "stop_servers")
    started = next(number for number, line in enumerate(lines) if " demo " in line)
    assert started < stopped < len(lines) - 1


def test_no_file_over_300_lines() -> None:
    sizes = {str(p): len((ROOT / p).read_bytes().splitlines()) for p in files(*PACKAGE_ROOTS, suffixes=(".py", ".sql"))}
    assert {path: size for path, size in sizes.items() if size > 300} == {}


def test_functions_live_with_their_subject() -> None:
    names = {"utils.py", "helpers.py", "common.py", "misc.py"}
    assert [str(path) for path in files(*PACKAGE_ROOTS, "tests") if path.name in names] == []


def test_nothing_is_unfinished() -> None:
    found = [
        f"{path}:{number}: {line.strip()}"
        for path in files(*PACKAGE_ROOTS, "tests", suffixes=(".py", ".sql", ".yml", ".md"))
        for number, line in enumerate((ROOT / path).read_text(encoding="utf-8").splitlines(), 1)
        if UNFINISHED.search(line) or UNFINISHED_ANY_CASE.search(line.replace(DRIVERS_WORD, ""))
    ]
    assert found == []
