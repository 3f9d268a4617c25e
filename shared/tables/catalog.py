"""Metadata of BigQuery tables: columns, kind, size. A missing table is an error."""

from typing import TYPE_CHECKING

from shared import google_exceptions
from shared.clients import google_errors
from shared.errors import FailedPrecondition, InvalidArgument, NotFound
from shared.tables.compatibility import output_not_empty
from shared.tables.selection import Selection
from shared.tables.table import CatalogEntry, Column, TableId

if TYPE_CHECKING:
    from google.cloud import bigquery

_LOADABLE = "TABLE"


def table_entry(client: "bigquery.Client", table: TableId, role: str) -> CatalogEntry:
    """The metadata of a table.

    Args:
        client: queries the table.
        table: the id of the table.
        role: "input" or "output", for the error's message.

    Raises:
        NotFound: when the table does not exist.
    """
    with google_errors(f"looking at the {role} table {table}"):
        try:
            found = client.get_table(str(table))
        except google_exceptions.NotFound as error:
            raise NotFound(
                f"the {role} table {table} does not exist: create it, or correct {role}_table",
                reason="TABLE_NOT_FOUND",
                table=str(table),
            ) from error
    columns = tuple(Column(each.name, each.field_type, each.mode) for each in found.schema)
    if found.table_type.endswith("VIEW"):
        return CatalogEntry(columns, found.table_type, None, None)
    return CatalogEntry(columns, found.table_type, found.num_rows, found.num_bytes)


def table_columns(client: "bigquery.Client", table: TableId, role: str) -> tuple[Column, ...]:
    """The columns of a table.

    Raises:
        NotFound: when the table does not exist.
    """
    return table_entry(client, table, role).columns


def output_columns(client: "bigquery.Client", table: TableId) -> tuple[Column, ...] | None:
    """The columns of an output table, None when the table does not exist.

    Raises:
        NotFound: when its dataset does not exist.
        FailedPrecondition: when it is a view, or anything else that rows cannot be loaded into.
    """
    try:
        entry = table_entry(client, table, "output")
    except NotFound:
        _require_dataset(client, f"{table.project}.{table.dataset}")
        return None
    if entry.kind != _LOADABLE:
        raise FailedPrecondition(
            f"the output table {table} is of the type {entry.kind}, which rows cannot be loaded "
            "into: name a table",
            reason="OUTPUT_NOT_A_TABLE",
            table=str(table),
        )
    return entry.columns


def holds_rows(client: "bigquery.Client", table: TableId) -> bool:
    """Whether a table has a row, also in its streaming buffer; reading one row is free."""
    with google_errors(f"looking at the rows of {table}"):
        return any(True for _ in client.list_rows(str(table), max_results=1))


def require_empty(client: "bigquery.Client", table: TableId) -> None:
    """Refuse an output table that holds rows.

    Raises:
        FailedPrecondition: when it does.
    """
    if holds_rows(client, table):
        raise output_not_empty(table)


def bytes_scanned(client: "bigquery.Client", selection: Selection) -> int:
    """The bytes that a query of the selection would scan, by a dry run, which is free.

    Raises:
        InvalidArgument: when BigQuery refuses the row filter.
    """
    from google.cloud import bigquery  # noqa: PLC0415  (so that other requests do not wait for it)

    config = bigquery.QueryJobConfig(dry_run=True, use_query_cache=False)
    with google_errors(f"examining a query of {selection.table}"):
        try:
            return int(client.query(selection.sql, job_config=config).total_bytes_processed)
        except google_exceptions.BadRequest as error:
            if not selection.row_filter:
                raise
            raise InvalidArgument(
                f"BigQuery refuses the row_filter {selection.row_filter!r}: {error_text(error)}",
                reason="INVALID_ROW_FILTER",
            ) from error


def error_text(error: "google_exceptions.GoogleAPICallError") -> str:
    """BigQuery's own message, without the client's description of the request."""
    return str(error.errors[0]["message"] if error.errors else error.message)


def _require_dataset(client: "bigquery.Client", dataset: str) -> None:
    with google_errors(f"looking at the output dataset {dataset}"):
        try:
            client.get_dataset(dataset)
        except google_exceptions.NotFound as error:
            raise NotFound(
                f"the output dataset {dataset} does not exist: create it, "
                "or name an output_table in another",
                reason="DATASET_NOT_FOUND",
                dataset=dataset,
            ) from error
