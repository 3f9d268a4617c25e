"""The last error of each task, in the run's folder: the gateway shows it, a retry reads it.

The module imports little, so that a futile retry ends before scikit-learn is loaded.
"""

from contextlib import suppress
from datetime import datetime

from shared.clients import Clients
from shared.errors import MlsysError, Permanent
from shared.request.prediction_request import PredictionRequest
from shared.runs.documents import TaskErrorDocument
from shared.runs.folder import RunFolder, error_name
from shared.settings.settings import Settings


def run_folder(request: PredictionRequest, clients: Clients, *, now: datetime) -> RunFolder:
    """The folder of the run that a request belongs to."""
    run_id = request.run_id or clients.settings.execution or f"local-{now:%Y%m%dT%H%M%S%f}"
    return RunFolder.of(clients, run_id)


def write_task_error(
    folder: RunFolder, settings: Settings, error: MlsysError, *, now: datetime
) -> None:
    """Record why this task failed; a record that cannot be written is left out."""
    document = TaskErrorDocument(
        at=now,
        execution=settings.execution,
        permanent=isinstance(error, Permanent),
        code=error.reason,
        message=error.message,
    )
    with suppress(MlsysError):
        folder.write(error_name(settings.task_index), document)


def repeat_permanent_failure(folder: RunFolder, settings: Settings) -> None:
    """Fail at once when an earlier attempt of this task failed permanently.

    Cloud Run retries every failure; a missing table would be looked up four times.

    Raises:
        Permanent: with the earlier attempt's message.
    """
    if not settings.task_attempt:
        return
    earlier = folder.read(error_name(settings.task_index))
    if earlier and earlier.permanent and earlier.execution == settings.execution:
        raise Permanent(earlier.message, reason=earlier.code)
