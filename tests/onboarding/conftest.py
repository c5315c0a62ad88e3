"""Somebody who onboards: a home of his own, the commands that he types, and the edits that he makes."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from hub.cli import main
from hub.registry import load_mapping
from hub.warehouse import embedded

MOST_LINES = 80  # of a mapping and its source together


@dataclass
class Onboarder:
    """Types commands; `files` is where scaffold writes, and where the hub then reads mappings and sources."""

    home: Path
    files: Path
    patch: pytest.MonkeyPatch
    streams: pytest.CaptureFixture[str]
    secrets: dict[str, str] = field(default_factory=dict)

    def types(self, *arguments: str, code: int = 0) -> str:
        """What the command printed; both streams stand in the failure when it ends with another code."""
        for name in [name for name in os.environ if name.startswith("HUB_")]:
            self.patch.delenv(name)
        folders = {"HUB_MAPPINGS": self.files / "mappings", "HUB_SOURCES": self.files / "sources"}
        here = {name: str(folder) for name, folder in folders.items() if folder.is_dir()}
        for name, value in {"HUB_HOME": str(self.home), **here, **self.secrets}.items():
            self.patch.setenv(name, value)
        self.patch.setattr(sys, "argv", ["hub", *arguments])
        self.streams.readouterr()
        with pytest.raises(SystemExit) as ended:
            main.run()
        said = self.streams.readouterr()
        assert int(ended.value.code or 0) == code, f"{arguments}\n{said.out}\n{said.err}"
        return said.out + said.err

    def told(self, *arguments: str) -> Any:
        return json.loads(self.types(*arguments, "--json"))

    def edits(self, name: str, changes: Mapping[str, str]) -> None:
        """The few edits that a person makes in the proposed mapping: each text stands there once."""
        path = self.files / "mappings" / f"{name}.yml"
        text = path.read_text(encoding="utf-8")
        for old, new in changes.items():
            assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in\n{text}"
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")

    def share(self, name: str, wanted: Mapping[str, str]) -> float:
        """How many of a vendor's fields (`dossier.status: caseState`) the proposed mapping has, of all it should."""
        mapping = load_mapping(self.files / "mappings" / f"{name}.yml")
        found = set()
        for stream in mapping.streams.values():
            for part in (stream, *stream.children):
                fed = [(field, path) for field, paths in part.fields.items() for path in paths]
                found |= {(f"{part.record_type}.{field}", path) for field, path in fed}
        missed = sorted(set(wanted.items()) - found)
        share = 1 - len(missed) / len(wanted)
        more = sorted(found - set(wanted.items()))
        with self.streams.disabled():
            print(f"\n{name}: {share:.0%} of {len(wanted)} fields; missed: {missed}; not wanted: {more}")
        return share

    def lines(self, name: str) -> int:
        """Lines of mapping and source together that say something: no comments, none that are empty."""
        both = (self.files / kind / f"{name}.yml" for kind in ("mappings", "sources"))
        texts = [line.strip() for path in both for line in path.read_text(encoding="utf-8").splitlines()]
        return sum(bool(text) and not text.startswith("#") for text in texts)

    def rows(self, sql: str) -> list[dict[str, Any]]:
        url = self.types("warehouse", "url").strip().replace("postgresql+psycopg", "postgresql")
        with psycopg.connect(url, row_factory=psycopg.rows.dict_row) as connection:
            return connection.execute(sql).fetchall()


@pytest.fixture(scope="package")
def home() -> Iterator[Path]:
    """A home with an empty warehouse, which all vendors of the package are loaded into."""
    made = Path(tempfile.mkdtemp(prefix="tthc-onboarding-"))
    made.chmod(0o755)
    yield made
    embedded.stop(made)
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def onboarder(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Onboarder:
    return Onboarder(home, tmp_path / "onboarding", monkeypatch, capfd)
