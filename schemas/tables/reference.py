"""Schema core, reference part: admin units, agencies, procedures, their limits, the calendar, code lists.

Here: dimensions loaded from `schemas/codes` by `hub/reference.py`. Not here: facts about dossiers. The same
code may be another unit after 2025-07-01, so the key of an agency or admin unit is (code, valid_from); what can
be announced late (calendar, rules) carries recorded time as well.
"""

from __future__ import annotations

import sqlalchemy as sa

from schemas.tables.base import TEXT, TIME, col, table

OPEN_START = sa.text("'-infinity'")

ADMIN_UNIT = table(
    "core",
    "admin_unit",
    "Đơn vị hành chính qua các thời kỳ",
    col("code", TEXT, "Mã đơn vị hành chính", primary_key=True),
    col("valid_from", sa.Date(), "Hiệu lực từ ngày (-infinity: trước 2018)", primary_key=True),
    col("valid_to", sa.Date(), "Hết hiệu lực từ ngày (không bao gồm)", nullable=False),
    col("level", TEXT, "Cấp: province, district, commune", nullable=False),
    col("name", TEXT, "Tên", nullable=False),
    col("full_name", TEXT, "Tên kèm loại", nullable=False),
    col("type", TEXT, "Loại: tỉnh, huyện, xã …", nullable=False),
    col("parent_code", TEXT, "Mã đơn vị cấp trên"),
    col("established_by", TEXT, "Văn bản thành lập"),
    col("ended_by", TEXT, "Văn bản chấm dứt"),
)

AGENCY = table(
    "core",
    "agency",
    "Cơ quan qua các thời kỳ; agency_id 0 là cơ quan chưa xác định",
    col("agency_id", sa.BigInteger(), "Số cơ quan của kho", primary_key=True, autoincrement=False),
    col("agency_code", TEXT, "Mã định danh cơ quan", nullable=False),
    col("valid_from", sa.Date(), "Hiệu lực từ ngày", nullable=False),
    col("valid_to", sa.Date(), "Hết hiệu lực từ ngày (không bao gồm)", nullable=False),
    col("name", TEXT, "Tên cơ quan", nullable=False),
    col("level", TEXT, "Cấp: province, department, branch, district, commune", nullable=False),
    col("catalog", TEXT, "Nhóm: so-ban-nganh, cnvpdk, quan-huyen, xa-phuong"),
    col("parent_agency_code", TEXT, "Mã cơ quan cấp trên"),
    col("admin_unit_code", TEXT, "Mã đơn vị hành chính"),
    col("slug", TEXT, "Tên rút gọn không dấu"),
    col("sort_key", TEXT, "Khóa sắp xếp theo thứ tự tiếng Việt", nullable=False),
    col("basis", TEXT, "Căn cứ của dòng này"),
    sa.UniqueConstraint("agency_code", "valid_from"),
)

AGENCY_ALIAS = table(
    "core",
    "agency_alias",
    "Cách viết khác của tên cơ quan",
    col("alias", TEXT, "Cách viết (chuẩn hóa: NFC, chữ thường, một dấu cách)", primary_key=True),
    col("agency_code", TEXT, "Mã cơ quan", primary_key=True),
    col("valid_from", sa.Date(), "Hiệu lực từ ngày của cơ quan", primary_key=True),
    col("reason", TEXT, "Lý do", nullable=False),
)

AGENCY_SUCCESSION = table(
    "core",
    "agency_succession",
    "Cơ quan nào kế tục cơ quan nào",
    col("from_agency_code", TEXT, "Mã cơ quan cũ", primary_key=True),
    col("to_agency_code", TEXT, "Mã cơ quan kế tục (trống khi giải thể)", primary_key=True),
    col("on_date", sa.Date(), "Ngày kế tục", primary_key=True),
    col("relation", TEXT, "Quan hệ: unchanged, full, partial, remainder, merged, dissolved", nullable=False),
    col("is_default", sa.Boolean(), "Nơi nhận mặc định khi quy đổi", nullable=False),
    col("legal_source", TEXT, "Căn cứ", nullable=False),
)

PROCEDURE = table(
    "core",
    "procedure",
    "Thủ tục hành chính theo danh mục quốc gia; mã '?' là thủ tục chưa xác định",
    col("procedure_code", TEXT, "Mã TTHC gốc", primary_key=True),
    col("name", TEXT, "Tên thủ tục", nullable=False),
    col("field_code", TEXT, "Mã lĩnh vực"),
    col("field_name", TEXT, "Tên lĩnh vực"),
    col("levels", TEXT, "Cấp thực hiện: bo|tinh|xa|khac"),
    col("chained", sa.Boolean(), "Thủ tục liên thông"),
    col("decision", TEXT, "Quyết định công bố"),
    col("in_catalogue_from", sa.Date(), "Ngày chụp danh mục", nullable=False),
)

PROCEDURE_TIME_LIMIT = table(
    "core",
    "procedure_time_limit",
    "Thời hạn giải quyết theo kênh và hiệu lực; không có dòng hiệu lực thì không phán quyết",
    col("procedure_code", TEXT, "Mã TTHC gốc", primary_key=True),
    col("channel", sa.SmallInteger(), "Kênh 1..3; 0 là mọi kênh", primary_key=True, autoincrement=False),
    col("procedure_case", TEXT, "Trường hợp (trống là mọi trường hợp)", primary_key=True),
    col("valid_from", sa.Date(), "Hiệu lực từ ngày", primary_key=True),
    col("valid_to", sa.Date(), "Hết hiệu lực từ ngày (không bao gồm)", nullable=False),
    col("limit_value", sa.Integer(), "Thời hạn", nullable=False),
    col("limit_unit", TEXT, "Đơn vị: working_day, calendar_day, hour", nullable=False),
    col("legal_source", TEXT, "Căn cứ", nullable=False),
)

CALENDAR_DAY = table(
    "core",
    "calendar_day",
    "Lịch làm việc, kèm thời điểm kho biết từng ngày nghỉ, ngày làm bù",
    col("day", sa.Date(), "Ngày", primary_key=True),
    col("recorded_from", TIME, "Ghi nhận từ", primary_key=True),
    col("recorded_to", TIME, "Ghi nhận đến (không bao gồm)", nullable=False),
    col("is_working", sa.Boolean(), "Là ngày làm việc", nullable=False),
    col("is_makeup_day", sa.Boolean(), "Là ngày làm bù", nullable=False),
    col("name", TEXT, "Tên ngày nghỉ"),
    col("is_projected", sa.Boolean(), "Dự kiến, chưa có thông báo chính thức", nullable=False),
    col("working_index", sa.Integer(), "Số ngày làm việc tính đến hết ngày này", nullable=False),
)

CODE_LIST = table(
    "core",
    "code_list",
    "Danh mục mã dùng chung",
    col("list", TEXT, "Danh mục: status, channel, applicant_type, return_method", primary_key=True),
    col("code", TEXT, "Mã", primary_key=True),
    col("name", TEXT, "Tên tiếng Việt", nullable=False),
    col("canonical", TEXT, "Tên dùng trong mã nguồn", nullable=False),
    col("properties", TEXT, "Thuộc tính thêm, dạng khóa=giá trị"),
)
