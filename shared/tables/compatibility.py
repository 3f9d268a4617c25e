"""Whether existing tables can be read as requested, and can take a run's rows. Pure."""

from collections.abc import Sequence
from datetime import datetime

from shared.errors import FailedPrecondition
from shared.tables.table import CatalogEntry, Column, TableId


def require_time_travel(as_of: datetime | None, entry: CatalogEntry, table: TableId) -> None:
    """Refuse to read the past of what has none.

    Raises:
        FailedPrecondition: when the table is a view or lies outside BigQuery.
    """
    if as_of and not entry.is_stored:
        raise FailedPrecondition(
            f"as_of reads the past of tables, and {table} is a {entry.kind.lower()}: "
            "let its own SQL say FOR SYSTEM_TIME AS OF, or name a table",
            reason="NO_TIME_TRAVEL",
            table=str(table),
        )


def output_not_empty(table: TableId) -> FailedPrecondition:
    """The refusal to write into a table that should have been empty."""
    return FailedPrecondition(
        f"the output table {table} holds rows, and write_disposition=empty wants none: "
        "name another output_table, or append or truncate",
        reason="OUTPUT_TABLE_NOT_EMPTY",
        table=str(table),
    )


def require_compatible(existing: Sequence[Column], output: Sequence[Column], table: str) -> None:
    """Refuse an output table whose columns cannot take the predictions.

    Raises:
        FailedPrecondition: when a column has another type, or a required one would stay empty.
    """
    ours = {column.name.casefold(): column for column in output}
    problems = [
        f"{column.name} is {column.mode} {column.type}" + _wanted(ours.get(column.name.casefold()))
        for column in existing
        if _is_incompatible(column, ours.get(column.name.casefold()))
    ]
    if problems:
        raise FailedPrecondition(
            f"{table} cannot take the predictions: {'; '.join(problems)}; "
            "name another output_table",
            reason="INCOMPATIBLE_OUTPUT_TABLE",
            table=table,
        )


def _is_incompatible(existing: Column, ours: Column | None) -> bool:
    if ours is None:
        return existing.mode == "REQUIRED"
    return existing.type != ours.type or existing.mode == "REPEATED"


def _wanted(ours: Column | None) -> str:
    return f", not {ours.type}" if ours else " and would stay empty"
