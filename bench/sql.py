"""SQL: a table of 20 columns in a PostgreSQL, read through its ODBC driver.

    sql_full_std         raw + std of all rows, divided by the limit's full load
    sql_incremental_std  raw + std of 2 % changed, warm, divided by the limit's increment
    rss_mb sql_N         peak memory of the hub's process after N rows
Here: the order of a measurement, the table, and the limit: pyodbc's rows as CSV into COPY and one upsert, nothing else.
"""

from __future__ import annotations

import argparse
import csv
import io
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pyodbc
from sqlalchemy.engine import URL, make_url

from bench.candidate import Candidate
from bench.figures import Figures, connected, note, std, timed, told
from hub.warehouse import embedded

CHANGED = 50  # every 50th row changes: 2 %
DRIVER = "PostgreSQL Unicode"
FETCHED = 10_000
MAPPING = Path(__file__).with_name("one_stop_sql.yml")
SOURCE = f"""level: district
family: odbc
mapping: one_stop_sql
sources: [district]
connection:
  driver: {DRIVER}
  server: 127.0.0.1
  port: {{env: HUB_BENCH_PORT}}
  database: one_stop
  user: {{env: HUB_BENCH_USER}}
  password: {{env: HUB_BENCH_PASSWORD}}
pull: {{lag: 0s, page_size: 10000, every: 1h, timeout: 60s, budget: 30m}}
valid: {{from: 2018-01-01}}
"""
COLUMNS = {
    "MaHoSo": "'000.00.' || lpad((n % 60)::text, 2, '0') || '.H56-220601-' || lpad(n::text, 7, '0')",
    "NgayCapNhat": "timestamp '2022-06-01 07:00' + n * interval '10 s'",
    "MaTTHC": "(array['1.001193','1.000894','1.000656','1.004873','2.000908'])[1 + n % 5] || '.000.00.00.H56'",
    "TenTTHC": "'Thủ tục đăng ký, cấp giấy tờ theo yêu cầu của công dân'::text",
    "MaLinhVuc": "'G15-HT01'::text",
    "TenLinhVuc": "'Hộ tịch'::text",
    "KenhThucHien": "1 + n % 3",
    "SoBienNhan": "'BN' || lpad(n::text, 8, '0')",
    "ChuHoSo": "'Nguyễn Văn ' || n",
    "SoGiayToChuHoSo": "'038' || lpad((n % 400)::text, 3, '0') || lpad((n % 1000000)::text, 6, '0')",
    "LoaiDoiTuong": "1",
    "SoDienThoai": "'09' || lpad((n % 100000000)::text, 8, '0')",
    "DiaChi": "'Thôn ' || n % 20 || ', xã Hoằng Đạo, tỉnh Thanh Hóa'",
    "TrichYeu": "'Đề nghị giải quyết hồ sơ theo đơn đã nộp'::text",
    "NgayNopHoSo": "timestamp '2022-06-01 06:00' + n % 9000000 * interval '1 s'",
    "NgayTiepNhan": "timestamp '2022-06-01 08:00' + n % 9000000 * interval '1 s'",
    "NgayHenTra": "timestamp '2022-06-11 08:00' + n % 9000000 * interval '1 s'",
    "NgayTra": "case when n % 5 > 0 then timestamp '2022-06-09 08:00' + n % 9000000 * interval '1 s' end",
    "TrangThai": "case when n % 5 > 0 then 10 else 4 end",
    "HinhThucTra": "0",
}
SELECT = f"""select {", ".join(f'"{name}"' for name in COLUMNS)} from "HoSos" """


