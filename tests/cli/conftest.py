"""The command as people start it: arguments in, exit code and both streams out, nothing replaced."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from hub.cli import main
from tests.province.conftest import Province, province

__all__ = ["province"]


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    def refused(self, *words: str) -> None:
        """It ended with 1, one error, a next step, and no traceback; the error has these words."""
        assert self.code == 1, self
        assert self.err.startswith("error: "), self
        assert "\nnext: " in self.err, self
        assert "Traceback" not in self.out + self.err
        for word in words:
            assert word in self.err


Command = Callable[..., Ended]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    """`command("run", "--json", home=…, HUB_X=…)`: the entry point with an environment of its own."""

    def call(*arguments: str, home: Path, **environment: str) -> Ended:
        for name in [name for name in os.environ if name.startswith("HUB_")]:
            monkeypatch.delenv(name)
        for name, value in {"HUB_HOME": str(home), **environment}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["hub", *arguments])
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main.run()
        streams = capfd.readouterr()
        return Ended(int(ended.value.code or 0), streams.out, streams.err)

    return call


@pytest.fixture
def hub(command: Command, province: Province) -> Command:
    """The same on the filled province."""

    def call(*arguments: str, **environment: str) -> Ended:
        return command(*arguments, home=province.home, **environment)

    return call


@pytest.fixture(scope="session")
def people(province: Province) -> list[str]:
    """Every name, identity number and phone of the simulated citizens and officers."""
    folder = province.home / "sandbox" / "truth"
    values = pl.concat(pl.read_parquet(folder / f"{name}.parquet", columns=["value"]) for name in ("clear", "officers"))
    return [text for text in values["value"].unique() if len(text) >= 8]
