"""Schema std: every source's records in one meaning; the latest version of each (source, key).

Here: one table per record type. Not here: clear personal data (its twin in `schemas/tables/vault.py` has the
same key) and anything decided between sources (core). Children embedded in a parent carry `parent_key`;
children of a stream of their own carry the parent's dossier number in `parent_no`.

Only the primary key begins with source_id. To statistics that were taken before a source came, that source has no rows,
and any other index beginning with it looks as good as the key: a first load once read it whole for each record.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from schemas.tables.base import HASH, TEXT, TIME, col, event_times, precision_of, record_origin, table

# A record without a number that an office has accepted: only its content can say whose twin it is.
SEEKER = "number_form is null or number_form in ('legacy', 'invented')"


def _key() -> list[sa.Column[Any]]:
    return [
        col("source_id", TEXT, "Mã nguồn", primary_key=True),
        col("source_key", TEXT, "Khóa bản ghi ở nguồn", primary_key=True),
    ]


def _deletion() -> sa.Column[Any]:
    return col("deletion", TEXT, "Vì sao là đã xóa: source (cột xóa), message (bản tin xóa), vanished (đã mất)")


def _parent() -> list[sa.Column[Any]]:
    return [
        col("parent_key", TEXT, "Khóa hồ sơ cha ở nguồn (khi nằm trong hồ sơ)"),
        col("parent_no", TEXT, "Mã hồ sơ cha đã chuẩn hóa (khi là luồng riêng)"),
        col("is_deleted", sa.Boolean(), "Nguồn đã xóa bản ghi con (trống: bản ghi nằm trong hồ sơ)"),
        _deletion(),
    ]


def _own_stream(table: str) -> list[sa.Index]:
    """Ways to the children of a stream of their own; those inside a dossier are found by it and cost nothing here."""
    own = sa.text("is_deleted is not null")
    return [
        sa.Index(f"ix_{table}_batch_id", "batch_id", postgresql_where=own),
        sa.Index(f"ix_{table}_parent_no_source_id", "parent_no", "source_id", postgresql_where=own),
    ]


def _time(name: str, comment: str) -> list[sa.Column[Any]]:
    return [col(name, TIME, comment), col(precision_of(name), TEXT, f"Độ chính xác của «{comment}»: s, m, d")]


DOSSIER_RECORD = table(
    "std",
    "dossier_record",
    "Bản ghi hồ sơ mới nhất của từng nguồn, đã chuẩn hóa",
    *_key(),
    *record_origin(),
    col("clear_hash", HASH, "Băm có khóa của toàn bộ dữ liệu rõ ở vault", sensitivity="hash"),
    col("key_id", sa.SmallInteger(), "Số hiệu khóa băm"),
    col("is_deleted", sa.Boolean(), "Nguồn đã xóa bản ghi", nullable=False),
    col("deleted_at", TIME, "Thời điểm nguồn xóa, hoặc kho ghi nhận là đã mất"),
    _deletion(),
    col("dossier_no", TEXT, "Mã hồ sơ đã chuẩn hóa"),
    col("number_form", TEXT, "Dạng mã hồ sơ: tt01 (YYMMDD), tt03 (YYYYMMDD), invented (do phần mềm đặt), legacy"),
    col("number_agency_code", TEXT, "Mã đơn vị nằm trong mã hồ sơ"),
    col("number_date", sa.Date(), "Ngày nằm trong mã hồ sơ"),
    col("alt_dossier_no", TEXT, "Mã hồ sơ khác (MaHoSoKhac)"),
    col("receipt_no", TEXT, "Số biên nhận"),
    col("portal_no", TEXT, "Mã hồ sơ trên Cổng"),
    col("ministry_no", TEXT, "Mã hồ sơ ở hệ thống bộ, ngành"),
    col("reference_uid", TEXT, "Mã tham chiếu liên hệ thống"),
    col("origin_no", TEXT, "Mã hồ sơ gốc mà hồ sơ này nối tiếp (liên thông)"),
    col("group_no", TEXT, "Nhóm hồ sơ liên thông ở nguồn: khóa của hồ sơ nhóm"),
    col("procedure_code", TEXT, "Mã TTHC quốc gia (gốc)"),
    col("local_procedure_code", TEXT, "Mã TTHC như nguồn ghi"),
    col("procedure_name", TEXT, "Tên TTHC như nguồn ghi"),
    col("procedure_case", TEXT, "Trường hợp"),
    col("field_code", TEXT, "Mã lĩnh vực"),
    col("field_name", TEXT, "Tên lĩnh vực"),
    col("channel", sa.SmallInteger(), "Kênh: 1 trực tiếp, 2 trực tuyến, 3 bưu chính công ích"),
    col("return_method", sa.SmallInteger(), "Hình thức trả: 0 trực tiếp, 1 bưu chính, 2 điện tử"),
    col("applicant_type", sa.SmallInteger(), "Đối tượng: 1 người dân, 2 doanh nghiệp, 3 cơ quan, 4 tổ chức khác"),
    col("status", sa.SmallInteger(), "Trạng thái hồ sơ 1..10"),
    col("source_status", TEXT, "Mã trạng thái như nguồn ghi"),
    col("submission_place", sa.SmallInteger(), "Nơi nộp: 1 Cổng DVCQG, 2 cổng bộ, ngành, địa phương"),
    col("online_payment", sa.SmallInteger(), "Thanh toán trực tuyến 0..3"),
    col("has_digitised_component", sa.Boolean(), "Có thành phần số hóa"),
    col("vneid_verified", sa.Boolean(), "Tài khoản đã xác thực VNeID"),
    col("linked_databases", TEXT, "Các CSDL đã kết nối, cách nhau bằng dấu phẩy"),
    col("set_count", sa.Integer(), "Số bộ hồ sơ"),
    col("submission_agency_code", TEXT, "Mã cơ quan nơi nộp"),
    col("receiving_agency_code", TEXT, "Mã cơ quan tiếp nhận"),
    col("processing_agency_code", TEXT, "Mã cơ quan giải quyết"),
    col("processing_agency_name", TEXT, "Tên cơ quan giải quyết như nguồn ghi"),
    col("applicant_id_hash", HASH, "Băm có khóa của số định danh chủ hồ sơ", sensitivity="hash"),
    col("applicant_id_kind", TEXT, "Loại giấy tờ: cccd, cmnd, tax, passport, other"),
    col("applicant_id_masked", TEXT, "Số định danh che bớt", sensitivity="masked"),
    col("applicant_name_hash", HASH, "Băm có khóa của tên chủ hồ sơ", sensitivity="hash"),
    col("applicant_name_masked", TEXT, "Tên chủ hồ sơ viết tắt", sensitivity="masked"),
    col("applicant_phone_hash", HASH, "Băm có khóa của số điện thoại", sensitivity="hash"),
    col("applicant_tech_id_hash", HASH, "Băm có khóa của TechID", sensitivity="hash"),
    *event_times(),
    col("has_note", sa.Boolean(), "Có ghi chú (trống: nguồn không có trường này)"),
    col("has_return_info", sa.Boolean(), "Có thông tin trả (trống: nguồn không có trường này)"),
    col("has_rejection_reason", sa.Boolean(), "Có lý do từ chối (trống: nguồn không có trường này)"),
    col(
        "filed_on",
        sa.Date(),
        "Ngày vào sổ (giờ Việt Nam): ngày tiếp nhận, không có thì ngày nộp, rồi đến ngày trong mã hồ sơ",
    ),
    sa.Index(None, "batch_id"),
    sa.Index(None, "dossier_no", "source_id"),
    sa.Index("ix_dossier_record_origin_no", "origin_no", postgresql_where=sa.text("origin_no is not null")),
    sa.Index("ix_dossier_record_group_no", "group_no", postgresql_where=sa.text("group_no is not null")),
    # by content, where a number is missing: hub/reconcile/gathering.py
    sa.Index("ix_dossier_record_desk_day", "receiving_agency_code", "filed_on", "procedure_code"),
    sa.Index(
        "ix_dossier_record_seekers",
        "receiving_agency_code",
        "filed_on",
        "procedure_code",
        postgresql_where=sa.text(SEEKER),
    ),
    sa.Index(
        "ix_dossier_record_no_procedure",
        "receiving_agency_code",
        "filed_on",
        postgresql_where=sa.text("procedure_code is null"),
    ),
    sa.Index(
        "ix_dossier_record_handler_day",
        "processing_agency_code",
        "filed_on",
        "procedure_code",
        postgresql_where=sa.text("receiving_agency_code is distinct from processing_agency_code"),
    ),
    sa.Index(
        "ix_dossier_record_nowhere_day",
        "filed_on",
        "procedure_code",
        postgresql_where=sa.text("receiving_agency_code is null and processing_agency_code is null"),
    ),
)

STEP_RECORD = table(
    "std",
    "step_record",
    "Bước xử lý hồ sơ của từng nguồn",
    *_key(),
    *_parent(),
    *record_origin(),
    col("clear_hash", HASH, "Băm có khóa của dữ liệu rõ ở vault", sensitivity="hash"),
    *_time("step_at", "Thời điểm xử lý"),
    col("status", sa.SmallInteger(), "Trạng thái 1..10"),
    col("officer_hash", HASH, "Băm có khóa của tên cán bộ", sensitivity="hash"),
    col("officer_title", TEXT, "Chức danh"),
    col("step_department", TEXT, "Phòng ban xử lý"),
    *_time("step_started_at", "Bắt đầu bước"),
    *_time("step_due_at", "Hạn của bước"),
    col("has_step_text", sa.Boolean(), "Bước có nội dung (trống: nguồn không có trường này)"),
    col("is_synthetic", sa.Boolean(), "Bước do phần mềm tự thêm khi đồng bộ, không có thật", nullable=False),
    *_own_stream("step_record"),
    sa.Index(None, "parent_key", "source_id"),
)

SUPPLEMENT_RECORD = table(
    "std",
    "supplement_record",
    "Yêu cầu bổ sung hồ sơ của từng nguồn",
    *_key(),
    *_parent(),
    *record_origin(),
    col("clear_hash", HASH, "Băm có khóa của dữ liệu rõ ở vault", sensitivity="hash"),
    col("supplement_no", TEXT, "Số thứ tự hoặc mã yêu cầu ở nguồn"),
    *_time("requested_at", "Thời điểm yêu cầu bổ sung"),
    *_time("completed_at", "Thời điểm công dân bổ sung xong"),
    col("is_completed", sa.Boolean(), "Đã bổ sung xong"),
    *_time("previous_due_at", "Hẹn trả trước khi bổ sung"),
    *_time("new_due_at", "Hẹn trả sau khi bổ sung"),
    *_own_stream("supplement_record"),
    sa.Index(None, "parent_key", "source_id"),
)

FEE_RECORD = table(
    "std",
    "fee_record",
    "Phí, lệ phí của từng nguồn",
    *_key(),
    *_parent(),
    *record_origin(),
    col("fee_code", TEXT, "Mã phí, lệ phí"),
    col("fee_name", TEXT, "Tên phí, lệ phí"),
    col("fee_kind", TEXT, "Loại: phi, le_phi"),
    col("amount", sa.BigInteger(), "Số tiền (đồng)"),
    col("collection", TEXT, "Hình thức thu như nguồn ghi"),
    *_time("paid_at", "Thời điểm nộp tiền"),
    *_own_stream("fee_record"),
    sa.Index(None, "parent_key", "source_id"),
)

DOCUMENT_RECORD = table(
    "std",
    "document_record",
    "Thành phần hồ sơ, tệp đính kèm và giấy tờ kết quả của từng nguồn",
    *_key(),
    *_parent(),
    *record_origin(),
    col("clear_hash", HASH, "Băm có khóa của dữ liệu rõ ở vault", sensitivity="hash"),
    col("document_kind", TEXT, "Loại: component, result, other", nullable=False),
    col("document_no", TEXT, "Số hiệu tệp ở nguồn"),
    col("document_code", TEXT, "Mã thành phần hoặc mã giấy tờ kết quả"),
    col("has_file", sa.Boolean(), "Có đường dẫn tệp"),
    col("is_removed", sa.Boolean(), "Nguồn đã gỡ tệp"),
    col("digitised", sa.Boolean(), "Được số hóa"),
    col("reuse", sa.SmallInteger(), "Tái sử dụng: 0 không, 1 có, 2 bằng kết quả thay thế"),
    col("from_e_store", sa.Boolean(), "Lấy từ kho dữ liệu điện tử"),
    col("quantity", sa.Integer(), "Số lượng"),
    *_own_stream("document_record"),
    sa.Index(None, "parent_key", "source_id"),
)

RATING_RECORD = table(
    "std",
    "rating_record",
    "Đánh giá hài lòng của công dân",
    *_key(),
    *_parent(),
    *record_origin(),
    col("clear_hash", HASH, "Băm có khóa của dữ liệu rõ ở vault", sensitivity="hash"),
    *_time("rated_at", "Thời điểm đánh giá"),
    col("score", sa.SmallInteger(), "Điểm: 1 chưa hài lòng, 2 hài lòng, 3 rất hài lòng"),
    *_own_stream("rating_record"),
    sa.Index(None, "parent_key", "source_id"),
)

APOLOGY_RECORD = table(
    "std",
    "apology_record",
    "Phiếu xin lỗi, hẹn lại của từng nguồn",
    *_key(),
    *_parent(),
    *record_origin(),
    col("clear_hash", HASH, "Băm có khóa của dữ liệu rõ ở vault", sensitivity="hash"),
    *_time("apologised_at", "Thời điểm xin lỗi"),
    *_time("new_due_at", "Thời điểm hẹn lại"),
    *_own_stream("apology_record"),
    sa.Index(None, "parent_key", "source_id"),
)

RECORD_TABLES = {
    "dossier": DOSSIER_RECORD,
    "step": STEP_RECORD,
    "supplement": SUPPLEMENT_RECORD,
    "fee": FEE_RECORD,
    "document": DOCUMENT_RECORD,
    "rating": RATING_RECORD,
    "apology": APOLOGY_RECORD,
}
