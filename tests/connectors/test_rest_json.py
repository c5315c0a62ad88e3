"""Answers as columns: envelopes, bare arrays, keys and versions as written, failures that look like success."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from connectors.contract import composite_key
from connectors.errors import Malformed, Refused
from connectors.rest_json import PageReader, SignedOut
from connectors.rest_paging import fill, filled
from connectors.rest_source import Paging, RestStream, Rule

STREAM = RestStream(
    "dossiers",
    records="result.data",
    total="result.total",
    success=Rule("error_code", ("0", "00")),
    message="message",
    paging=Paging("cursor", next="page.next"),
    key="MaHoSo",
    version="meta.NgayCapNhat",
)


def reader(**changes: Any) -> PageReader:
    return PageReader(replace(STREAM, **changes))


def test_an_envelope_is_read_in_one_go():
    body = (
        b'\xef\xbb\xbf {"error_code":"00","page":{"next":"p2"},"result":{"total":"7","x":[1],"data":[ '
        b'{"meta":{"NgayCapNhat":"2024-03-15T08:30:00.1234567"},"MaHoSo":"a"} ,{"MaHoSo" : 42}]}}'
    )
    answer = reader().read(body)
    assert answer.payloads == [
        b'{"meta":{"NgayCapNhat":"2024-03-15T08:30:00.1234567"},"MaHoSo":"a"}',
        b'{"MaHoSo" : 42}',
    ]
    assert answer.keys == ["a", "42"]
    assert answer.versions == ["2024-03-15T08:30:00.1234567", ""]
    assert (answer.announced, answer.next) == (7, "p2")


@pytest.mark.parametrize(
    ("record", "key"),
    [
        ('{"MaHoSo":"Hồ sơ\\u0000 số \\"1\\""}', 'Hồ sơ\0 số "1"'),
        ('{"MaHoSo":1.50}', "1.50"),
        ('{"MaHoSo":12345678901234567890123}', "12345678901234567890123"),
        ('{"MaHoSo":true}', "true"),
        ('{"MaHoSo":{"a": 1}}', '{"a": 1}'),
        ('{"MaHoSo":null}', ""),
        ('{"MaHoSo":""}', ""),
        ("{}", ""),
        ('"text"', ""),
        ("null", ""),
        ("[1]", ""),
    ],
)
def test_keys_of_any_type_are_text_as_written(record, key):
    answer = reader().read(f'[{{"MaHoSo":"first"}}, {record}]'.encode())
    assert answer.keys == ["first", key]
    assert answer.payloads[1] == record.encode()


def test_composite_keys_are_hashed_from_all_parts():
    stream = {"key": ("MaHoSo", "ThoiDiemXuLy"), "version": None}
    body = '[{"MaHoSo":"a","ThoiDiemXuLy":20240315083000},{"MaHoSo":"a"},{"x":1}, 5]'
    keys = reader(**stream).read(body.encode()).keys
    assert keys == [composite_key(["a", "20240315083000"]), composite_key(["a", ""]), "", ""]
    assert len(keys[0]) == 33
    assert keys[0].startswith("#")
    assert composite_key(["a", "b,c"]) != composite_key(["a,b", "c"])


@pytest.mark.parametrize(
    "body", [b"[]", b'{"error_code":0,"result":{"total":0}}', b'{"error_code":0,"result":{"data":null}}']
)
def test_an_empty_list_is_empty(body):
    assert reader().read(body).keys == []


@pytest.mark.parametrize(
    "body",
    [
        b'{"error_code":3,"message":"khong duoc"}',
        b'{"error_code":"3","message":"khong duoc","result":{"data":[],"total":0}}',
        b'{"error_code":3,"message":"khong duoc","result":"none"}',
        b'{"error_code":3,"message":"khong duoc","result":{"data":{}}}',
        b'{"message":"khong duoc","result":{"data":[]}}',
    ],
)
def test_a_failure_in_a_body_is_refused_whatever_its_shape(body):
    with pytest.raises(Refused, match="khong duoc"):
        reader().read(body)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"<html>", b'"error"', b"5", b'{"error_code":0}', b'{"error_code":0,"result":{"data":{}}}']
)
def test_what_is_no_list_is_malformed(body):
    with pytest.raises(Malformed):
        reader().read(body)


def test_null_is_no_empty_list_when_nothing_says_success():
    with pytest.raises(Malformed, match="null"):
        reader(success=None).read(b'{"result":{"data":null}}')


def test_an_expired_login_is_told_from_other_failures():
    expired = PageReader(STREAM, Rule("error_code", ("-1",)))
    with pytest.raises(SignedOut):
        expired.read(b'{"error_code":-1}')
    with pytest.raises(Refused) as caught:
        expired.read(b'{"error_code":5}')
    assert not isinstance(caught.value, SignedOut)
    with pytest.raises(SignedOut):
        PageReader(STREAM, doubt=True).read(b'{"error_code":5}')


def test_paths_that_cross_are_a_mistake_of_the_mapping():
    with pytest.raises(ValueError, match="crosses"):
        reader(records="result", total="result.total")


def test_variables_without_a_value_take_their_entry_along():
    values = {"since": "2024", "until": None, "page_size": "50"}
    template = {
        "q": {"from": "{since}", "to": "{until}", "both": "{since}..{until}"},
        "n": "{page_size}",
        "x": None,
        "l": ["{since}"],
    }
    assert fill(template, values) == {"q": {"from": "2024"}, "n": 50, "x": None, "l": ["2024"]}
    assert filled({"size": "{page_size}", "to": "{until}", "a": "b{c}"}, values) == {"size": "50", "a": "b{c}"}
