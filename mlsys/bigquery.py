"""BigQuery for notebooks: a query gives a DataFrame, a DataFrame becomes rows of a table.

The same lines work on Google Cloud and on the local cloud; `mlsys/session.py` says which it is.
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

# So many come with the answer; more are better fetched by the Storage API, as Arrow.
_ROWS_AT_ONCE = 1_000
# Fewer rows are there before anybody has read a bar.
_ROWS_WORTH_A_BAR = 100_000


def bq_get(
    query: str,
    params: Mapping[str, Any] | None = None,
    *,
    max_bytes: int | None = None,
    progress: bool | None = None,
) -> "pd.DataFrame":
    """The rows of a GoogleSQL query; shape (rows, columns), dtypes as `frames.py` lists.

    Args:
        query: `@name` in it stands for a parameter.
        params: a value, or a list of values, for each name.
        max_bytes: refuse a query that would be billed for more; it costs nothing then.
        progress: whether to show a bar; default: for many rows, in a notebook or on a terminal.

    Raises:
        InvalidArgument: when BigQuery refuses the query, or a parameter tells no type.
        FailedPrecondition: when the query would exceed `max_bytes`.
        NotFound, PermissionDenied, Transient: as BigQuery answers.
    """
    clients = session()
    config = _query_config(params)
    if max_bytes is not None:
        config.maximum_bytes_billed = max_bytes
    with google_errors("running the query"), _query_refusals(max_bytes):
        rows = clients.bigquery.query_and_wait(query, job_config=config, page_size=_ROWS_AT_ONCE)
        bar = _wants_bar(rows.total_rows or 0) if progress is None else progress
        table = rows.to_arrow(
            bqstorage_client=clients.bigquery_read, progress_bar_type="tqdm" if bar else None
        )
    return to_frame(table)


def bq_dry_run(query: str, params: Mapping[str, Any] | None = None) -> int:
    """The bytes that a query would process; asking costs nothing and has no effect.

    Raises:
        InvalidArgument: when BigQuery refuses the query, or a parameter tells no type.
    """
    config = _query_config(params)
    config.dry_run, config.use_query_cache = True, False
    with google_errors("examining the query"), _query_refusals():
        return int(session().bigquery.query(query, job_config=config).total_bytes_processed)


def bq_put(df: "pd.DataFrame", table_id: str, write_disposition: str = "WRITE_APPEND") -> int:
    """Write the rows of a DataFrame to a table, all or none; how many is returned.

    The types are those of the table's columns, else those that the values tell. Named levels of the
    index become columns. A table that does not exist is created.

    Args:
        df: shape (rows, columns).
        table_id: `dataset.table` or `project.dataset.table`.
        write_disposition: WRITE_APPEND; WRITE_TRUNCATE, which replaces rows and columns; or
            WRITE_EMPTY, which refuses a table that holds rows.

    Raises:
        InvalidArgument: naming the column, and the first value that does not fit it.
        NotFound: when the dataset does not exist.
        FailedPrecondition, PermissionDenied, Transient: as BigQuery answers.
    """
    client = session().bigquery
    asked = disposition(write_disposition)
    table = TableId.parse(table_id, client.project)
    existing = _existing_schema(client, table)
    rows = to_table(df, existing)
    if existing and asked is not Disposition.TRUNCATE:
        _require_same_columns(rows.column_names, existing, table)
    config = bigquery.LoadJobConfig(
        source_format=bigquery.SourceFormat.PARQUET,
        schema=schema_of(rows, existing),
        write_disposition=asked.for_bigquery,
        parquet_options=_lists_as_repeated(),
    )
    with google_errors(f"writing to {table}"):
        return _load(client, rows, table, config)


def _query_config(params: Mapping[str, Any] | None) -> bigquery.QueryJobConfig:
    return bigquery.QueryJobConfig(query_parameters=query_parameters(params or {}))


@contextmanager
def _query_refusals(max_bytes: int | None = None) -> Iterator[None]:
    """Tell what BigQuery has against a query in its own words: they name line and column."""
    try:
        yield
    except GoogleAPICallError as error:
        words = error_text(error)
        if "bytesBilledLimitExceeded" in str(error.errors):
            raise FailedPrecondition(
                f"the query was not run: max_bytes is {max_bytes:,}, and BigQuery says: {words}",
                reason="MAX_BYTES_EXCEEDED",
            ) from error
        if isinstance(error, GoogleNotFound):
            raise NotFound(f"BigQuery cannot run the query: {words}") from error
        if isinstance(error, BadRequest):
            raise InvalidArgument(
                f"BigQuery refuses the query: {words}", reason="INVALID_QUERY"
            ) from error
        raise


def _wants_bar(rows: int) -> bool:
    return rows >= _ROWS_WORTH_A_BAR and ("ipykernel" in sys.modules or sys.stdout.isatty())


def _existing_schema(client: bigquery.Client, table: TableId) -> Sequence[bigquery.SchemaField]:
    with google_errors(f"looking at {table}"):
        try:
            return tuple(client.get_table(str(table)).schema)
        except GoogleNotFound:
            return ()


def _require_same_columns(
    names: Sequence[str], existing: Sequence[bigquery.SchemaField], table: TableId
) -> None:
    """Refuse columns that the table lacks, and the lack of columns that it requires."""
    there = {field.name for field in existing}
    required = {field.name for field in existing if field.mode == "REQUIRED"}
    unknown = [name for name in names if name not in there]
    missing = sorted(required.difference(names))
    if unknown or missing:
        words = [f"{table} has no column {', '.join(unknown)}"] if unknown else []
        words += (
            [f"the DataFrame lacks the REQUIRED column {', '.join(missing)}"] if missing else []
        )
        raise InvalidArgument(
            f"{'; '.join(words)} (the table has {', '.join(field.name for field in existing)})",
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
    texts = [field.name for field in rows.schema if pa.types.is_string(field.type)]
    with tempfile.TemporaryFile() as file:
        # Numbers seldom repeat enough for a dictionary to pay.
        pq.write_table(rows, file, use_dictionary=texts)
        job = client.load_table_from_file(file, str(table), rewind=True, job_config=config)
        job.result()
        return int(job.output_rows)
