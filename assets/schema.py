"""What Dagster shows of a table, made from its one declaration.

Here: column schemas and table names as asset metadata. Not here: the declarations (`schemas/tables`), the checks
that the warehouse still looks like them (`assets/checks.py`).
"""

from __future__ import annotations

from collections.abc import Mapping

import dagster as dg
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql


def type_name(column: sa.Column[object]) -> str:
    """The column's type as PostgreSQL spells it: `timestamp with time zone`, `text[]`."""
    return column.type.compile(dialect=postgresql.dialect()).lower()  # type: ignore[no-untyped-call]


def column_schema(table: sa.Table) -> dg.TableSchema:
    """Columns with type, Vietnamese comment, nullability and the sensitivity of what they hold."""
    key = {column.name for column in table.primary_key}
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                column.name,
                type_name(column),
                description=column.comment,
                constraints=dg.TableColumnConstraints(nullable=bool(column.nullable), unique=key == {column.name}),
                tags={"sensitivity": str(column.info["sensitivity"])},
            )
            for column in table.columns
        ]
    )


def table_metadata(table: sa.Table) -> Mapping[str, object]:
    """The two entries by which Dagster's pages know the table behind an asset."""
    return {"dagster/table_name": f"{table.schema}.{table.name}", "dagster/column_schema": column_schema(table)}
