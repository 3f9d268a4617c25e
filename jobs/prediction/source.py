"""The input of a run: a BigQuery read session, and the record batches of its streams.

Source: https://cloud.google.com/bigquery/docs/reference/storage
"""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
from google.api_core.exceptions import BadRequest
from google.api_core.exceptions import NotFound as GoogleNotFound
from google.cloud import bigquery
from google.cloud.bigquery_storage_v1.types import (
    CreateReadSessionRequest,
    DataFormat,
    ReadRowsResponse,
    ReadSession,
)

from jobs.prediction.bigquery_jobs import run_once
from shared.clients import Clients, google_errors
from shared.errors import FailedPrecondition
from shared.tables.selection import Selection
from shared.tables.table import CatalogEntry, TableId

log = logging.getLogger(__name__)

# Large enough to spread the cost of a call, small enough to bound memory; whole blocks of BLAS's,
# and twelve of the messages that BigQuery sends of a table of few columns.
BATCH_ROWS = 98_304

# Streams are of unequal length: some for each task let the early ones take up the slack. A load
# job takes 10,000 objects, one a stream.
_STREAMS_A_TASK = 3
_MOST_STREAMS = 1_000

# The table outlives the read session over it, which lives about six hours. It is made by a
# statement because only a statement sets the expiry with the table, and because BigQuery bounds
# results without a table of their own by 10 GB.
_MATERIALISE = """
CREATE TABLE {made}
OPTIONS (expiration_timestamp = TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL 1 DAY))
AS {selection}
"""


@dataclass(frozen=True, slots=True)
class Session:
    """A read session: a snapshot of a table, cut into streams that can be read many times.

    Attributes:
        table: what is read: the input table, or what a query made of it.
        streams: their names; the index of one is the index of its shard.
        expires_at: when BigQuery forgets them.
        rows: about how many there are.
    """

    table: TableId
    streams: tuple[str, ...]
    expires_at: datetime
    rows: int

    def require_unexpired(self, now: datetime) -> None:
        """Refuse to read what BigQuery has forgotten.

        Raises:
            FailedPrecondition: which says how to start again.
        """
        if self.streams and now >= self.expires_at:
            raise _expired(f"at {self.expires_at.isoformat(timespec='minutes')}")


def open_input(
    clients: Clients, selection: Selection, entry: CatalogEntry, *, run_id: str, now: datetime
) -> Session:
    """Open a read session over a selection, by way of a query job where it takes one.

    The Storage API reads plain tables only. It could go back in time too; a query does it as
    well on every BigQuery that there is, the one on a laptop included.

    Raises:
        FailedPrecondition: when BigQuery can read the table neither way.
    """
    if entry.is_stored and not selection.as_of:
        try:
            return open_session(clients, selection, snapshot=now)
        except FailedPrecondition as refusal:
            log.info("%s; a query reads it", refusal)
    made = materialise(clients, selection, run_id=run_id)
    return open_session(clients, Selection(made, selection.columns))


def materialise(clients: Clients, selection: Selection, *, run_id: str) -> TableId:
    """Write a selection into a table, which expires after a day, by one query job of the run.

    It serves what the Storage API cannot read: views, and the past of a table. The job, and with it
    the table, is the same for every task and attempt of the run.

    Raises:
        FailedPrecondition: when BigQuery refuses the query, with its words.
        Transient: when BigQuery is away.
    """

    def table(job_id: str) -> TableId:
        return TableId(clients.settings.project_id, clients.settings.dataset, job_id)

    def submit(job_id: str) -> bigquery.QueryJob:
        statement = _MATERIALISE.format(made=table(job_id).quoted, selection=selection.sql)
        return clients.bigquery.query(statement, job_id=job_id, job_retry=None)

    with google_errors(f"querying {selection.table}"):
        job = run_once(clients.bigquery, f"mlsys-{run_id}-input", submit)
    return table(job.job_id)


def open_session(
    clients: Clients, selection: Selection, *, snapshot: datetime | None = None
) -> Session:
    """Open a read session over a table; without a snapshot time, over the table as it is.

    Raises:
        FailedPrecondition: when BigQuery cannot read the table this way.
    """
    request = ReadSession(
        table=selection.table.path,
        data_format=DataFormat.ARROW,
        read_options=ReadSession.TableReadOptions(
            selected_fields=selection.columns, row_restriction=selection.row_filter
        ),
        table_modifiers=ReadSession.TableModifiers(snapshot_time=snapshot),
    )
    tasks = clients.settings.task_count
    with google_errors(f"opening a read session over {selection.table}"):
        session = clients.bigquery_read.create_read_session(
            CreateReadSessionRequest(
                parent=f"projects/{clients.settings.project_id}",
                read_session=request,
                max_stream_count=_MOST_STREAMS,
                preferred_min_stream_count=min(_STREAMS_A_TASK * tasks, _MOST_STREAMS),
            )
        )
    names = tuple(each.name for each in session.streams)
    return Session(selection.table, names, session.expire_time, session.estimated_row_count)


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
            raise _expired("or is unknown to BigQuery") from error
        except BadRequest as error:
            if "expired" in str(error.message):
                raise _expired("as BigQuery says") from error
            raise


def _expired(how: str) -> FailedPrecondition:
    return FailedPrecondition(
        f"the run's read session has expired, {how}; nothing was written. Start it again as a new "
        "execution, or under another run_id",
        reason="SESSION_EXPIRED",
    )


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
