"""Secrets and personal numbers leave no sentence, in whatever spelling they come."""

from __future__ import annotations

import traceback
from base64 import b64encode
from json import dumps
from urllib.parse import quote, quote_plus

import pytest

from connectors.contract import Window
from connectors.errors import Secrets, Unreachable
from connectors.rest_http import Call
from connectors.rest_source import Auth, RestSource
from tests.connectors.http_host import Reply
from tests.connectors.served_rest import PASSWORD, ServedRest

SECRET = 'Mật khẩu/+&% "1"'


@pytest.mark.parametrize(
    "spelling",
    [
        SECRET,
        quote(SECRET),
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        dumps(SECRET),
        b64encode(SECRET.encode()).decode(),
    ],
)
def test_every_spelling_is_struck_out(spelling):
    secrets = Secrets([SECRET])
    assert secrets.redact(f"GET /x?token={spelling}&y=1 → 401") in (
        "GET /x?token=***&y=1 → 401",
        'GET /x?token="***"&y=1 → 401',
    )
    assert SECRET not in repr(secrets)


def test_telling_names_make_secrets():
    secrets = Secrets()
    secrets.learn_named({"X-Api-Key": "abc123", "tenant": "thanhhoa", "secretCode": "zzz", "token": None})
    assert secrets.redact("abc123 thanhhoa zzz") == "*** thanhhoa ***"


def test_the_longer_secret_goes_first():
    assert Secrets(["abc", "abcdef", ""]).redact("abcdef abc") == "*** ***"


def test_personal_numbers_and_addresses_are_masked_and_counts_are_not():
    sentence = "038204012345 của anh.nguyen@thanhhoa.gov.vn, 0912345678; page 12 of 1,000,000,000, answered 503"
    assert Secrets().redact(sentence) == "*** của ***, ***; page 12 of 1,000,000,000, answered 503"


def test_a_long_sentence_is_cut_after_redaction():
    text = Secrets(["s3cret-token"]).redact("x" * 595 + "s3cret-token" + "y" * 600)
    assert "s3cret"[:3] not in text
    assert len(text) == 601


def test_an_error_lets_go_of_the_library_error_behind_it():
    try:
        try:
            raise OSError(f"cannot read https://host/?token={SECRET}")
        except OSError as cause:
            raise Unreachable(f"failed with {SECRET}", f"do not use {SECRET}") from cause
    except Unreachable as error:
        error.redact(Secrets([SECRET]))
        assert SECRET not in "".join(traceback.format_exception(error)) + repr(error) + repr(error.args)
        assert str(error) == "failed with *** — do not use ***"


def test_a_retry_is_logged_without_what_the_source_repeats(caplog):
    served = ServedRest("page_number", "basic")
    served.override = lambda ask: Reply({"message": f"quá tải: {PASSWORD} 038204012345"}, 503)
    connector = served.connector()
    with pytest.raises(Unreachable, match=r"quá tải: \*\*\* \*\*\*$"):
        next(connector.pages(served.stream(), Window()))
    assert caplog.text.count("quá tải: *** ***; attempt") == 2
    assert PASSWORD not in caplog.text
    connector.close()
    served.close()


def test_no_configuration_and_no_call_shows_a_secret():
    auth = Auth("basic", fields={"username": "u", "password": SECRET})
    source = RestSource("s", "http://host", headers={"secretCode": SECRET}, auth=auth)
    call = Call("page", "POST", "/x", {"token": SECRET}, {"Authorization": SECRET}, {"session": SECRET}, {"p": SECRET})
    assert [shown for shown in (repr(auth), repr(source), repr(call)) if SECRET in shown] == []
