"""Alembic migrations of the tables, and the SQL objects (views, functions) that stand on them."""

from __future__ import annotations

from typing import Any

COMPARED = {"ops", "std", "core", "mart", "vault"}


def include(name: str | None, kind: str, parents: Any) -> bool:
    """Only our schemas, and not Alembic's own table."""
    if kind == "schema":
        return name in COMPARED
    return not (kind == "table" and name == "alembic_version")
