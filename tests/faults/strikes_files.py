"""What is done to drop folders and to the files in them, by the names of the catalogue.

Here: faults of files, packages, zips, workbooks and folders. Not here: the folders (`ill_files.py`). Each strikes until
its `yield` and heals after it: the sender sends again what was wrong.
"""

from __future__ import annotations

import io
import os
import threading
import zipfile
from collections.abc import Callable, Generator
from random import Random
from typing import Any

from openpyxl import Workbook

from tests.connectors.faulty_folder import Strike as Opening
from tests.connectors.faulty_folder import relent, silence, strike
from tests.connectors.register_writer import changed, saved
from tests.connectors.test_files_attacks import BILLION, HEAD
from tests.faults.experiment import Strike
from tests.faults.ill_files import PACKAGES, IllFiles, IllRegister, element, parcel

Spoil = Callable[[int, Random], bytes]


def sent(spoil: Spoil, ending: str = "xml", age_s: float = 3600, id: str = "P", **changes: Any) -> Strike:
    """One package comes spoilt, and later whole under an id with the beginning `id`; `changes` are of the source."""

    def struck(ill: IllFiles, chance: Random) -> Generator[None]:
        package = chance.randrange(PACKAGES)
        (ill.folder / f"{package}.xml").unlink()
        spoilt = ill.put(f"{package}.{ending}", spoil(package, chance), age_s)
        ill.changes = changes
        yield
        ill.changes = {}
        spoilt.unlink(missing_ok=True)
        ill.put(f"{package}.xml", parcel(package, id=f"{id}-{package}").document())

    return struck


def opened(how: Callable[[str], Opening], **changes: Any) -> Strike:
    """Something happens when a package is opened; `how` is given the end of its path."""

    def struck(ill: IllFiles, chance: Random) -> Generator[None]:
        package = chance.randrange(PACKAGES)
        ill.changes = {"url": strike(str(ill.folder), how(f"/{package}.xml")), **changes}
        yield
        relent(str(ill.folder))
        ill.changes = {}
        ill.put(f"{package}.xml", parcel(package).document())

    return struck


