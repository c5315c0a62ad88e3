"""XML packages as a commune's software writes them, with right counts and hashes unless a test wants others.

Here: bytes of packages. Not here: workbooks (`register_writer`), folders. The hash is computed the way the
convention states it, from the finished document, so that the reader is not compared with itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from lxml import etree


@dataclass(frozen=True)
class Parcel:
    """One package. `records` are HoSo elements as text; count and digests None are right."""

    records: Sequence[str]
    id: str = "000.00.12.H56-20240319-01"
    sent_at: str | None = "20240319173000"
    count: int | None = None
    digests: Sequence[str] | None = None
    prolog: str = '<?xml version="1.0" encoding="UTF-8"?>'
    after: str = ""

    def document(self) -> bytes:
        body = "".join(f"\n    {record}" for record in self.records)
        listed = f"<DanhSachHoSo>{body}\n  </DanhSachHoSo>"
        entries = "".join(
            f'<Muc MaHoSo="{number}" SHA256="{digest}"/>'
            for number, digest in zip(map(number_of, self.records), self.digests or digests(listed), strict=False)
        )
        sent = f"<NgayGui>{self.sent_at}</NgayGui>" if self.sent_at is not None else ""
        count = len(self.records) if self.count is None else self.count
        return (
            f'{self.prolog}<GoiHoSo phienBan="1.0"><TieuDe><MaGoi>{self.id}</MaGoi><MaDonVi>000.00.12.H56</MaDonVi>'
            f"{sent}<SoLuong>{count}</SoLuong><Manifest>{entries}</Manifest></TieuDe>\n  {listed}{self.after}</GoiHoSo>"
        ).encode()


def dossier(number: str | None, **fields: str) -> str:
    """A HoSo element; the value None of a number leaves it out."""
    members = {"MaHoSo": number} if number is not None else {}
    inner = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in (members | fields).items())
    return f"<HoSo>{inner}</HoSo>"


def parcel(*numbers: str, id: str = "1", sent_at: str = "20240319173000", name: str = "Ánh") -> Parcel:
    """A package of dossiers by number."""
    return Parcel([dossier(number, ChuHoSo=name) for number in numbers], id=id, sent_at=sent_at)


def number_of(record: str) -> str:
    return str(etree.fromstring(record).findtext("MaHoSo") or "") if record.count("<HoSo") == 1 else ""


def digests(listed: str) -> list[str]:
    try:
        records = etree.fromstring(listed)
    except etree.XMLSyntaxError:
        return []
    forms = [etree.tostring(record, method="c14n", exclusive=True, with_comments=False) for record in records]
    return [hashlib.sha256(form).hexdigest() for form in forms]
