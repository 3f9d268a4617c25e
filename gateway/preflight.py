"""Checks of a prediction before a second is billed: what can be known to fail is not launched."""

from datetime import datetime

from shared.catalog import bytes_scanned, output_columns, table_columns
from shared.clients import Clients
from shared.errors import FailedPrecondition
from shared.models import RegisteredModel, Status
from shared.prediction import PredictionRequest
from shared.registry import Registry
from shared.selection import Selection
from shared.tables import require_columns


def check(request: PredictionRequest, clients: Clients, *, now: datetime) -> None:
    """Refuse a request that the job would refuse.

    Raises:
        InvalidArgument: when a table id is none, BigQuery refuses the row filter, or as_of is out
            of its reach.
        PermissionDenied: when the request is meant for another deployment.
        NotFound: when the model, the input table or the output dataset does not exist.
        FailedPrecondition: when the input table lacks columns, or the model is quarantined.
    """
    clients.settings.require_own_environment(request.env)
    request.require_time_travel(now)
    source, sink = request.tables(clients.settings.project_id)
    model = Registry(clients.bigquery, clients.settings.dataset).find(request.model)
    _refuse_quarantined(model)
    columns = table_columns(clients.bigquery, source, "input")
    # Only the job can ask the model itself; metadata.json may name its features beforehand.
    require_columns(
        columns, [str(each) for each in model.metadata.get("features") or ()], "feature"
    )
    require_columns(columns, request.key_columns, "key")
    if request.row_filter:
        selection = Selection(source, (columns[0].name,), request.row_filter)
        bytes_scanned(clients.bigquery, selection)
    output_columns(clients.bigquery, sink)


def _refuse_quarantined(model: RegisteredModel) -> None:
    if model.status is Status.QUARANTINED:
        raise FailedPrecondition(
            f"model {model.version} is quarantined: {'; '.join(model.findings)}",
            reason="MODEL_QUARANTINED",
            model=str(model.version),
        )
