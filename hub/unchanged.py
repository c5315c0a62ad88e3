"""What has not changed since it was last stored: the same content is counted and not stored again.

Here: the hash of a content and the hashes that std and quarantine hold. Not here: counting and storing
(`hub/landing.py`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import msgspec
import psycopg

from hub import findings, ledger
from schemas.tables.std import RECORD_TABLES


def content_hashes(payloads: Sequence[bytes], volatile: Sequence[str] = ()) -> list[bytes]:
    """SHA-256 of each payload; fields that change by themselves (`volatile`) are left out first."""
    if not volatile:
        return [hashlib.sha256(payload).digest() for payload in payloads]
    return [hashlib.sha256(_without(payload, volatile)).digest() for payload in payloads]


def _without(payload: bytes, volatile: Sequence[str]) -> bytes:
    try:
        record = msgspec.json.decode(payload)
    except msgspec.DecodeError:
        return payload
    if not isinstance(record, dict):
        return payload
    return msgspec.json.encode({name: value for name, value in record.items() if name not in volatile})


def holds_any(connection: psycopg.Connection[Any], pull: ledger.Pull) -> bool:
    """Whether there is anything to compare with: a first pull need not ask for every page."""
    row = connection.execute(
        f"""
        select exists (select from std.{RECORD_TABLES[pull.record_type].name} where source_id = %(s)s)
            or exists (select from ops.quarantine where source_id = %(s)s and resolved_at is null)
        """,
        {"s": pull.source_id},
    ).fetchone()
    return bool(row and row[0])


def known_hashes(connection: psycopg.Connection[Any], pull: ledger.Pull, keys: Sequence[str]) -> dict[str, set[bytes]]:
    """The payload hash that std holds, or quarantine holds open, for each key: the same content is not stored again,
    except of a key that had vanished, which comes back by it.

    The lateral subquery with OFFSET looks each key up by the primary key: left to itself the planner, which knows
    nothing of a source's share, reads all rows of the source for every page.
    """
    table = RECORD_TABLES[pull.record_type].name
    rows = connection.execute(
        f"""
        select k.source_key, r.payload_hash from unnest(%(k)s::text[]) k (source_key)
        cross join lateral (select payload_hash from std.{table} f
                            where f.source_id = %(s)s and f.source_key = k.source_key
                              and f.deletion is distinct from 'vanished' offset 0) r
        union all
        select source_key, payload_hash from ops.tombstone
        where source_id = %(s)s and record_type = %(r)s and source_key = any(%(k)s) and reason = 'message'
        union all
        select source_key, payload_hash from ops.quarantine
        where source_id = %(s)s and record_type = %(r)s and source_key = any(%(k)s) and resolved_at is null
        """,
        {"s": pull.source_id, "k": list(map(findings.stored_key, keys)), "r": pull.record_type},
    ).fetchall()
    known: dict[str, set[bytes]] = {}
    for key, payload_hash in rows:
        known.setdefault(key, set()).add(bytes(payload_hash))
    return known
