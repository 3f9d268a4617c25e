"""The status of an execution, from Cloud Run or from its run's records, and its cancellation."""

from datetime import datetime
from typing import Any

from gateway.executions.cloud_run import CloudRun, run_id_of, unknown_execution
from gateway.executions.history import History
from gateway.executions.status import current_status, log_link, recorded_status, state_of
from shared.clients import Clients
from shared.runs.documents import CancelDocument, RunRecord
from shared.runs.folder import CANCEL, EXECUTIONS, LAUNCH, OUTCOME, RunFolder, execution_name


def cancel_execution(execution_id: str, clients: Clients, *, caller: str, now: datetime) -> None:
    """Cancel an execution that has not completed, and record the caller in its run's folder."""
    cloud_run = CloudRun(clients)
    execution = cloud_run.execution(execution_id)
    if execution and not state_of(execution).is_final:
        document = CancelDocument(execution_id=execution_id, caller=caller, at=now)
        RunFolder.of(clients, run_id_of(execution)).create(CANCEL, document)
        cloud_run.cancel(execution_id)


def status_of(execution_id: str, clients: Clients) -> dict[str, Any]:
    """The status of an execution, as the schema "Execution" describes it.

    Raises:
        NotFound: when neither Cloud Run nor a record has it.
    """
    if execution := CloudRun(clients).execution(execution_id):
        return current_status(execution, RunFolder.of(clients, run_id_of(execution)))
    return _status_from_records(execution_id, clients)


def _status_from_records(execution_id: str, clients: Clients) -> dict[str, Any]:
    launched = RunFolder.of(clients, EXECUTIONS).read(execution_name(execution_id))
    folder = RunFolder.of(clients, launched.run_id if launched else execution_id)
    outcome = folder.read(OUTCOME) or _run_record(execution_id, folder.run_id, clients)
    if not (launched or outcome or folder.read(LAUNCH)):
        raise unknown_execution(execution_id)
    link = log_link(clients.settings.project_id, execution_id)
    return recorded_status(execution_id, folder, launched, outcome, link)


def _run_record(execution_id: str, run_id: str, clients: Clients) -> RunRecord | None:
    history = History(clients.bigquery, clients.settings.dataset)
    return history.run_of(execution_id, run_id)
