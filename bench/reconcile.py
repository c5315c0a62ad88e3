"""Core alone: a million new records into two million dossiers, and an increment of five thousand into the same.

Here: rows of std, vault and core made by SQL (making them is not measured), and `hub.reconcile.core.reconcile` over
them in this process. Not here: pulling and standardising (`rest.py`, `sql.py`). New records are, by shares: copies of
known dossiers in the portal that bear their number, such copies without any number or reference, and dossiers that
nobody has seen.
"""

from __future__ import annotations

import argparse
import resource
import time
from pathlib import Path
from typing import Any

import psycopg

from bench.figures import Figures
from bench.rest_seed import grow
from hub.application import Hub
from hub.settings import load
from hub.warehouse import statistics
from schemas.tables import std

COPIES, UNNUMBERED = 0.50, 0.075  # of the new records; the rest are new dossiers
_AGENCIES = """
    select agency_code, row_number() over (order by agency_code) - 1 as place, count(*) over () as of_all
    from core.agency
    where valid_from <= '2022-01-01' and valid_to > '2023-01-01' and level in ('commune', 'district')"""
_PROCEDURES = """
    select procedure_code, row_number() over (order by procedure_code) - 1 as place
    from core.procedure where procedure_code <> '?' limit 40"""
# One-stop records: dossier g of agency g % n on day g / n, sequence inside the day by the rest.
_ORIGINALS = """
insert into std.dossier_record (source_id, source_key, batch_id, raw_row, payload_hash, recorded_at, flags, clear_hash,
    key_id, is_deleted, dossier_no, number_form, number_agency_code, number_date, receipt_no, procedure_code, channel,
    status, receiving_agency_code, applicant_id_hash, applicant_name_hash, applicant_phone_hash, applicant_name_masked,
    submitted_at, submitted_precision, received_at, received_precision, received_on, due_at, due_precision)
select %(source)s, 'k' || %(suffix)s || g, %(batch)s, g, h, now(), '{}', h, 1, false,
       a.agency_code || '-' || to_char(d.day, 'YYMMDD') || '-' || lpad((g %% 10000)::text, 4, '0') || %(suffix)s,
       'tt01',
       a.agency_code, d.day, 'BN' || g, p.procedure_code, 1, 4, a.agency_code, h, substr(h, 3, 14) || '\\x0001',
       substr(h, 5, 12) || '\\x00000002', 'N.V.A.', d.at - interval '1 hour', 's', d.at, 's', d.day,
       d.at + interval '10 days', 's'
from generate_series(%(first)s::bigint, %(last)s::bigint) g
cross join lateral (select decode(md5(g::text), 'hex') as h) h
join agencies a on a.place = g %% a.of_all
join procedures p on p.place = (g / 7) %% 40
cross join lateral (select date '2022-01-03' + (g / 613 %% 360)::int as day) b
cross join lateral (select b.day, (b.day + time '07:30' + (g %% 32400) * interval '1 second')
                                  at time zone 'Asia/Ho_Chi_Minh' as at) d"""
_COPIES = """
insert into std.dossier_record (source_id, source_key, batch_id, raw_row, payload_hash, recorded_at, flags, clear_hash,
    key_id, is_deleted, dossier_no, number_form, number_agency_code, number_date, procedure_code, channel, status,
    receiving_agency_code, applicant_id_hash, applicant_name_hash, applicant_phone_hash, applicant_name_masked,
    submitted_at, submitted_precision, received_at, received_precision, received_on, due_at, due_precision)
select 'portal', o.source_key || %(suffix)s, %(batch)s, 0, o.payload_hash, now(), '{}', o.clear_hash, 1, false,
       case when %(numbered)s then o.dossier_no end, case when %(numbered)s then 'tt01' end, o.number_agency_code,
       o.number_date, o.procedure_code, 2, 9, o.receiving_agency_code, o.applicant_id_hash, o.applicant_name_hash,
       o.applicant_phone_hash, o.applicant_name_masked, o.submitted_at, 's', o.received_at, 's', o.received_on,
       o.due_at, 's'
from (select * from std.dossier_record where source_id = 'commune' and source_key like 'k%%'
      order by source_key offset %(skip)s limit %(rows)s) o"""
_CLEAR = """
insert into vault.dossier_record (source_id, source_key, clear_hash, applicant_name, applicant_id_no, applicant_phone)
select source_id, source_key, clear_hash, 'Nguyễn Văn ' || translate(left(encode(clear_hash, 'hex'), 6), '0123456789',
       'ghiklmnopq'),
       '038' || lpad((('x' || left(encode(clear_hash, 'hex'), 8))::bit(32)::bigint %% 1000000000)::text, 9, '0'),
       '09' || lpad((('x' || right(encode(clear_hash, 'hex'), 8))::bit(32)::bigint %% 100000000)::text, 8, '0')
from std.dossier_record where batch_id = %(batch)s on conflict do nothing"""

