"""Schema mart, judging part: verdicts of the overdue rules and what history tells of behaviour.

Here: the tables. Not here: the rules (`schemas/migrations/sql/mart`, `hub/rules/overdue.py`), how a behaviour is found
(`assets/sql/mart/behaviour_*.sql`), thresholds (`schemas/codes/rules.csv`). No personal data: an officer is a key.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from schemas.tables.base import TEXT, TIME, col, table

VERDICT = table(
    "mart",
    "verdict",
    "Kết quả so hạn hiện nay của từng hồ sơ theo từng quy tắc",
    col("dossier_id", sa.BigInteger(), "Số hồ sơ của kho", primary_key=True, autoincrement=False),
    col("rule_id", TEXT, "Mã quy tắc, kèm phiên bản", primary_key=True),
    col(
        "outcome",
        TEXT,
        "Kết quả: early trước hạn, on_time đúng hạn, overdue quá hạn, within_due trong hạn, overdue_open quá hạn chưa "
        "xong, not_judged không xét",
        nullable=False,
    ),
    col("basis", TEXT, "Căn cứ: thời điểm kết thúc lấy từ đâu, hoặc vì sao không xét", nullable=False),
    col("finished_at_used", TIME, "Thời điểm kết thúc đã dùng"),
    col("due_at_used", TIME, "Hạn đã dùng"),
    col("late_by", sa.Integer(), "Muộn bao nhiêu phút làm việc (âm là sớm); trống khi chưa xong"),
    sa.Index("ix_verdict_overdue", "rule_id", "dossier_id", postgresql_where=sa.text("outcome = 'overdue_open'")),
    sa.Index("ix_verdict_waiting", "rule_id", "due_at_used", postgresql_where=sa.text("outcome = 'within_due'")),
)

BEHAVIOUR = table(
    "mart",
    "behaviour",
    "Hành vi thấy được từ lịch sử hồ sơ, mỗi dòng kèm bằng chứng; không có bằng chứng chắc chắn thì không có dòng",
    col("dossier_id", sa.BigInteger(), "Số hồ sơ của kho", primary_key=True, autoincrement=False),
    col("kind", TEXT, "Loại hành vi (mart.behaviour_kind)", primary_key=True),
    col("happened_at", TIME, "Thời điểm xảy ra", primary_key=True),
    col("agency_id", sa.BigInteger(), "Cơ quan", nullable=False),
    col("officer_id", TEXT, "Cán bộ ở bước liên quan (khóa băm, core.officer)", sensitivity="hash"),
    col("detected_at", TIME, "Thời điểm kho ghi nhận nội dung cho thấy hành vi", nullable=False),
    col("rule_id", TEXT, "Quy tắc và phiên bản", nullable=False),
    col("evidence", pg.JSONB(), "Bằng chứng: từng giá trị và nơi lấy", nullable=False),
    sa.Index(None, "kind", "happened_at"),
)

BEHAVIOUR_KIND = table(
    "mart",
    "behaviour_kind",
    "Các loại hành vi và câu giải thích",
    col("kind", TEXT, "Loại hành vi", primary_key=True),
    col("name", TEXT, "Tên", nullable=False),
    col("sentence", TEXT, "Giải thích, căn cứ và khi nào không tính", nullable=False),
)
