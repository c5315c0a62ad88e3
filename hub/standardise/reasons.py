"""Why a record is quarantined: reason codes and the sentence an official reads.

Here: every reason that standardising gives, in Vietnamese, with what to do next. Not here: deciding it.
A sentence names the source's field; it shows the value only for codes, which are no personal data.
"""

from __future__ import annotations

REASONS = {
    "MALFORMED_RECORD": (
        "Bản ghi không đúng cấu trúc đã khai báo{at}; "
        "cần kiểm tra lại dữ liệu ở hệ thống nguồn hoặc sửa bảng ánh xạ, rồi xử lý lại."
    ),
    "BAD_ENCODING": (
        "Bản ghi không phải là văn bản UTF-8 hợp lệ{at}; "
        "cần đề nghị hệ thống nguồn gửi lại đúng bảng mã Unicode, rồi xử lý lại."
    ),
    "KEY_MISSING": (
        "Bản ghi không có khóa nhận biết; cần bổ sung khóa ở hệ thống nguồn hoặc khai báo lại khóa trong bảng ánh xạ."
    ),
    "KEY_UNREADABLE": (
        "Khóa của bản ghi chứa ký tự NUL hoặc dài quá 200 ký tự nên không lưu được; "
        "cần sửa khóa ở hệ thống nguồn, rồi lấy lại bản ghi."
    ),
    "PARENT_MISSING": (
        "Bản ghi không cho biết thuộc hồ sơ nào{at}; cần bổ sung mã hồ sơ ở hệ thống nguồn, rồi lấy lại bản ghi."
    ),
    "HASH_DIFFERS": (
        "Nội dung hồ sơ khác với mã băm ghi trong gói; "
        "cần đề nghị nơi gửi kiểm tra và gửi lại với mã gói mới và ngày gửi mới."
    ),
    "SCHEMA": (
        "Hồ sơ không đúng lược đồ của gói{at}; cần đề nghị nơi gửi sửa và gửi lại với mã gói mới và ngày gửi mới."
    ),
    "STATUS_MISSING": (
        "Hồ sơ không có mã trạng thái{at}; cần bổ sung trạng thái ở hệ thống nguồn, rồi lấy lại bản ghi."
    ),
    "UNKNOWN_STATUS": (
        "Mã trạng thái «{value}»{at} chưa có trong bảng ánh xạ của nguồn này; "
        "cần hỏi đơn vị vận hành ý nghĩa của mã, bổ sung bảng ánh xạ, rồi xử lý lại."
    ),
    "UNKNOWN_CHANNEL": (
        "Mã kênh thực hiện «{value}»{at} chưa có trong bảng ánh xạ của nguồn này; "
        "cần hỏi đơn vị vận hành ý nghĩa của mã, bổ sung bảng ánh xạ, rồi xử lý lại."
    ),
    "UNREADABLE_DATE": (
        "Không đọc được thời điểm bắt buộc{at}; "
        "cần sửa ngày giờ ở hệ thống nguồn hoặc bổ sung định dạng vào bảng ánh xạ, rồi xử lý lại."
    ),
    "REQUIRED_MISSING": ("Thiếu thông tin bắt buộc{at}; cần bổ sung ở hệ thống nguồn, rồi lấy lại bản ghi."),
}


def sentence(reason: str, path: str = "", value: str = "") -> str:
    """The sentence of a reason; `path` is the source's field."""
    return REASONS[reason].format(at=f" (trường «{path}»)" if path else "", value=value)