def measure(options: argparse.Namespace, home: Path) -> Figures:
    """All figures of SQL."""
    figures = Figures()
    there = home / "source"
    there.mkdir(mode=0o755)
    with _source(there, options.rows) as source:
        login = make_url(embedded.ensure_running(there).url)
        for repeat in range(options.repeats):
            here = home / f"run{repeat}"
            here.mkdir(mode=0o755)
            hub = Candidate(here, SOURCE, _environ(login), MAPPING, core=False)
            print(f"sql, run {repeat + 1}: start_s {hub.start_s:.2f}", flush=True)
            with connected(here) as connection, closing(_reader(login)) as reader:
                _prepare(connection)
                floor = timed(lambda c=connection, r=reader: _load(c, r))
                done = hub.run()
                note(figures.ratios, "sql_full_std", std(done) / floor)
                told("full", floor, done)
                last = reader.execute('select max("NgayCapNhat") from "HoSos"').fetchval()
                _change(source, repeat)
                floor = timed(lambda c=connection, r=reader, s=last: _load(c, r, s))
                done = hub.run()
                note(figures.ratios, "sql_incremental_std", std(done) / floor)
                note(figures.rss, f"sql_{options.rows}", done["rss_mb"])
                told("increment", floor, done)
            hub.stop()
            embedded.stop(here)
            shutil.rmtree(here, ignore_errors=True)
    return figures


def _source(home: Path, rows: int) -> psycopg.Connection[Any]:
    """The system: its table, sorted by its cursor as such tables are."""
    with connected(home) as admin:
        admin.execute("create database one_stop")
    connection = connected(home, "one_stop")
    listed = ", ".join(f'{value} as "{name}"' for name, value in COLUMNS.items())
    connection.execute(f'create table "HoSos" as select {listed} from generate_series(0, {rows - 1}) n'.encode())
    connection.execute('create unique index on "HoSos" ("NgayCapNhat", "MaHoSo")')
    connection.execute('vacuum analyze "HoSos"')
    return connection


def _change(source: psycopg.Connection[Any], generation: int) -> None:
    """Every so-many-th row gets another status and a later cursor."""
    later = f"timestamp '2023-01-01' + {generation} * interval '1 month' + n * interval '1 s'"
    source.execute(
        f'update "HoSos" h set "NgayCapNhat" = {later}, "TrangThai" = 9, "NgayTra" = "NgayTra" + interval \'1 h\''
        ' from (select "MaHoSo", row_number() over (order by "MaHoSo") as n from "HoSos") r'
        f' where r."MaHoSo" = h."MaHoSo" and n % {CHANGED} = {generation}'.encode()
    )
    source.execute('vacuum analyze "HoSos"')


def _environ(login: URL) -> dict[str, str]:
    port, user, word = str(login.port), str(login.username), str(login.password)
    return {"HUB_BENCH_PORT": port, "HUB_BENCH_USER": user, "HUB_BENCH_PASSWORD": word}


def _reader(login: URL) -> pyodbc.Connection:
    words = f"SERVER=127.0.0.1;PORT={login.port};DATABASE=one_stop;UID={login.username};PWD={login.password}"
    return pyodbc.connect(f"DRIVER={DRIVER};{words};CommLog=0;Debug=0", autocommit=True)


def _prepare(connection: psycopg.Connection[Any]) -> None:
    """The limit's empty target."""
    connection.execute("create schema raw_limit")
    body = ", ".join(f'"{name}" text' for name in COLUMNS)
    connection.execute(f'create table raw_limit.row ({body}, primary key ("MaHoSo"))'.encode())


def _load(connection: psycopg.Connection[Any], reader: pyodbc.Connection, since: Any = None) -> None:
    """Read, COPY, upsert."""
    cursor = reader.execute(SELECT) if since is None else reader.execute(SELECT + 'where "NgayCapNhat" > ?', since)
    sets = ", ".join(f'"{name}" = excluded."{name}"' for name in COLUMNS)
    with connection.transaction():
        connection.execute("create temp table s_row (like raw_limit.row) on commit drop")
        with connection.cursor().copy("copy s_row from stdin (format csv)") as copy:
            while found := cursor.fetchmany(FETCHED):
                text = io.StringIO()
                csv.writer(text).writerows(found)
                copy.write(text.getvalue())
        connection.execute(
            f'insert into raw_limit.row select * from s_row on conflict ("MaHoSo") do update set {sets}'.encode()
        )
