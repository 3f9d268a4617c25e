"""What a pre-flight asks of Google Cloud; nothing here has an effect."""

from contextlib import suppress
from datetime import datetime

from gateway.executions.history import History
from shared.clients import Clients, google_errors
from shared.errors import FailedPrecondition, PermissionDenied
from shared.registry.approval import require_approval
from shared.registry.model_version import RegisteredModel
from shared.registry.references import ModelReference
from shared.registry.registry import Registry
from shared.settings.settings import Settings
from shared.tables.catalog import bytes_scanned, require_empty
from shared.tables.selection import Selection
from shared.tables.table import TableId

# https://cloud.google.com/bigquery/quotas#load_jobs: modifications of a table a day.
LOADS_A_DAY = 1_500


def allowed_table(parameter: str, text: str, settings: Settings) -> TableId:
    """The table that a parameter names, in a dataset that this deployment lets through.

    Raises:
        InvalidArgument: when the text is no table id, whole.
        PermissionDenied: when its dataset is not on the deployment's list.
    """
    table = TableId.parse(text, settings.project_id)
    allowed = settings.output_datasets
    if parameter == "input_table":
        allowed = (*settings.input_datasets, *allowed) if settings.input_datasets else ()
    full = f"{table.project}.{table.dataset}"
    if allowed and full not in {_full(each, settings.project_id) for each in allowed}:
        raise PermissionDenied(
            f"{parameter} names the dataset {full}, and this deployment uses only "
            f"{', '.join(dict.fromkeys(allowed))}",
            reason="DATASET_NOT_ALLOWED",
            dataset=full,
        )
    return table


def _full(dataset: str, project: str) -> str:
    return dataset if "." in dataset else f"{project}.{dataset}"


def registered_model(reference: ModelReference, clients: Clients) -> RegisteredModel:
    """The registered model that a request names.

    Raises:
        NotFound: when there is none.
    """
    return Registry(clients.bigquery, clients.settings.dataset).find(reference)


def require_usable(model: RegisteredModel, clients: Clients) -> None:
    """Refuse a model that no job would load.

    Raises:
        FailedPrecondition: when it is not approved, or its generation is gone from the bucket.
    """
    require_approval(model, clients.settings.environment)
    blob = clients.storage.bucket(model.bucket).blob(model.object_name, generation=model.generation)
    with google_errors(f"looking for {model.object_name}"):
        if not blob.exists():
            raise FailedPrecondition(
                f"generation {model.generation} of {model.object_name} is gone from the bucket: "
                "upload the model again, or let GET /model-registry look for it",
                reason="MODEL_GENERATION_GONE",
                model=str(model.version),
            )


def loads_of_a_day(sink: TableId, clients: Clients, now: datetime) -> int:
    """How many runs were committed into a table within 24 hours, each by one load job.

    Raises:
        FailedPrecondition: when BigQuery takes no more.
    """
    history = History(clients.bigquery, clients.settings.dataset)
    commits = history.commits_of_a_day(sink, now)
    if commits >= LOADS_A_DAY:
        raise FailedPrecondition(
            f"{commits:,} runs were committed into {sink} within 24 hours, and BigQuery allows "
            f"{LOADS_A_DAY:,} loads a day: wait, or name another output_table",
            reason="LOAD_QUOTA_EXHAUSTED",
            table=str(sink),
        )
    return commits


def require_empty_if_readable(sink: TableId, clients: Clients) -> None:
    """Refuse an output table that holds rows, where the gateway may read it.

    Raises:
        FailedPrecondition: when it does.
    """
    with suppress(PermissionDenied):  # the job looks again
        require_empty(clients.bigquery, sink)


def bytes_to_read(
    selection: Selection, whole_bytes: int | None, clients: Clients
) -> tuple[int | None, str]:
    """How many bytes a run would read, and how that is known.

    By a dry run; else, where the gateway may not read the table, at most the whole table.

    Raises:
        InvalidArgument: when BigQuery refuses the row filter.
    """
    try:
        return bytes_scanned(clients.bigquery, selection), "dry run"
    except PermissionDenied:
        return whole_bytes, "size of the whole table"
