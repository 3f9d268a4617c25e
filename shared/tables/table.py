"""Ids of BigQuery tables, validated by BigQuery's rules, and columns. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.errors import FailedPrecondition, InvalidArgument

# https://cloud.google.com/resource-manager/docs/creating-managing-projects
_PROJECT = re.compile(r"(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]")
# https://cloud.google.com/bigquery/docs/datasets#dataset-naming
_DATASET = re.compile(r"[A-Za-z0-9_]{1,1024}")
# https://cloud.google.com/bigquery/docs/tables#table_naming: letters, marks, numbers, connectors,
# dashes and spaces, at most 1,024 bytes of UTF-8
_TABLE_CATEGORIES = frozenset({"Pc", "Pd", "Zs"})
_TABLE_BYTES = 1024


def _is_table_name(text: str) -> bool:
    categories = map(unicodedata.category, text)
    allowed = all(c[0] in "LMN" or c in _TABLE_CATEGORIES for c in categories)
    return allowed and 0 < len(text.encode()) <= _TABLE_BYTES


@dataclass(frozen=True, slots=True)
class TableId:
    """A table's full id; `str()` gives `project.dataset.table`."""

    project: str
    dataset: str
    table: str

    @classmethod
    def parse(cls, text: str, default_project: str) -> "TableId":
        """The table of `dataset.table` or `project.dataset.table`.

        Raises:
            InvalidArgument: when the text is not such an id.
        """
        parts = text.rsplit(".", 2)
        if len(parts) == 2:  # noqa: PLR2004  (dataset.table)
            parts = [default_project, *parts]
        if len(parts) != 3 or not cls._are_valid(*parts):  # noqa: PLR2004  (project.dataset.table)
            raise InvalidArgument(
                f"{text!r} is not a table: write dataset.table or project.dataset.table",
                reason="INVALID_TABLE_ID",
                table=text,
            )
        return cls(*parts)

    @staticmethod
    def _are_valid(project: str, dataset: str, table: str) -> bool:
        return bool(
            _PROJECT.fullmatch(project) and _DATASET.fullmatch(dataset) and _is_table_name(table)
        )

    def __str__(self) -> str:
        return f"{self.project}.{self.dataset}.{self.table}"

    @property
    def path(self) -> str:
        """The resource name in the BigQuery Storage API."""
        return f"projects/{self.project}/datasets/{self.dataset}/tables/{self.table}"

    @property
    def quoted(self) -> str:
        """The id for a SQL statement; no part can contain a back-tick."""
        return f"`{self.project}`.`{self.dataset}`.`{self.table}`"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a BigQuery table: its name, its type (legacy spelling) and its mode."""

    name: str
    type: str
    mode: str = "NULLABLE"


# https://cloud.google.com/bigquery/docs/reference/storage: the Storage Read API reads neither views
# nor most external tables; only tables that BigQuery stores have a past.
_STORED_KINDS = frozenset({"TABLE", "SNAPSHOT"})


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    """The metadata of a table in BigQuery.

    Attributes:
        kind: TABLE, VIEW, MATERIALIZED_VIEW, EXTERNAL, SNAPSHOT, …
        rows: None for a view, whose rows BigQuery does not count.
        size_bytes: of all columns and rows; None likewise.
    """

    columns: tuple[Column, ...]
    kind: str
    rows: int | None
    size_bytes: int | None

    @property
    def is_stored(self) -> bool:
        """Whether BigQuery stores the rows: the Storage Read API reads them, and their past."""
        return self.kind in _STORED_KINDS


def require_columns(table: Iterable[Column], names: Sequence[str], role: str) -> tuple[Column, ...]:
    """The columns of an input table by their names, in the order of the names, in any case.

    Args:
        table: the columns of the table.
        names: the columns to find.
        role: "feature" or "key", for the error's message.

    Raises:
        FailedPrecondition: naming every column that the table lacks.
    """
    by_name = {column.name.casefold(): column for column in table}
    if missing := [name for name in names if name.casefold() not in by_name]:
        raise FailedPrecondition(
            f"the input table lacks the {role} columns {', '.join(missing)} "
            f"(it has {', '.join(column.name for column in by_name.values())})",
            reason="MISSING_COLUMNS",
            columns=", ".join(missing),
        )
    return tuple(by_name[name.casefold()] for name in names)
