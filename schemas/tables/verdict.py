"""Schema mart, judging part: verdicts of the overdue rules.

Here: the table. Not here: the rules (`schemas/migrations/sql/mart`, `hub/rules/overdue.py`). No personal data.
"""

from __future__ import annotations

import sqlalchemy as sa

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
    sa.Index("ix_verdict_waiting", "rule_id", "due_at_used", postgresql_where=sa.text("outcome = 'within_due'")),
)
