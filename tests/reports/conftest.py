"""Reports are drawn from the same small province as the marts."""

from __future__ import annotations

from tests.mart.conftest import core

__all__ = ["core"]