# Copies made by SQL are other people's dossiers, not twins.
_OWN_PEOPLE = """
update std.dossier_record set applicant_id_hash = h, applicant_name_hash = substr(h, 3, 14) || '\\x0001',
    applicant_phone_hash = substr(h, 5, 12) || '\\x00000002',
    received_at = received_at + (get_byte(h, 3) + 1) * interval '1 second'
from (select source_id as s, source_key as k, decode(md5(source_key), 'hex') as h from std.dossier_record
      where source_key like '%~%') o
where source_id = s and source_key = k"""


def measure(options: argparse.Namespace, home: Path) -> Figures:
    """Seconds of the big run and of the increment, and this process's memory at its highest."""
    hub = Hub(load({"HUB_HOME": str(home), "HUB_NOW": "2023-06-01T00:00:00+07:00"}))
    base, new, small = options.known // 10, options.new, options.new // 200
    figures = Figures()
    with hub.warehouse.begin() as connection:
        for source, level in (("commune", "commune"), ("portal", "portal")):
            connection.execute(
                "insert into ops.source (source_id, level, family, mapping, first_seen_at)"
                " values (%s, %s, 'rest', 'bench', now())",
                (source, level),
            )
        _lists(connection)
        _originals(connection, "commune", 1, base, "")
    hub.reconcile()
    with hub.warehouse.begin() as connection:
        grow(connection, 9)
        connection.execute(_OWN_PEOPLE)
    with hub.warehouse.begin() as connection:
        connection.execute("analyze")
    skip = 0
    for name, rows in (("reconcile_million_s", new), ("reconcile_increment_s", small)):
        with hub.warehouse.begin() as connection:
            _lists(connection)
            skip = _new(connection, rows, base, skip)
        statistics.refresh(hub.warehouse, {std.DOSSIER_RECORD: rows})
        began = time.perf_counter()
        done = hub.reconcile()
        took = time.perf_counter() - began
        print(f"{name}: {done.records:,} records looked at, {done.written:,} dossiers written, {done.joined:,} joined"
              f" by content, {done.reviews:,} questions, {took:.1f} s")  # fmt: skip
        figures.limits[name] = [took]
    figures.rss["reconcile"] = [resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]
    return figures


def _lists(connection: psycopg.Connection[Any]) -> None:
    connection.execute(f"create temporary table if not exists agencies as {_AGENCIES}".encode())
    connection.execute(f"create temporary table if not exists procedures as {_PROCEDURES}".encode())


def _new(connection: psycopg.Connection[Any], rows: int, base: int, skip: int) -> int:
    copies, unnumbered = int(rows * COPIES), int(rows * UNNUMBERED)
    for numbered, count in ((True, copies), (False, unnumbered)):
        given = {"batch": _batch(connection, "portal", count), "numbered": numbered, "skip": skip, "rows": count,
                 "suffix": f"/{numbered}"}  # fmt: skip
        connection.execute(_COPIES.encode(), given)
        connection.execute(_CLEAR.encode(), given)
        skip += count
    first = 1_000_000_000 + skip * 10  # behind every dossier made before
    _originals(connection, "commune", first, first + rows - copies - unnumbered - 1, "9")
    return skip


def _originals(connection: psycopg.Connection[Any], source: str, first: int, last: int, suffix: str) -> None:
    given = {"source": source, "batch": _batch(connection, source, last - first + 1), "first": first, "last": last,
             "suffix": suffix}  # fmt: skip
    connection.execute(_ORIGINALS.encode(), given)
    connection.execute(_CLEAR.encode(), given)


def _batch(connection: psycopg.Connection[Any], source: str, rows: int) -> int:
    row = connection.execute(
        "insert into ops.batch (pull_id, source_id, stream, record_type, raw_file, first_row, row_count, recorded_at)"
        " values (1, %s, 'dossier', 'dossier', 'bench', 0, %s, now()) returning batch_id",
        (source, rows),
    ).fetchone()
    assert row is not None
    connection.execute(
        "insert into ops.batch_consumed (batch_id, consumer, consumed_at, stored, new, changed, unchanged, superseded,"
        " quarantined) values (%s, 'std', now(), %s, %s, 0, 0, 0, 0)",
        (row[0], rows, rows),
    )
    return int(row[0])
