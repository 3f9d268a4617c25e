"""The input: a read session over a BigQuery table, and the record batches of its streams.

Source: https://cloud.google.com/bigquery/docs/reference/storage
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
from google.api_core.exceptions import NotFound as GoogleNotFound
from google.cloud.bigquery_storage_v1.types import DataFormat, ReadRowsResponse, ReadSession

from shared.clients import Clients, google_errors
from shared.errors import FailedPrecondition
from shared.tables import TableId

# Large enough to spread the cost of a call, small enough to bound memory.
BATCH_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class Session:
    """A read session: a snapshot of a table, cut into streams that can be read many times."""

    streams: tuple[str, ...]
    expires_at: datetime


def open_session(
    clients: Clients, table: TableId, selected: list[str], *, snapshot: datetime
) -> Session:
    """Open a read session over the selected columns of a table as it was at a time.

    Raises:
        FailedPrecondition: when BigQuery cannot read the table this way.
    """
    request = ReadSession(
        table=table.path,
        data_format=DataFormat.ARROW,
        read_options=ReadSession.TableReadOptions(selected_fields=selected),
        table_modifiers=ReadSession.TableModifiers(snapshot_time=snapshot),
    )
    with google_errors(f"opening a read session over {table}"):
        session = clients.bigquery_read.create_read_session(
            parent=f"projects/{clients.settings.project_id}", read_session=request
        )
    return Session(tuple(each.name for each in session.streams), session.expire_time)


def read_stream(clients: Clients, stream: str) -> Iterator[pa.RecordBatch]:
    """The rows of a stream in batches of at most BATCH_ROWS.

    Raises:
        FailedPrecondition: when the session has expired.
        Transient: when BigQuery is away.
    """
    with google_errors("reading the input table"):
        try:
            yield from rebatch(_decoded(clients.bigquery_read.read_rows(stream)))
        except GoogleNotFound as error:
            raise FailedPrecondition(
                "the run's read session has expired: start the run again under another run_id",
                reason="SESSION_EXPIRED",
            ) from error


def _decoded(responses: Iterable[ReadRowsResponse]) -> Iterator[pa.RecordBatch]:
    schema = None
    for response in responses:
        if schema is None:  # only the first response has to carry it
            schema = pa.ipc.read_schema(pa.py_buffer(response.arrow_schema.serialized_schema))
        message = response.arrow_record_batch.serialized_record_batch
        yield pa.ipc.read_record_batch(pa.py_buffer(message), schema)


def rebatch(batches: Iterator[pa.RecordBatch], rows: int = BATCH_ROWS) -> Iterator[pa.RecordBatch]:
    """The same rows in the same order, in batches of exactly `rows` rows but for the last."""
    waiting: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        rest = batch
        while count + rest.num_rows >= rows:
            head = rest.slice(0, rows - count)
            yield pa.concat_batches([*waiting, head])
            rest, waiting, count = rest.slice(head.num_rows), [], 0
        if rest.num_rows:
            waiting.append(rest)
            count += rest.num_rows
    if waiting:
        yield pa.concat_batches(waiting)
