"""The rows and columns of a table that a run reads, and the price of reading them. Pure."""

from dataclasses import dataclass
from datetime import datetime

from shared.tables.table import TableId

# US dollars, in the US and after the free tier, by https://cloud.google.com/bigquery/pricing: data
# extraction, and on-demand compute.
_READ_DOLLARS_PER_TIB = 1.10
_QUERY_DOLLARS_PER_TIB = 6.25
_TIB = 1024**4


@dataclass(frozen=True, slots=True)
class Selection:
    """Columns of a table, of the rows that meet a condition, at a point in time.

    Attributes:
        columns: names in the table's own case.
        row_filter: a condition that passed `require_row_filter`, "" for every row.
        as_of: None for now.
    """

    table: TableId
    columns: tuple[str, ...]
    row_filter: str = ""
    as_of: datetime | None = None

    @property
    def sql(self) -> str:
        """The SELECT statement; no column's name can contain a back-tick."""
        columns = ", ".join(f"`{name}`" for name in self.columns)
        time = f" FOR SYSTEM_TIME AS OF TIMESTAMP '{self.as_of.isoformat()}'" if self.as_of else ""
        condition = f" WHERE ({self.row_filter})" if self.row_filter else ""
        return f"SELECT {columns} FROM {self.table.quoted}{time}{condition}"  # noqa: S608  (validated parts)


def reading_dollars(size_bytes: int, *, by_query: bool) -> float:
    """The list price of reading bytes with the Storage Read API, after a query job or without.

    Args:
        size_bytes: of the columns and rows that are read.
        by_query: whether a query job selects them first, as for views and the past.
    """
    price = _READ_DOLLARS_PER_TIB + (_QUERY_DOLLARS_PER_TIB if by_query else 0.0)
    return size_bytes / _TIB * price
