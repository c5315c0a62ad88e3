"""What every connector must do, whatever it reads: one suite, run by each family against a real server of its own.

A family subclasses `ConnectorContract` and gives the fixture `served`; a misbehaviour that it cannot have (a
keyset cursor does not shift) is named in `not_applicable`, and the tests that need it are not collected.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from datetime import timedelta
from typing import ClassVar

import pytest

from connectors.contract import Connector, StreamSpec, Window
from connectors.errors import Incomplete, Malformed, Refused, SourceError, Unreachable
from tests.connectors.served import Delivered, Fault, Row, ServedSource, each, moment, needs, rows

WHOLE = Window()


class ConnectorContract:
    """The suite. Pages hold 10 records unless a test says otherwise. A family adds the fixture `served`: its source."""

    not_applicable: ClassVar[frozenset[Fault]] = frozenset()
    holds_nul: ClassVar[bool] = True  # whether a text of the source can hold a NUL at all

    def __init_subclass__(cls) -> None:
        for name in dir(cls):
            if getattr(getattr(cls, name), "needs", frozenset()) & cls.not_applicable:
                setattr(cls, name, None)

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """The faults of a test that can happen to this family."""
        if faults := getattr(metafunc.function, "faults", ()):
            metafunc.parametrize("fault", [fault for fault in faults if fault not in self.not_applicable])

    @pytest.fixture
    def connector(self, served: ServedSource) -> Iterator[Connector]:
        connector = served.connector()
        yield connector
        connector.close()

    def pull(self, connector: Connector, stream: StreamSpec, window: Window = WHOLE) -> Delivered:
        delivered = Delivered()
        try:
            for page in connector.pages(stream, window):
                delivered.pages.append(page)
        except SourceError as error:
            delivered.error = error
        return delivered

    # Windows and watermarks

    def test_a_window_includes_its_beginning_and_excludes_its_end(self, served, connector):
        served.rows = rows(40)
        got = self.pull(connector, served.stream(), Window(moment(5), moment(25)))
        assert got.error is None
        assert got.keys == [row.key for row in served.rows[5:25]]
        assert got.cursor == moment(24)

    def test_ties_over_page_edges_are_read_and_a_late_one_is_read_next(self, served, connector):
        served.rows = [Row(f"k{n:05}", moment(7)) for n in range(10_000)]
        stream = served.stream(page_size=999)
        first = self.pull(connector, stream)
        assert first.error is None
        assert sorted(first.keys) == [row.key for row in served.rows]
        assert first.cursor == moment(7)
        served.rows.append(Row("late", moment(7)))
        assert "late" in self.pull(connector, stream, Window(first.cursor)).keys

    def test_records_without_a_version_come_by_the_sweep(self, served, connector):
        served.rows = [*rows(15), *(Row(f"null-{n}", None) for n in range(12))]
        got = self.pull(connector, served.stream(), Window(moment(10)))
        assert got.error is None
        assert {f"null-{n}" for n in range(12)} < set(got.keys)
        assert [v for page in got.pages for k, v in zip(page.keys, page.versions, strict=True) if "null" in k] == [
            ""
        ] * 12
        assert got.cursor == moment(14)

    def test_an_empty_answer_moves_no_watermark(self, served, connector):
        got = self.pull(connector, served.stream(), Window(moment(3)))
        assert (got.error, got.keys, got.cursor) == (None, [], None)

    def test_only_records_without_a_version_move_no_watermark(self, served, connector):
        served.rows = [Row("null", None)]
        got = self.pull(connector, served.stream())
        assert (got.error, got.keys, got.cursor) == (None, ["null"], None)

    def test_the_lag_reads_again_and_the_watermark_never_goes_back(self, served, connector):
        served.rows = rows(100)
        stream = served.stream(lag=timedelta(seconds=30))
        assert self.pull(connector, stream, Window(moment(90))).keys == [row.key for row in served.rows[60:]]
        del served.rows[80:]
        got = self.pull(connector, stream, Window(moment(90)))
        assert got.keys == [row.key for row in served.rows[60:]]
        assert got.cursor == moment(90)

    def test_unordered_rows_give_the_latest_version(self, served, connector):
        served.rows = [row for pair in zip(rows(20), rows(20, 50)[::-1], strict=True) for row in pair]
        got = self.pull(connector, served.stream(order=None))
        assert got.error is None
        assert sorted(got.keys) == sorted(row.key for row in served.rows)
        assert got.cursor == moment(69)

    def test_the_next_pull_from_a_watermark_gives_only_the_tie(self, served, connector):
        served.rows = rows(35)
        first = self.pull(connector, served.stream())
        again = self.pull(connector, served.stream(), Window(first.cursor))
        assert (again.keys, again.cursor) == ([served.rows[-1].key], first.cursor)

    # Records as they are

    def test_payloads_are_byte_for_byte_what_was_sent(self, served, connector):
        served.rows = [
            *([Row("nul", moment(1), "a\x00b")] if self.holds_nul else []),
            Row("nfc", moment(2), "Nguyễn Thị Ánh – hồ sơ “đất đai”"),
            Row("nfd", moment(3), "Nguyê\u0303n Thi\u0323 A\u0301nh"),
            Row("emoji", moment(4), '𠮷 🏡\t\\ " / \n'),
        ]
        got = self.pull(connector, served.stream())
        assert got.keys == [row.key for row in served.rows]
        assert got.payloads == [served.payload(row) for row in served.rows]

    def test_a_record_without_a_key_is_delivered(self, served, connector):
        served.rows = [*rows(25), Row(None, moment(30)), Row(None, moment(31), "another")]
        got = self.pull(connector, served.stream())
        assert got.error is None
        assert got.keys[-2:] == ["", ""]
        assert got.cursor == moment(31)

    def test_what_the_source_lists_twice_is_delivered_and_stops_nothing(self, served, connector):
        twice = rows(25)[3]
        served.rows = [*rows(25), Row(twice.key, moment(40), "a second version")]
        got = self.pull(connector, served.stream())
        assert got.error is None
        assert set(got.payloads) == {served.payload(row) for row in served.rows}
        assert got.cursor == moment(40)

    # Faults

    @each(Fault.CUT, Fault.SLOW, Fault.GARBLED)
    def test_a_fault_that_passes_loses_and_repeats_nothing(self, served, connector, fault):
        served.rows = rows(35)
        served.misbehave(fault, page=2, times=2)
        got = self.pull(connector, served.stream())
        assert got.error is None
        assert got.keys == [row.key for row in served.rows]
        assert got.cursor == moment(34)

    @needs(Fault.CUT)
    @each(Fault.CUT, Fault.SLOW)
    def test_a_fault_that_stays_ends_the_pull_and_keeps_what_came(self, served, connector, fault):
        served.rows = rows(35)
        served.misbehave(fault, page=3)
        got = self.pull(connector, served.stream())
        assert isinstance(got.error, Unreachable)
        assert got.error.retryable
        assert got.keys == [row.key for row in served.rows[:20]]
        assert got.cursor is None

    def test_a_dead_host_is_unreachable(self, served, connector):
        served.misbehave(Fault.DEAD)
        got = self.pull(connector, served.stream())
        assert isinstance(got.error, Unreachable)
        assert not all(check.ok for check in connector.check())

    @needs(Fault.ERROR_BODY)
    def test_a_failure_with_a_friendly_status_is_a_failure(self, served, connector):
        served.rows = rows(35)
        served.misbehave(Fault.ERROR_BODY, page=2)
        got = self.pull(connector, served.stream())
        assert isinstance(got.error, Refused)
        assert got.keys == [row.key for row in served.rows[:10]]

    def test_a_page_that_stays_unreadable_never_moves_the_watermark(self, served, connector):
        served.rows = rows(35)
        served.misbehave(Fault.GARBLED, page=2)
        got = self.pull(connector, served.stream())
        assert got.cursor is None
        assert isinstance(got.error, Malformed) or [page.refused for page in got.pages if page.refused]

    @needs(Fault.SHORT_TOTAL)
    def test_fewer_records_than_announced_are_delivered_and_reported(self, served, connector):
        served.rows = rows(35)
        served.misbehave(Fault.SHORT_TOTAL)
        got = self.pull(connector, served.stream())
        assert isinstance(got.error, Incomplete)
        assert set(got.keys) == {row.key for row in served.rows}

    @needs(Fault.SHIFT)
    def test_a_list_that_shifts_is_read_again(self, served, connector):
        served.rows = rows(35)
        served.misbehave(Fault.SHIFT, times=1)
        got = self.pull(connector, served.stream())
        assert got.error is None
        assert {page.repeated for page in got.pages} == {False, True}
        assert {served.payload(row) for row in served.rows} <= set(got.payloads)
        assert got.cursor == max(row.version for row in served.rows)

    @needs(Fault.SHIFT)
    def test_a_list_that_never_rests_is_delivered_and_reported(self, served, connector):
        served.rows = rows(35)
        served.misbehave(Fault.SHIFT)
        got = self.pull(connector, served.stream())
        assert isinstance(got.error, Incomplete)
        assert set(got.keys) == {row.key for row in served.rows}

    # Resumption, secrets, checks

    def test_a_reader_that_goes_away_is_served_anew(self, served, connector):
        served.rows = rows(35)
        pages = connector.pages(served.stream(), Window())
        assert next(pages).keys == [row.key for row in served.rows[:10]]
        pages.close()
        got = self.pull(connector, served.stream())
        assert (got.error, got.keys) == (None, [row.key for row in served.rows])

    @needs(Fault.CUT)
    def test_a_pull_that_broke_is_complete_from_the_old_watermark(self, served, connector):
        served.rows = rows(35)
        served.misbehave(Fault.CUT, page=3, times=20)
        broken = self.pull(connector, served.stream(), Window(moment(2)))
        assert broken.error is not None
        served.misbehave(Fault.CUT, times=0)
        got = self.pull(connector, served.stream(), Window(moment(2)))
        assert (got.keys, got.cursor) == ([row.key for row in served.rows[2:]], moment(34))

    @pytest.mark.parametrize("fault", list(Fault))
    def test_no_error_no_log_and_no_check_shows_a_secret(self, served, connector, fault, caplog):
        caplog.set_level("DEBUG")
        served.rows = rows(35)
        shown = [repr(connector), *map(repr, connector.check())]
        if fault not in self.not_applicable:
            served.misbehave(fault)
            got = self.pull(connector, served.stream())
            shown += map(repr, connector.check())
            if got.error is not None:
                shown += [str(got.error), repr(got.error), *traceback.format_exception(got.error)]
        text = "\n".join([*shown, caplog.text])
        assert served.secrets
        assert [secret for secret in served.secrets if secret in text] == []

    def test_a_check_of_a_healthy_source_is_all_ok(self, served, connector):
        served.rows = rows(3)
        checks = connector.check()
        assert checks
        assert [check for check in checks if not check.ok] == []
