"""One warehouse with its reference lists for the whole folder; each test works in a transaction that is undone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import psycopg
import pytest
from sqlalchemy.engine import make_url

from hub import reference
from hub.settings import ZONE
from tests.databases import TemplateCopy

NOW = datetime(2022, 10, 20, 7, 0, tzinfo=ZONE)  # a Thursday; the last long break was in September's first days


@pytest.fixture(scope="module")
def listed(server: str) -> Iterator[TemplateCopy]:
    """A migrated warehouse that holds agencies, rules and the working calendar, and nothing else."""
    plain = make_url(server).set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as admin:
        admin.execute("create database hub_health template hub")
    made = TemplateCopy(make_url(server).set(database="hub_health").render_as_string(hide_password=False))
    with made.begin("matcher") as connection:
        reference.load_reference(connection, NOW)
    yield made
    made.close()
    with psycopg.connect(plain, autocommit=True) as admin:
        admin.execute("drop database hub_health with (force)")


@pytest.fixture
def undone(listed: TemplateCopy) -> Iterator[psycopg.Connection[Any]]:
    """A transaction of the role that refreshes the marts; nothing of it stays."""
    with listed.session("matcher") as connection, connection.transaction(force_rollback=True):
        yield connection
