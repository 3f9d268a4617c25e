"""The tables of a request, looked up and checked: what a run would read and write."""

from dataclasses import dataclass
from datetime import datetime

from jobs.sandbox.loading import LoadedModel
from shared.clients import Clients
from shared.request.parameters import Disposition
from shared.request.prediction_request import PredictionRequest
from shared.request.resolution import resolve
from shared.tables.catalog import bytes_scanned, output_columns, require_empty, table_entry
from shared.tables.output_schema import OutputSchema
from shared.tables.selection import Selection
from shared.tables.table import CatalogEntry, Column, TableId


@dataclass(frozen=True, slots=True)
class ResolvedTables:
    """What a run reads and writes.

    Attributes:
        source: the catalogue's entry of the input table.
        scanned_bytes: what a query of the selection would scan, BigQuery's own estimate.
        existing: columns of the output table, None when it has yet to be created.
    """

    selection: Selection
    source: CatalogEntry
    scanned_bytes: int
    sink: TableId
    existing: tuple[Column, ...] | None
    schema: OutputSchema


def resolve_tables(
    request: PredictionRequest, clients: Clients, model: LoadedModel, *, now: datetime
) -> ResolvedTables:
    """Look up the tables of a request, and refuse a run that cannot succeed; nothing is written.

    Raises:
        NotFound: when the input table or the output dataset does not exist.
        InvalidArgument: when BigQuery refuses the row filter, or cannot go back to that time.
        FailedPrecondition: when input or output table do not fit the model.
    """
    request.require_time_travel(now)
    source, sink = request.tables(clients.settings.project_id)
    entry = table_entry(clients.bigquery, source, "input")
    existing = output_columns(clients.bigquery, sink)
    resolution = resolve(
        request,
        source=(source, entry),
        sink=(sink, existing),
        model=(model.registered, model.signature),
        own_dataset=clients.settings.own_dataset,
    )
    schema = resolution.schema
    assert schema is not None  # noqa: S101  (without a collecting attempt, a refusal is raised)
    selection = Selection(source, resolution.selected, request.row_filter, request.as_of)
    if existing is not None and request.write_disposition is Disposition.EMPTY:
        require_empty(clients.bigquery, sink)
    scanned = bytes_scanned(clients.bigquery, selection)
    return ResolvedTables(selection, entry, scanned, sink, existing, schema)
