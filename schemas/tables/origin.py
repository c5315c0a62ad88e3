"""Schema core, what stands between records and dossiers: losing values, origins of values, links of chained dossiers.

Here: tables beside the dossier that say where its values come from and what follows it. Not here: the dossier itself
and its records (`core.py`), questions and judgements of people. All of it is derived and made again by a rebuild.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from schemas.tables.base import TEXT, col, table

CONFLICT = table(
    "core",
    "conflict",
    "Giá trị thua khi các nguồn không khớp; dữ liệu cá nhân chỉ có chỗ tìm, không có giá trị",
    col("dossier_id", sa.BigInteger(), "Số hồ sơ của kho", primary_key=True, autoincrement=False),
    col("field", TEXT, "Trường", primary_key=True),
    col("source_id", TEXT, "Nguồn của giá trị thua", primary_key=True),
    col("source_key", TEXT, "Khóa bản ghi của giá trị thua", primary_key=True),
    col("value", TEXT, "Giá trị thua (trống với dữ liệu cá nhân)"),
    col("kept_value", TEXT, "Giá trị được giữ (trống với dữ liệu cá nhân)"),
    col("kept_source_id", TEXT, "Nguồn của giá trị được giữ"),
    col("kept_source_key", TEXT, "Khóa bản ghi của giá trị được giữ"),
    col(
        "kind",
        TEXT,
        "Kiểu khác nhau: precision, rounding, swapped_day_month, impossible, distortion, implied, number_day, "
        "outvoted, handed_over, behind, missing_digits, transposed, typing, tones, shortened, differs",
        nullable=False,
    ),
    col(
        "size",
        sa.Double(),
        "Khác nhau bao nhiêu: ngày (thời điểm), số lần gõ khác (dữ liệu cá nhân); trống là không đo được",
    ),
)

# The bit of each field in core.value_origin.chosen, by position. Only ever added to: bits are kept in the warehouse.
PROVENANCE_FIELDS = (
    *("dossier_no", "procedure_code", "local_procedure_code", "procedure_name", "procedure_case", "field_code"),
    *("field_name", "applicant_id_hash", "applicant_name_masked", "applicant_type", "status", "received_at"),
    *("acceptance_due_at", "due_at", "finished_at", "returned_at", "rejected_at", "withdrawn_at", "sent_back_at"),
    *("suspended_at", "receiving_agency_code", "processing_agency_code", "return_method", "submitted_at"),
    *("submission_agency_code", "channel", "online_payment", "has_digitised_component"),
)

VALUE_ORIGIN = table(
    "core",
    "value_origin",
    "Nguồn của giá trị khi nhiều bản ghi cùng nêu một trường; đọc từng trường qua core.provenance",
    col("dossier_id", sa.BigInteger(), "Số hồ sơ của kho", primary_key=True, autoincrement=False),
    col("source_id", TEXT, "Nguồn của giá trị được giữ", primary_key=True),
    col("source_key", TEXT, "Khóa bản ghi của giá trị được giữ", primary_key=True),
    col("chosen", sa.BigInteger(), "Những trường lấy từ bản ghi này, mỗi trường một bit", nullable=False),
    col(
        "reasons",
        pg.JSONB(),
        "Trường → vì sao giá trị của nguồn đáng tin hơn phải nhường; trống là theo thứ tự tin cậy",
    ),
)

DOSSIER_LINK = table(
    "core",
    "dossier_link",
    "Hồ sơ liên thông: hồ sơ này nối tiếp hồ sơ kia",
    col("dossier_id", sa.BigInteger(), "Hồ sơ", primary_key=True, autoincrement=False),
    col("next_dossier_id", sa.BigInteger(), "Hồ sơ nối tiếp", primary_key=True, autoincrement=False),
    col("kind", TEXT, "Loại liên kết: origin nêu số hồ sơ gốc, group cùng nhóm hồ sơ", primary_key=True),
    sa.Index(None, "next_dossier_id"),
)
