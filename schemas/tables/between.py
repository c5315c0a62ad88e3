"""Schema core, what stands between two records: judgements of people, open questions, and what content says.

Here: tables keyed by pairs of std records, the first by (source, key) first. Not here: dossiers (`core.py`). Pairs of
records outlive every dossier id; judgements are primary and never changed, the rest is derived.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from schemas.tables.base import TEXT, TIME, col, table

JUDGEMENT = table(
    "core",
    "judgement",
    "Phán quyết của con người giữa hai bản ghi; sống qua mọi lần dựng lại",
    col("judgement_id", sa.BigInteger(), "Số phán quyết", sa.Identity(always=True), primary_key=True),
    col("source_id_a", TEXT, "Nguồn của bản ghi thứ nhất", nullable=False),
    col("source_key_a", TEXT, "Khóa của bản ghi thứ nhất", nullable=False),
    col("source_id_b", TEXT, "Nguồn của bản ghi thứ hai", nullable=False),
    col("source_key_b", TEXT, "Khóa của bản ghi thứ hai", nullable=False),
    col("verdict", TEXT, "same, different; undone là rút lại phán quyết trước", nullable=False),
    col("judged_by", TEXT, "Người phán quyết", nullable=False),
    col("judged_at", TIME, "Thời điểm", nullable=False),
    col("reason", TEXT, "Lý do", nullable=False),
    col("machine_said", TEXT, "Máy nói gì khi có phán quyết: same, different, doubt"),
    col("core_run_id", sa.BigInteger(), "Lần đối chiếu đã nghe phán quyết (trống: chưa nghe)"),
    sa.CheckConstraint("verdict in ('same', 'different', 'undone')", name="verdict_known"),
    sa.CheckConstraint("(source_id_a, source_key_a) < (source_id_b, source_key_b)", name="pair_in_order"),
    sa.Index("ix_judgement_a", "source_id_a", "source_key_a"),
    sa.Index("ix_judgement_b", "source_id_b", "source_key_b"),
    sa.Index("ix_judgement_unheard", "judgement_id", postgresql_where=sa.text("core_run_id is null")),
)

REVIEW = table(
    "core",
    "review",
    "Nghi vấn giữa hai hồ sơ, chờ người xem; hai hồ sơ vẫn được đếm riêng",
    col("source_id_a", TEXT, "Nguồn của bản ghi thứ nhất", primary_key=True),
    col("source_key_a", TEXT, "Khóa của bản ghi thứ nhất", primary_key=True),
    col("source_id_b", TEXT, "Nguồn của bản ghi thứ hai", primary_key=True),
    col("source_key_b", TEXT, "Khóa của bản ghi thứ hai", primary_key=True),
    col(
        "reason",
        TEXT,
        "Lý do: number_collision, ambiguous, doubtful, judgements_disagree, judgement_contradicted",
        nullable=False,
    ),
    col("weight", sa.REAL(), "Độ giống theo nội dung (log2 của tỉ lệ cược); trống khi do số hiệu"),
    col("raised_at", TIME, "Thời điểm nêu", nullable=False),
    sa.Index("ix_review_b", "source_id_b", "source_key_b"),
)

MATCH_EVIDENCE = table(
    "core",
    "match_evidence",
    "Vì sao hai bản ghi không chung số hiệu được ghép, hoặc bị nghi là một: trọng số của từng trường",
    col("source_id_a", TEXT, "Nguồn của bản ghi thứ nhất", primary_key=True),
    col("source_key_a", TEXT, "Khóa của bản ghi thứ nhất", primary_key=True),
    col("source_id_b", TEXT, "Nguồn của bản ghi thứ hai", primary_key=True),
    col("source_key_b", TEXT, "Khóa của bản ghi thứ hai", primary_key=True),
    col("rule", TEXT, "Quy tắc: composite, probabilistic", nullable=False),
    col("weight", sa.REAL(), "Tổng trọng số (log2 của tỉ lệ cược)", nullable=False),
    col("evidence", pg.JSONB(), "Trường → mức so khớp và trọng số; không có giá trị", nullable=False),
    sa.Index("ix_match_evidence_b", "source_id_b", "source_key_b"),
)
