"""Why a whole file is not taken, in words for the person who sent it.

Here: the reason codes of files with a sentence in Vietnamese and in English each. Not here: what is wrong with a
single record (it travels with the record and is judged in `hub/standardise`). A sentence says what to do next and
never quotes what the file holds.
"""

from __future__ import annotations

_SENTENCES: dict[str, tuple[str, str]] = {
    "EMPTY": ("tệp rỗng; hãy gửi lại", "the file is empty; send it again"),
    "TOO_LARGE": (
        "tệp lớn hơn mức cho phép; hãy chia thành nhiều tệp nhỏ",
        "the file is larger than allowed; send several smaller ones",
    ),
    "TOO_MANY_RECORDS": (
        "số hồ sơ trong tệp vượt mức cho phép; hãy chia thành nhiều tệp nhỏ",
        "the file holds more records than allowed; send several smaller ones",
    ),
    "LINK": (
        "đây là liên kết, không phải tệp; hãy gửi chính tệp đó",
        "this is a link and not a file; send the file itself",
    ),
    "NOT_WELL_FORMED": (
        "XML không đúng cú pháp hoặc bị cắt cụt; hãy xuất và gửi lại",
        "the XML is not well-formed or is cut off; export and send it again",
    ),
    "DTD": (
        "XML chứa khai báo DOCTYPE, không được phép; hãy xuất lại không có DOCTYPE",
        "the XML holds a DOCTYPE, which is not allowed; export it without one",
    ),
    "NO_HEADER": (
        "gói tin thiếu phần tiêu đề đứng trước danh sách hồ sơ; hãy xuất lại",
        "the package has no header before its list of records; export it again",
    ),
    "NO_PACKAGE_ID": (
        "tiêu đề thiếu mã gói tin; hãy xuất lại",
        "the header has no package id; export it again",
    ),
    "BAD_TIME": (
        "thời điểm gửi trong tiêu đề không đọc được; hãy ghi theo dạng yyyyMMddHHmmss",
        "the time of sending in the header cannot be read; write it as yyyyMMddHHmmss",
    ),
    "COUNT_DIFFERS": (
        "số lượng khai báo, số hồ sơ và số mục trong bảng kê không khớp; hãy xuất lại cả gói",
        "the announced count, the records and the manifest entries do not agree; export the whole package again",
    ),
    "PACKAGE_KNOWN": (
        "mã gói tin này đã được nhận với nội dung khác; hãy gửi bản sửa với mã gói mới",
        "a package of this id was taken with other content; send the correction under a new id",
    ),
    "BAD_ZIP": (
        "tệp nén hỏng, có mật khẩu hoặc chứa tệp lạ; hãy nén lại các tệp XML, không đặt mật khẩu",
        "the zip is broken, has a password or holds other files; zip the XML files again without a password",
    ),
    "ZIP_BOMB": (
        "tệp nén bung ra quá lớn hoặc có quá nhiều mục; hãy chia nhỏ",
        "the zip unpacks to too much or has too many entries; send smaller ones",
    ),
    "OLD_EXCEL": (
        "sổ ở dạng .xls cũ hoặc có mật khẩu; hãy mở bằng Excel, bỏ mật khẩu và lưu thành .xlsx",
        "the workbook is an old .xls or has a password; open it in Excel, remove the password and save it as .xlsx",
    ),
    "MACROS": (
        "sổ chứa macro hoặc đối tượng nhúng; hãy lưu thành .xlsx không có macro, không nhúng đối tượng",
        "the workbook holds macros or embedded objects; save it as .xlsx without them",
    ),
    "DDE": (
        "sổ liên kết tới chương trình khác (DDE/OLE); hãy bỏ liên kết và lưu lại",
        "the workbook is linked to another program (DDE, OLE); remove the link and save it again",
    ),
    "BROKEN_WORKBOOK": (
        "không mở được sổ Excel; hãy mở và lưu lại thành .xlsx rồi gửi lại",
        "the workbook cannot be opened; open it, save it as .xlsx and send it again",
    ),
    "NO_REGISTER": (
        "không tìm thấy dòng tiêu đề của sổ theo dõi hồ sơ; hãy dùng đúng mẫu sổ",
        "no header row of the register was found; use the form of the register",
    ),
}
CODES = frozenset(_SENTENCES)


class Rejected(Exception):
    """A file that is not taken. `code` is one of CODES; `where`: the part concerned (sheet, zip entry, line)."""

    def __init__(self, code: str, where: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.where = where
        self.vietnamese, self.english = (f"{text} ({where})" if where else text for text in _SENTENCES[code])
