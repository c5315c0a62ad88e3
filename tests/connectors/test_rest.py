"""The conformance suite over HTTP: every style of paging, every kind of login."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import pytest

from tests.connectors.conformance import ConnectorContract
from tests.connectors.served import Fault
from tests.connectors.served_rest import ServedRest


class _OverHttp(ConnectorContract):
    paging: ClassVar[str]
    auth: ClassVar[str]

    @pytest.fixture
    def served(self) -> Iterator[ServedRest]:
        served = ServedRest(self.paging, self.auth)
        yield served
        served.close()


class TestPageNumberWithTokenInHeader(_OverHttp):
    paging, auth = "page_number", "body_token"


class TestOffsetWithBasicLogin(_OverHttp):
    paging, auth = "offset", "basic"


class TestCursorWithOauth2(_OverHttp):
    paging, auth = "cursor", "oauth2"
    # The served cursor names a place in the list and the list is not sorted anew, so nothing moves over an edge.
    not_applicable: ClassVar[frozenset[Fault]] = frozenset({Fault.SHIFT})


class TestPageNumberWithSessionInBody(_OverHttp):
    """The POST envelope of the national interface."""

    paging, auth = "page_number", "session"


class TestOffsetWithTokenInQuery(_OverHttp):
    paging, auth = "offset", "query"
