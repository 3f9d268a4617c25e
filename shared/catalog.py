"""What BigQuery knows of tables and datasets; what is missing is an error that says what to do."""

from typing import TYPE_CHECKING

from google.api_core.exceptions import NotFound as GoogleNotFound

from shared.clients import google_errors
from shared.errors import NotFound
from shared.tables import Column, TableId

if TYPE_CHECKING:
    from google.cloud import bigquery


def table_columns(client: "bigquery.Client", table: TableId, role: str) -> tuple[Column, ...]:
    """The columns of a table; `role` is "input" or "output".

    Raises:
        NotFound: when there is no such table.
    """
    with google_errors(f"looking at the {role} table {table}"):
        try:
            fields = client.get_table(str(table)).schema
        except GoogleNotFound as error:
            raise NotFound(
                f"the {role} table {table} does not exist: create it, or correct {role}_table",
                reason="TABLE_NOT_FOUND",
                table=str(table),
            ) from error
    return tuple(Column(each.name, each.field_type, each.mode) for each in fields)


def output_columns(client: "bigquery.Client", table: TableId) -> tuple[Column, ...] | None:
    """The columns of an output table, None when it has yet to be created.

    Raises:
        NotFound: when its dataset does not exist either.
    """
    try:
        return table_columns(client, table, "output")
    except NotFound:
        _require_dataset(client, f"{table.project}.{table.dataset}")
        return None


def holds_rows(client: "bigquery.Client", table: TableId) -> bool:
    """Whether a table has a row; reading one is free of charge, and true in a streaming buffer."""
    with google_errors(f"looking at the rows of {table}"):
        return any(True for _ in client.list_rows(str(table), max_results=1))


def _require_dataset(client: "bigquery.Client", dataset: str) -> None:
    with google_errors(f"looking at the output dataset {dataset}"):
        try:
            client.get_dataset(dataset)
        except GoogleNotFound as error:
            raise NotFound(
                f"the output dataset {dataset} does not exist: create it, "
                "or name an output_table in another",
                reason="DATASET_NOT_FOUND",
                dataset=dataset,
            ) from error
