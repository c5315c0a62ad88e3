"""The hub of this process, opened for one command and closed behind it.

Here: settings, the log file, the clean-up. Not here: any command. The application is imported when it is needed,
not when the command line is: `hub --help` answers at once, without the frames and the database driver.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING

from hub.settings import ZONE, Settings, load

if TYPE_CHECKING:
    from hub.application import Hub

_LOG_BYTES = 10 * 1024 * 1024


@contextmanager
def opened(proposed: Path | None = None) -> Iterator[Hub]:
    """The hub; the warehouse opens when first used. Connections are given back at the end.

    proposed: a folder with mappings/ and sources/ that are read in place of the installation's own.
    """
    from hub.application import Hub

    settings = configured()
    if proposed is not None:
        settings = replace(settings, mappings=proposed / "mappings", sources=proposed / "sources")
    hub = Hub(settings)
    try:
        yield hub
    finally:
        hub.close()


def configured() -> Settings:
    """The settings, with the log going to `<home>/log/hub.log`: a terminal shows results, not the log."""
    settings = load()
    folder = settings.home / "log"
    with suppress(OSError):  # a home that cannot be written is what `hub doctor` is there to say
        folder.mkdir(parents=True, exist_ok=True)
        file = RotatingFileHandler(folder / "hub.log", maxBytes=_LOG_BYTES, backupCount=5, encoding="utf-8")
        file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        for name in ("hub", "connectors"):
            logger = logging.getLogger(name)
            for old in logger.handlers[:]:
                logger.removeHandler(old)
                old.close()
            logger.addHandler(file)
            logger.setLevel(settings.log_level)
            logger.propagate = False
    return settings


def aware(moment: datetime) -> datetime:
    """A moment typed by a person, Asia/Ho_Chi_Minh unless it says otherwise."""
    return moment.replace(tzinfo=ZONE) if moment.tzinfo is None else moment.astimezone(ZONE)
