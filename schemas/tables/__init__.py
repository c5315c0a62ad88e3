"""One SQLAlchemy declaration of every warehouse table; importing this package registers them all."""

from schemas.tables import between, census, core, mart, ops, origin, reference, std, vault, verdict
from schemas.tables.base import METADATA, SCHEMAS

__all__ = [
    "METADATA",
    "SCHEMAS",
    "between",
    "census",
    "core",
    "mart",
    "ops",
    "origin",
    "reference",
    "std",
    "vault",
    "verdict",
]
