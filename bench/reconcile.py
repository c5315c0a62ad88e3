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
from dataclasses import dataclass
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
# Everything about a person follows from the hash of the identity number: a name is one of 20,000, some common.
_NAME = "decode(md5('name ' || (power(get_byte({0}, 0) * 256 + get_byte({0}, 1), 2) / 214748)::int), 'hex')"
_PHONE = "decode(md5('phone ' || encode({0}, 'hex')), 'hex')"
# One-stop records: dossier g at desk g % n on day g / 613; a fifth is filed by who filed the one before at that desk.
_ORIGINALS = f"""
insert into std.dossier_record (source_id, source_key, batch_id, raw_row, payload_hash, recorded_at, flags, clear_hash,
    key_id, is_deleted, dossier_no, number_form, number_agency_code, number_date, receipt_no, procedure_code, channel,
    status, receiving_agency_code, applicant_id_hash, applicant_name_hash, applicant_phone_hash, applicant_name_masked,
    submitted_at, submitted_precision, received_at, received_precision, filed_on, due_at, due_precision)
select %(source)s, 'k' || %(suffix)s || g, %(batch)s, g, h, now(), '{{}}', h, 1, false,
       a.agency_code || '-' || to_char(d.day, 'YYMMDD') || '-' || lpad((g %% 10000)::text, 4, '0') || %(suffix)s,
       'tt01',
       a.agency_code, d.day, 'BN' || g, p.procedure_code, 1, 4, a.agency_code, i, {_NAME.format("i")},
       {_PHONE.format("i")}, 'N.V.A.', d.at - interval '1 hour', 's', d.at, 's', d.day,
       d.at + interval '10 days', 's'
from generate_series(%(first)s::bigint, %(last)s::bigint) g
cross join lateral (select decode(md5(g::text), 'hex') as h) h
join agencies a on a.place = g %% a.of_all
cross join lateral (select decode(md5((g - case when g %% 5 = 0 then a.of_all else 0 end)::text), 'hex') as i) i
join procedures p on p.place = (g / 7) %% 40
cross join lateral (select date '2022-01-03' + (g / 613 %% 360)::int as day) b
cross join lateral (select b.day, (b.day + time '07:30' + (g %% 32400) * interval '1 second')
                                  at time zone 'Asia/Ho_Chi_Minh' as at) d"""
# Of copies without a number every tenth tells no identity, and another tenth was received a day later.
_COPIES = """
insert into std.dossier_record (source_id, source_key, batch_id, raw_row, payload_hash, recorded_at, flags, clear_hash,
    key_id, is_deleted, dossier_no, number_form, number_agency_code, number_date, procedure_code, channel, status,
    receiving_agency_code, applicant_id_hash, applicant_name_hash, applicant_phone_hash, applicant_name_masked,
    submitted_at, submitted_precision, received_at, received_precision, filed_on, due_at, due_precision)
select 'portal', o.source_key || %(suffix)s, %(batch)s, 0, o.payload_hash, now(), '{}', o.clear_hash, 1, false,
       case when %(numbered)s then o.dossier_no end, case when %(numbered)s then 'tt01' end, o.number_agency_code,
       o.number_date, o.procedure_code, 2, 9, o.receiving_agency_code,
       case when %(numbered)s or o.place %% 10 <> 0 then o.applicant_id_hash end, o.applicant_name_hash,
       o.applicant_phone_hash, o.applicant_name_masked, o.submitted_at, 's', o.received_at + o.later * interval '1 day',
       's', o.filed_on + o.later, o.due_at, 's'
from (select r.*, case when not %(numbered)s and r.place %% 10 = 5 then 1 else 0 end as later
      from (select k.*, row_number() over (order by source_key) as place from std.dossier_record k
            where source_id = 'commune' and source_key like 'k%%'
            order by source_key offset %(skip)s limit %(rows)s) r) o"""
_CLEAR = """
insert into vault.dossier_record (source_id, source_key, clear_hash, applicant_name, applicant_id_no, applicant_phone)
select source_id, source_key, clear_hash,
       'Nguyễn Văn ' || translate(left(encode(applicant_name_hash, 'hex'), 6), '0123456789', 'ghiklmnopq'),
       '038' || lpad((('x' || left(encode(applicant_id_hash, 'hex'), 8))::bit(32)::bigint %% 1000000000)::text, 9, '0'),
       '09' || lpad((('x' || left(encode(applicant_phone_hash, 'hex'), 8))::bit(32)::bigint %% 100000000)::text, 8, '0')
from std.dossier_record where batch_id = %(batch)s on conflict do nothing"""
# Copies made by SQL are other people's dossiers, not twins.
_OWN_PEOPLE = f"""
update std.dossier_record set clear_hash = h, applicant_id_hash = i, applicant_name_hash = {_NAME.format("i")},
    applicant_phone_hash = {_PHONE.format("i")}, received_at = received_at + (get_byte(h, 3) + 1) * interval '1 second'
from (select source_id as s, source_key as k, decode(md5(source_key), 'hex') as h,
             decode(md5(encode(applicant_id_hash, 'hex') || split_part(source_key, '~', 2)), 'hex') as i
      from std.dossier_record where source_key like '%%~%%') o
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
        batch = _originals(connection, 1, base, "")
    hub.reconcile()
    with hub.warehouse.begin() as connection:
        grow(connection, 9)
        connection.execute(_OWN_PEOPLE.encode(), {})
        connection.execute("delete from vault.dossier_record where source_key like '%~%'")
        connection.execute(_CLEAR.encode(), {"batch": batch})
    with hub.warehouse.begin() as connection:
        connection.execute("analyze")
    made = Made()
    for name, rows in (("reconcile_million_s", new), ("reconcile_increment_s", small)):
        with hub.warehouse.begin() as connection:
            _lists(connection)
            made = _new(connection, rows, made)
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


@dataclass(frozen=True)
class Made:
    """How many dossiers have been copied so far, and the number of the next new one, behind every known one."""

    copied: int = 0
    next: int = 1_000_000_000


def _new(connection: psycopg.Connection[Any], rows: int, made: Made) -> Made:
    copied, counts = made.copied, (int(rows * COPIES), int(rows * UNNUMBERED))
    for numbered, count in zip((True, False), counts, strict=True):
        given = {"batch": _batch(connection, "portal", count), "numbered": numbered, "skip": copied, "rows": count,
                 "suffix": f"/{numbered}"}  # fmt: skip
        connection.execute(_COPIES.encode(), given)
        connection.execute(_CLEAR.encode(), given)
        copied += count
    last = made.next + rows - sum(counts)
    _originals(connection, made.next, last - 1, "9")
    return Made(copied, last)


def _originals(connection: psycopg.Connection[Any], first: int, last: int, suffix: str) -> int:
    batch = _batch(connection, "commune", last - first + 1)
    given = {"source": "commune", "batch": batch, "first": first, "last": last, "suffix": suffix}
    connection.execute(_ORIGINALS.encode(), given)
    connection.execute(_CLEAR.encode(), given)
    return batch


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
