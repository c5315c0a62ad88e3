"""Numbers that name dossiers, procedures, persons, firms and telephones."""

from __future__ import annotations

from datetime import date

import pytest

from hub.standardise.identifiers import identities, normal_numbers, number_parts, phones, procedure_roots
from tests.standardise.chunk import dossier as dossier_
from tests.standardise.chunk import flags_of, nothing_found, reference, row, texts


@pytest.mark.parametrize(
    ("written", "number", "form", "agency", "day"),
    [
        ("000.00.01.H56-180601-0001", None, "tt01", "000.00.01.H56", date(2018, 6, 1)),
        ("000.00.53.H48-220921-12345", None, "invented", "000.00.53.H48", date(2022, 9, 21)),
        ("G09.20-20260609-0000001", None, "tt03", "G09.20", date(2026, 6, 9)),
        ("H56.101-20260228-0000007", None, "tt03", "H56.101", date(2026, 2, 28)),
        ("h56.12.05 - 220921 – 0001", "H56.12.05-220921-0001", "tt01", "H56.12.05", date(2022, 9, 21)),
        ("H56-20250701-001", None, "tt03", "H56", date(2025, 7, 1)),
        ("000.00.01.H56-220230-0001", None, "legacy", None, None),
        ("000.00.01.H56-22092-0001", None, "legacy", None, None),
        ("000.00.01.H56-220921-01", None, "legacy", None, None),
        ("000.00.01.H56-18500101-0001", None, "legacy", None, None),
        ("123/2018", None, "legacy", None, None),
        ("tnhs  -  15", "TNHS-15", "legacy", None, None),
        (None, None, None, None, None),
    ],
)
def test_dossier_numbers(written: str, number: str | None, form: str, agency: str | None, day: date | None) -> None:
    normal = normal_numbers(texts(written))
    assert normal[0] == (number or written)
    assert number_parts(normal).row(0) == (form, agency, day)


def test_a_legacy_number_is_kept_and_flagged() -> None:
    found = row(dossier_(MaHoSo="số 12/2018"))
    assert (found["dossier_no"], found["number_form"]) == ("SỐ 12/2018", "legacy")
    assert found["flags"] == ["legacy_number"]


@pytest.mark.parametrize(
    ("written", "root"),
    [
        ("1.010708.000.00.00.H56", "1.010708"),
        ("1.010708", "1.010708"),
        (" 2.000986.000.00.00.h56", "2.000986"),
        ("1.01070", None),
        ("TNHS-01", None),
        ("1.010708.000.00.00", None),
        (None, None),
    ],
)
def test_procedure_roots(written: str, root: str | None) -> None:
    assert procedure_roots(texts(written))[0] == root


@pytest.mark.parametrize(
    ("written", "number", "kind", "flags"),
    [
        ("038190004321", "038190004321", "cccd", []),
        ("038 190 004 321", "038190004321", "cccd", []),
        ("038.190-004321", "038190004321", "cccd", []),
        ("38190004321", "038190004321", "cccd", ["lost_zero"]),
        ("27190004321", "27190004321", "other", ["unproven_identity"]),
        ("000190004321", "000190004321", "other", ["unproven_identity"]),
        ("999190004321", "999190004321", "other", ["unproven_identity"]),
        ("171234567", "171234567", "cmnd", []),
        ("71234567", "071234567", "cmnd", ["lost_zero"]),
        ("0100233488", "0100233488", "tax", []),
        ("0100233488-001", "0100233488001", "tax", []),
        ("0100233480", "0100233480", "other", ["unproven_identity"]),
        ("b1234567", "B1234567", "passport", []),
        ("C12345678", "C12345678", "passport", []),
        ("giấy khai sinh", "GIẤYKHAISINH", "other", ["unproven_identity"]),
        ("000000001", None, None, ["dummy_identity"]),
        ("123456789", None, None, ["dummy_identity"]),
        ("000000000000", None, None, ["dummy_identity"]),
        ("-", None, None, []),
        (None, None, None, []),
    ],
)
def test_identities(written: str, number: str | None, kind: str | None, flags: list[str]) -> None:
    findings = nothing_found(1)
    found, kinds = identities(texts(written), reference().dummy_identities, findings)
    assert (found[0], kinds[0], flags_of(findings)) == (number, kind, flags)


@pytest.mark.parametrize(
    ("written", "number", "flags"),
    [
        ("0912345678", "0912345678", []),
        ("+84 912 345 678", "0912345678", []),
        ("84912345678", "0912345678", []),
        ("0084.912.345.678", "0912345678", []),
        ("(0237) 3852-246", "02373852246", []),
        ("842373852246", "02373852246", []),
        ("01234567890", "0834567890", ["old_phone"]),
        ("0162 123 4567", "0321234567", ["old_phone"]),
        ("+84 169 123 4567", "0391234567", ["old_phone"]),
        ("0371234567", "0371234567", []),
        ("0912345678; 0987654321", "0912345678", []),
        ("0912345678/0987654321", "0912345678", []),
        ("12345", None, []),
        ("không có", None, []),
        (None, None, []),
    ],
)
def test_phones(written: str, number: str | None, flags: list[str]) -> None:
    findings = nothing_found(1)
    found = phones(texts(written), reference().phone_prefixes, findings)
    assert (found[0], flags_of(findings)) == (number, flags)


def test_every_old_prefix_moves() -> None:
    for old, new in reference().phone_prefixes.items():
        assert phones(texts(old + "1234567"), reference().phone_prefixes, nothing_found(1))[0] == new + "1234567"


def test_the_same_person_has_one_hash_however_the_number_is_written() -> None:
    written = ["038190004321", "38190004321", "038 190 004 321"]
    assert len({row(dossier_(SoGiayToChuHoSo=text))["applicant_id_hash"] for text in written}) == 1


def test_a_number_sent_as_a_json_number_keeps_its_digits() -> None:
    found = row(dossier_(SoGiayToChuHoSo=38190004321))
    assert found["applicant_id_masked"] == "038*****4321"
