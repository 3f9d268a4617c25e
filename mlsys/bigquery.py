"""BigQuery for notebooks: reads a query into a DataFrame, and writes a DataFrame to a table.

The same lines work on Google Cloud and on the local cloud; see `mlsys/session.py`.
"""

import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
from google.api_core.exceptions import BadRequest, GoogleAPICallError
from google.api_core.exceptions import NotFound as GoogleNotFound
from google.cloud import bigquery

from jobs.dataframes.frames import schema_of, to_frame, to_table
from mlsys.query_parameters import query_parameters
from mlsys.session import session
from shared.clients import google_errors
from shared.errors import FailedPrecondition, InvalidArgument, NotFound
from shared.request.parameters import Disposition, disposition
from shared.tables.catalog import error_text
from shared.tables.table import TableId

if TYPE_CHECKING:
    import pandas as pd

# The response contains this many rows; the Storage API is faster for more, as Arrow.
_ROWS_AT_ONCE = 1_000
# Fewer rows arrive too fast for a progress bar to be useful.
_PROGRESS_BAR_ROWS = 100_000


def bq_get(
    query: str,
    params: Mapping[str, Any] | None = None,
    *,
    max_bytes: int | None = None,
    progress: bool | None = None,
) -> "pd.DataFrame":
    """The rows of a GoogleSQL query, as a DataFrame of shape (rows, columns).

    `jobs/dataframes/frames.py` lists the dtypes.

    Args:
        query: SQL, with parameters as `@name`.
        params: by name, a value or a list of values.
        max_bytes: refuse a query that would be billed for more bytes; a refusal is free.
        progress: whether to show a progress bar; default: for many rows, in a notebook or on a
            terminal.

    Raises:
        InvalidArgument: when BigQuery refuses the query, or a parameter has no BigQuery type.
        FailedPrecondition: when the query would exceed `max_bytes`.
        NotFound, PermissionDenied, Transient: when BigQuery returns such an error.
    """
    clients = session()
    config = _query_config(params)
    if max_bytes is not None:
        config.maximum_bytes_billed = max_bytes
    with google_errors("running the query"), _query_errors(max_bytes):
        rows = clients.bigquery.query_and_wait(query, job_config=config, page_size=_ROWS_AT_ONCE)
        bar = _wants_bar(rows.total_rows or 0) if progress is None else progress
        table = rows.to_arrow(
            bqstorage_client=clients.bigquery_read, progress_bar_type="tqdm" if bar else None
        )
    return to_frame(table)


def bq_dry_run(query: str, params: Mapping[str, Any] | None = None) -> int:
    """The bytes that a query would process; the dry run is free and runs nothing.

    Raises:
        InvalidArgument: when BigQuery refuses the query, or a parameter has no BigQuery type.
    """
    config = _query_config(params)
    config.dry_run, config.use_query_cache = True, False
    with google_errors("examining the query"), _query_errors():
        return int(session().bigquery.query(query, job_config=config).total_bytes_processed)


def bq_put(df: "pd.DataFrame", table_id: str, write_disposition: str = "WRITE_APPEND") -> int:
    """Write the rows of a DataFrame to a table, all or none, and return their number.

    Types are those of the table's columns; new columns get their type from the values. Named levels
    of the index become columns. The table is created if it does not exist.

    Args:
        df: shape (rows, columns).
        table_id: `dataset.table` or `project.dataset.table`.
        write_disposition: WRITE_APPEND; WRITE_TRUNCATE, which replaces rows and columns; or
            WRITE_EMPTY, which refuses a table that contains rows.

    Raises:
        InvalidArgument: with the column and the first value that does not fit it.
        NotFound: when the dataset does not exist.
        FailedPrecondition, PermissionDenied, Transient: when BigQuery returns such an error.
    """
    client = session().bigquery
    write = disposition(write_disposition)
    table = TableId.parse(table_id, client.project)
    existing = _existing_schema(client, table)
    rows = to_table(df, existing)
    if existing and write is not Disposition.TRUNCATE:
        _require_same_columns(rows.column_names, existing, table)
    config = bigquery.LoadJobConfig(
        source_format=bigquery.SourceFormat.PARQUET,
        schema=schema_of(rows, existing),
        write_disposition=write.for_bigquery,
        parquet_options=_lists_as_repeated(),
    )
    with google_errors(f"writing to {table}"):
        return _load(client, rows, table, config)


def _query_config(params: Mapping[str, Any] | None) -> bigquery.QueryJobConfig:
    return bigquery.QueryJobConfig(query_parameters=query_parameters(params or {}))


@contextmanager
def _query_errors(max_bytes: int | None = None) -> Iterator[None]:
    """Raise our errors with BigQuery's message, which names the line and column in the query."""
    try:
        yield
    except GoogleAPICallError as error:
        message = error_text(error)
        if "bytesBilledLimitExceeded" in str(error.errors):
            raise FailedPrecondition(
                f"the query was not run: max_bytes is {max_bytes:,}, and BigQuery says: {message}",
                reason="MAX_BYTES_EXCEEDED",
            ) from error
        if isinstance(error, GoogleNotFound):
            raise NotFound(f"BigQuery cannot run the query: {message}") from error
        if isinstance(error, BadRequest):
            raise InvalidArgument(
                f"BigQuery refuses the query: {message}", reason="INVALID_QUERY"
            ) from error
        raise


def _wants_bar(rows: int) -> bool:
    return rows >= _PROGRESS_BAR_ROWS and ("ipykernel" in sys.modules or sys.stdout.isatty())


def _existing_schema(client: bigquery.Client, table: TableId) -> Sequence[bigquery.SchemaField]:
    with google_errors(f"looking at {table}"):
        try:
            return tuple(client.get_table(str(table)).schema)
        except GoogleNotFound:
            return ()


def _require_same_columns(
    names: Sequence[str], existing: Sequence[bigquery.SchemaField], table: TableId
) -> None:
    """Require that the table has every column, and that no REQUIRED column is missing."""
    known = {field.name for field in existing}
    required = {field.name for field in existing if field.mode == "REQUIRED"}
    unknown = [name for name in names if name not in known]
    missing = sorted(required.difference(names))
    if unknown or missing:
        problems = [f"{table} has no column {', '.join(unknown)}"] if unknown else []
        if missing:
            problems.append(f"the DataFrame lacks the REQUIRED column {', '.join(missing)}")
        raise InvalidArgument(
            f"{'; '.join(problems)} (the table has {', '.join(field.name for field in existing)})",
            reason="COLUMNS_DIFFER",
            table=str(table),
        )


def _lists_as_repeated() -> bigquery.ParquetOptions:
    options = bigquery.ParquetOptions()
    options.enable_list_inference = True
    return options


def _load(
    client: bigquery.Client, rows: pa.Table, table: TableId, config: bigquery.LoadJobConfig
) -> int:
    strings = [field.name for field in rows.schema if pa.types.is_string(field.type)]
    with tempfile.TemporaryFile() as file:
        # Numbers rarely repeat enough for dictionary encoding to save space.
        pq.write_table(rows, file, use_dictionary=strings)
        job = client.load_table_from_file(file, str(table), rewind=True, job_config=config)
        job.result()
        return int(job.output_rows)
