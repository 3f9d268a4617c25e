"""Describes what a run would do; nothing is read, launched or written."""

from collections.abc import Iterator
from datetime import datetime

from jobs.prediction.resolved_tables import ResolvedTables, resolve_tables
from jobs.sandbox.loading import load_model
from jobs.sandbox.model_processes import ModelProcesses
from shared.clients import Clients
from shared.registry.model_version import RegisteredModel
from shared.registry.registry import Registry
from shared.request.prediction_request import PredictionRequest
from shared.tables.selection import reading_dollars


def describe_run(
    request: PredictionRequest, clients: Clients, processes: ModelProcesses, *, now: datetime
) -> str:
    """What a prediction would read, score and write, as several lines.

    Raises:
        Permanent: as the prediction itself would.
        Transient: when a service is away.
    """
    clients.settings.require_own_environment(request.env)
    registry = Registry(clients.bigquery, clients.settings.dataset)
    with load_model(registry.find(request.model), clients, processes) as model:
        tables = resolve_tables(request, clients, model, now=now)
    return "\n".join(
        [
            *_reading(tables),
            _scoring(model.registered),
            *_writing(tables, request),
            "nothing was read, scored or written",
        ]
    )


def _reading(tables: ResolvedTables) -> Iterator[str]:
    selection = tables.selection
    rows = "an unknown number of" if tables.source.rows is None else f"{tables.source.rows:,}"
    at_most = "at most " if selection.row_filter and tables.source.rows is not None else ""
    yield f"would read   {selection.table}, a {tables.source.kind.lower()} of {at_most}{rows} rows"
    yield f"             columns {', '.join(selection.columns)}"
    if selection.row_filter:
        yield f"             where {selection.row_filter}"
    if selection.as_of:
        yield f"             as of {selection.as_of.isoformat()}"
    yield f"             {_size(tables.scanned_bytes)} by {_method_and_price(tables)}"


def _method_and_price(tables: ResolvedTables) -> str:
    if tables.selection.as_of or not tables.source.is_stored:
        method, by_query = "a query job and the Storage Read API", True
    else:
        method, by_query = "the Storage Read API", False
    dollars = reading_dollars(tables.scanned_bytes, by_query=by_query)
    return f"{method}, about ${dollars:.4f}"


def _scoring(model: RegisteredModel) -> str:
    return (
        f"would score  with {model.version}, generation {model.generation}, "
        f"sha256 {model.sha256 or 'unknown'}"
    )


def _writing(tables: ResolvedTables, request: PredictionRequest) -> Iterator[str]:
    state = "a new table" if tables.existing is None else "which exists"
    yield f"would write  {tables.sink}, {state}, by {request.write_disposition}"
    yield f"             columns {', '.join(f'{c.name} {c.type}' for c in tables.schema.output)}"


def _size(count: float) -> str:
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if count < 1024:  # noqa: PLR2004  (the next unit)
            return f"{count:,.0f} {unit}"
        count /= 1024
    return f"{count:,.1f} TiB"
