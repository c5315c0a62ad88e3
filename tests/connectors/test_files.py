"""The conformance suite over a drop folder of XML packages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import pytest

from tests.connectors.conformance import ConnectorContract
from tests.connectors.served import Fault
from tests.connectors.served_files import ServedFiles


class TestPackages(ConnectorContract):
    """A file has no status that may lie, its count rejects it as a whole, and it does not shift while it is read."""

    not_applicable: ClassVar[frozenset[Fault]] = frozenset({Fault.ERROR_BODY, Fault.SHORT_TOTAL, Fault.SHIFT})

    @pytest.fixture
    def served(self) -> Iterator[ServedFiles]:
        served = ServedFiles()
        yield served
        served.close()