def cut(package: int, chance: Random) -> bytes:
    whole = parcel(package).document()
    return whole[: chance.randint(len(whole) // 4, len(whole) - 20)]


def attack(prolog: str, text: str) -> Spoil:
    head = "<GoiHoSo><TieuDe><MaGoi>1</MaGoi><SoLuong>1</SoLuong></TieuDe><DanhSachHoSo>"
    whole = f"{HEAD}{prolog}{head}<HoSo><A>{text}</A></HoSo></DanhSachHoSo></GoiHoSo>".encode()
    return lambda package, chance: whole


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def zip_of(package: int) -> bytes:
    return zipped({"goi.xml": parcel(package).document()})


def one_of_another_shape(package: int, chance: Random) -> bytes:
    records = [element(package, place) for place in range(4)]
    wrong = element(package, 4).replace("</HoSo>", "<TenTTHC><b>x</b></TenTTHC></HoSo>")
    return parcel(package, records=[*records, wrong]).document()


def same_file_twice(ill: IllFiles, chance: Random) -> Generator[None]:
    package = chance.randrange(PACKAGES)
    ill.put(f"{package} (1).xml", parcel(package).document())
    yield


def older_after_newer(ill: IllFiles, chance: Random) -> Generator[None]:
    """The correction lies before the package that it corrects."""
    package = chance.randrange(PACKAGES)
    older = [element(package, place, ChuHoSo="Nhập nhầm") for place in range(5)]
    ill.put("z.xml", parcel(package, id="P-z", sent_at="20240301000000", records=older).document())
    yield


def package_id_again(ill: IllFiles, chance: Random) -> Generator[None]:
    """Other contents under an id that was taken already."""
    wrong = parcel(1, id="P-0", sent_at="20240320000000").document()
    (ill.folder / "1.xml").unlink()
    ill.put("1.xml", wrong)
    yield
    ill.put("1.xml", parcel(1).document())


def folder_gone(ill: IllFiles, chance: Random) -> Generator[None]:
    aside = ill.folder.rename(ill.folder.with_suffix(".gone"))
    yield
    aside.rename(ill.folder)


def a_file_for_the_folder(ill: IllFiles, chance: Random) -> Generator[None]:
    aside = ill.folder.rename(ill.folder.with_suffix(".gone"))
    ill.folder.write_text("nothing")
    yield
    ill.folder.unlink()
    aside.rename(ill.folder)


def archive_closed(ill: IllFiles, chance: Random) -> Generator[None]:
    (ill.folder / "archive").write_text("a file where a folder should be")
    yield
    (ill.folder / "archive").unlink()


def linked(ill: IllFiles, chance: Random) -> Generator[None]:
    package = chance.randrange(PACKAGES)
    file = ill.folder / f"{package}.xml"
    file.rename(ill.home / f"{ill.folder.name}-elsewhere")
    file.symlink_to(ill.home / f"{ill.folder.name}-elsewhere")
    ill.changes = {"settle_s": 0.0}
    yield
    ill.changes = {}
    file.unlink(missing_ok=True)
    ill.put(f"{package}.xml", parcel(package).document())


def vanishing(end: str) -> Opening:
    def vanish(path: str) -> None:
        if path.endswith(end):
            os.unlink(path)

    return vanish


def growing(end: str) -> Opening:
    def grow(path: str) -> None:
        if path.endswith(end):
            with open(path, "ab") as file:
                file.write(b" ")

    return grow


def raising(error: OSError) -> Callable[[str], Opening]:
    def how(end: str) -> Opening:
        def fail(path: str) -> None:
            if path.endswith(end):
                raise error

        return fail

    return how


def short(end: str) -> Opening:
    return lambda path: 100 if path.endswith(end) else None


def silent(ill: IllFiles, chance: Random) -> Generator[None]:
    """A package that can be opened and never read."""
    over, end = threading.Event(), f"/{chance.randrange(PACKAGES)}.xml"
    ill.changes = {
        "url": strike(str(ill.folder), lambda path: silence(over) if path.endswith(end) else None),  # type: ignore[func-returns-value]
        "timeout_s": 0.1,
    }
    yield
    over.set()
    relent(str(ill.folder))
    ill.changes = {}


def kept(change: Callable[[bytes], bytes], name: str = "so.xlsx", age_s: float = 3600) -> Strike:
    """The register comes spoilt, and later as it should be."""

    def struck(ill: IllRegister, chance: Random) -> Generator[None]:
        (ill.folder / "so.xlsx").unlink()
        spoilt = ill.put(name, change(ill.workbook()), age_s)
        yield
        spoilt.unlink(missing_ok=True)
        ill.put("so.xlsx", ill.workbook())

    return struck


def workbook_open(ill: IllRegister, chance: Random) -> Generator[None]:
    """A clerk has it open: Excel's lock file lies beside it, and it was saved a moment ago."""
    ill.put("~$so.xlsx", b"\x05Can bo", 0)
    ill.put("so.xlsx", ill.workbook(), 0)
    yield
    (ill.folder / "~$so.xlsx").unlink()
    ill.put("so.xlsx", ill.workbook())


def another_form(content: bytes) -> bytes:
    book = Workbook()
    assert book.active is not None
    book.active.append(["Ngày", "Số tiền"])
    return saved(book)


def part(name: str, content: bytes) -> Callable[[bytes], bytes]:
    return lambda workbook: changed(workbook, name, lambda before: content)


DDE = b'<externalLink xmlns="x"><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'
PACKAGE_FAULTS: dict[str, Strike] = {
    "half-written": sent(cut, age_s=0),
    "truncated-xml": sent(cut),
    "empty-file": sent(lambda package, chance: b""),
    "wrong-encoding": sent(lambda package, chance: parcel(package).document().decode().encode("cp1258", "replace")),
    "doctype": sent(attack('<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "&x;")),
    "entity-bomb": sent(attack(BILLION + "]>", "&j;")),
    "no-header": sent(lambda package, chance: b"<GoiHoSo><DanhSachHoSo/></GoiHoSo>"),
    "unreadable-time-of-sending": sent(lambda package, chance: parcel(package, sent_at="hom qua").document()),
    "wrong-count": sent(lambda package, chance: parcel(package, count=4).document()),
    "wrong-hash": sent(lambda package, chance: parcel(package, digests=["0" * 64] * 5).document(), id="Q"),
    "record-of-another-shape": sent(one_of_another_shape, id="Q"),
    "truncated-zip": sent(lambda package, chance: zip_of(package)[:-40], "zip"),
    "zip-with-a-stranger": sent(lambda package, chance: zipped({"a.xml": b"<a/>", "virus.exe": b"MZ"}), "zip"),
    "zip-bomb": sent(lambda package, chance: zipped({"a.xml": b" " * 30_000_000}), "zip"),
    "zip-with-one-broken": sent(
        lambda package, chance: zipped({"a.xml": parcel(package).document(), "b.xml": cut(package, chance)}), "zip"
    ),
    "too-large": sent(lambda package, chance: b" " * 100_000, max_file_bytes=50_000),
    "same-file-twice": same_file_twice,
    "older-after-newer": older_after_newer,
    "package-id-again": package_id_again,
    "folder-gone": folder_gone,
    "a-file-for-the-folder": a_file_for_the_folder,
    "folder-silent": silent,
    "folder-cut": opened(raising(ConnectionResetError("reset"))),
    "file-vanishes": opened(vanishing),
    "file-grows": opened(growing),
    "file-must-not-be-read": opened(raising(PermissionError(13, "Permission denied"))),
    "file-comes-short": opened(short),
    "link": linked,
    "archive-closed": archive_closed,
}
REGISTER_FAULTS: dict[str, Strike] = {
    "workbook-with-macros": kept(part("xl/vbaProject.bin", b"macro")),
    "workbook-with-dde": kept(part("xl/externalLinks/externalLink1.xml", DDE)),
    "workbook-bomb": kept(part("xl/media/image1.png", b"\0" * 50_000_000)),
    "workbook-truncated": kept(lambda workbook: workbook[: len(workbook) // 2]),
    "workbook-with-a-password": kept(lambda workbook: b"\xd0\xcf\x11\xe0" + workbook),
    "workbook-open": workbook_open,
    "workbook-of-another-form": kept(another_form),
}
