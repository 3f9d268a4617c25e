"""`predict`: score a table with a registered model into another table."""

import logging
import sys
from argparse import Namespace
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from jobs.clients import clients_of
from jobs.prediction.task_errors import repeat_permanent_failure, run_folder
from shared.clients import Clients
from shared.request.argument_parser import ArgumentParser
from shared.request.prediction_request import PredictionRequest, add_parameters
from shared.runs.documents import RunRecord
from shared.runs.folder import RunFolder

if TYPE_CHECKING:
    from jobs.sandbox.model_processes import ModelProcesses

log = logging.getLogger(__name__)

_EXAMPLES = """\
examples:
  %(prog)s --env=dev --input_table=titanic.passengers \\
      --output_table=titanic.predictions --model_name=titanic-survival --model_version=v1

  gcloud run jobs execute mlsys-predict-dev --wait \\
      --args=--env=dev,--input_table=titanic.passengers,--output_table=titanic.predictions,\\
--model_name=titanic-survival,--model_version=v1

  gcloud splits --args at commas; to use another separator, name it first:
      --args='^;^--env=dev;--row_filter=Pclass IN (1, 2);…'

exit codes:
  0  predictions are in the output table
  1  the prediction failed, and a retry cannot help
  2  the arguments are wrong
  75 the prediction is not finished, and a retry may help: scored rows are kept
"""


def run(options: Namespace, environ: Mapping[str, str]) -> None:
    """Score a table, or print the report of a dry run.

    Raises:
        Permanent: when the prediction cannot succeed; nothing is written to the output table.
        Transient: when a service is unavailable; another attempt resumes the run.
    """
    request = PredictionRequest.from_namespace(options)
    clients = clients_of(request.env, environ)
    now = datetime.now(UTC)
    from jobs.sandbox.model_processes import ModelProcesses
    from runtimes.catalog import DEFAULT_RUNTIME

    with ModelProcesses.of(clients.settings) as processes:
        # Most models are of the default runtime: its libraries load while the run is planned.
        processes.warm(DEFAULT_RUNTIME)
        if options.dry_run:
            from jobs.prediction.dry_run import describe_run

            sys.stdout.write(f"{describe_run(request, clients, processes, now=now)}\n")
        else:
            _predict(request, clients, processes, now=now)


def _predict(
    request: PredictionRequest, clients: Clients, processes: "ModelProcesses", *, now: datetime
) -> None:
    folder = run_folder(request, clients, now=now)
    repeat_permanent_failure(folder, clients.settings)
    if outcome := _outcome(request, clients, folder, processes, now=now):
        log.info(
            "committed %s rows to %s in %.1f s",
            f"{outcome.rows:,}",
            outcome.output_table,
            outcome.seconds,
            extra={"outcome": outcome.to_row()},
        )


def _outcome(
    request: PredictionRequest,
    clients: Clients,
    folder: RunFolder,
    processes: "ModelProcesses",
    *,
    now: datetime,
) -> RunRecord | None:
    try:
        from jobs.predict import predict
        from runtimes.model_process.allocation import keep_memory

        keep_memory()
        return predict(request, clients, folder, processes, now=now)
    except KeyboardInterrupt:
        log.warning("no rows are written in part; --run_id=%s resumes this run", folder.run_id)
        raise


def command_parser(prog: str) -> ArgumentParser:
    """The parser of the command's arguments."""
    parser = ArgumentParser(
        prog=prog,
        description="Score a BigQuery table with a registered model into another table.",
        epilog=_EXAMPLES,
    )
    add_parameters(parser)
    return parser
