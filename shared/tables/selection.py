"""The rows and columns of a table that a run reads. Pure."""

from dataclasses import dataclass
from datetime import datetime

from shared.tables.table import TableId


@dataclass(frozen=True, slots=True)
class Selection:
    """Some columns of the rows of a table that meet a condition, as they were at a time.

    Attributes:
        columns: names as the table spells them.
        row_filter: a condition that `require_row_filter` has let pass, "" for every row.
        as_of: None for now.
    """

    table: TableId
    columns: tuple[str, ...]
    row_filter: str = ""
    as_of: datetime | None = None

    @property
    def sql(self) -> str:
        """The statement that selects it; no column's name can hold a back-tick."""
        columns = ", ".join(f"`{name}`" for name in self.columns)
        time = f" FOR SYSTEM_TIME AS OF TIMESTAMP '{self.as_of.isoformat()}'" if self.as_of else ""
        condition = f" WHERE ({self.row_filter})" if self.row_filter else ""
        return f"SELECT {columns} FROM {self.table.quoted}{time}{condition}"  # noqa: S608  (checked parts)
