"""`python -m jobs predict`: score a table with a registered model into another table."""

import logging
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from jobs.deployment import clients_of
from jobs.prediction.task_errors import repeat_permanent_failure, run_folder
from shared.clients import Clients
from shared.request.prediction import PredictionRequest, is_dry_run
from shared.runs.folder import RunFolder

log = logging.getLogger(__name__)


def run(arguments: Sequence[str], environ: Mapping[str, str]) -> None:
    """Score a table, or say what scoring it would do.

    Raises:
        Permanent: when the request cannot be met; nothing is written to the output table.
        Transient: when a service is away; another attempt goes on where this one stopped.
    """
    request = PredictionRequest.from_arguments(arguments)
    clients = clients_of(request.env, environ)
    now = datetime.now(UTC)
    if is_dry_run(arguments):
        from jobs.prediction.dry_run import foresee

        sys.stdout.write(f"{foresee(request, clients, now=now)}\n")
        return
    folder = run_folder(request, clients, now=now)
    repeat_permanent_failure(folder, clients.settings)
    if outcome := _outcome(request, clients, folder, now=now):
        log.info(
            "committed %s rows to %s in %.1f s",
            f"{outcome['rows']:,}",
            outcome["output_table"],
            outcome["seconds"],
            extra={"outcome": outcome},
        )


def _outcome(
    request: PredictionRequest, clients: Clients, folder: RunFolder, *, now: datetime
) -> dict[str, Any] | None:
    try:
        from jobs.predict import predict
        from jobs.scoring.runtime import keep_memory, log_warnings

        log_warnings()
        keep_memory()
        return predict(request, clients, folder, now=now)
    except KeyboardInterrupt:
        log.warning("nothing is half done: --run_id=%s goes on from here", folder.run_id)
        raise
