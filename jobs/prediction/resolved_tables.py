"""What a run would read and write, found out without any effect."""

from dataclasses import dataclass
from datetime import datetime

from jobs.layout import OutputSchema, OutputSpec, lay_out
from jobs.models.loading import LoadedModel
from shared.clients import Clients
from shared.request.parameters import Disposition
from shared.request.prediction import PredictionRequest
from shared.tables.catalog import Entry, bytes_scanned, holds_rows, output_columns, table_entry
from shared.tables.compatibility import not_empty, require_compatible, require_time_travel
from shared.tables.selection import Selection
from shared.tables.table import Column, TableId


@dataclass(frozen=True, slots=True)
class ResolvedTables:
    """The ground that a run stands on.

    Attributes:
        source: the catalogue's entry of the input table.
        scanned_bytes: what a query of the selection would scan, BigQuery's own estimate.
        existing: columns of the output table, None when it has yet to be created.
    """

    selection: Selection
    source: Entry
    scanned_bytes: int
    sink: TableId
    existing: tuple[Column, ...] | None
    layout: OutputSchema


def resolve_tables(
    request: PredictionRequest, clients: Clients, model: LoadedModel, *, now: datetime
) -> ResolvedTables:
    """Look at the tables of a request, and refuse what cannot end well.

    Raises:
        NotFound: when the input table or the output dataset does not exist.
        InvalidArgument: when BigQuery refuses the row filter, or cannot go back to that time.
        FailedPrecondition: when input or output table do not fit the model.
    """
    request.require_time_travel(now)
    source, sink = request.tables(clients.settings.project_id)
    entry = table_entry(clients.bigquery, source, "input")
    require_time_travel(request.as_of, entry.kind, source)
    wishes = OutputSpec.of(request.key_columns, model.registered.metadata)
    layout = lay_out(entry.columns, model.features, wishes, model.kinds)
    selection = Selection(source, tuple(layout.selected), request.row_filter, request.as_of)
    existing = output_columns(clients.bigquery, sink)
    if existing is not None:
        require_compatible(existing, layout.output, str(sink))
        if request.write_disposition is Disposition.EMPTY and holds_rows(clients.bigquery, sink):
            raise not_empty(sink)
    scanned = bytes_scanned(clients.bigquery, selection)
    return ResolvedTables(selection, entry, scanned, sink, existing, layout)
