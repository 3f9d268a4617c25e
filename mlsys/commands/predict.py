"""`predict`: score a table through the gateway if GATEWAY_URL is set, else on this machine."""

import json
import logging
import sys
from argparse import Namespace
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from jobs.commands import predict as local_predict
from jobs.progress_bar import ProgressBar
from shared.errors import FailedPrecondition
from shared.request.argument_parser import ArgumentParser
from shared.request.prediction_request import PredictionRequest, add_parameters
from shared.settings.settings import Settings

if TYPE_CHECKING:
    from mlsys.gateway import GatewayClient

log = logging.getLogger(__name__)

_EXAMPLES = """\
examples:
  %(prog)s --env=dev --model_name=titanic-survival --model_version=latest \\
      --input_table=titanic.passengers --output_table=titanic.predictions
  %(prog)s … --row_filter="Age >= 18" --tasks=10     ten containers share the work
  %(prog)s … --dry_run                               what would be read, written and billed
  %(prog)s … --no_wait                               launch it and do not wait

Ctrl-C leaves the run going, and prints how to cancel it. Without GATEWAY_URL this process scores
the table; Ctrl-C stops it, and --run_id resumes it.

exit codes:
  0  predictions are in the output table; with --no_wait: launched
  1  the prediction failed, and a retry cannot help
  2  the arguments are wrong
  75 the prediction is not finished, and a retry may help
"""

# Arguments of the gateway besides the request; see gateway/launching/launch_options.py.
_LAUNCH_ARGUMENTS = ("tasks", "max_bytes")


def command_parser(prog: str) -> ArgumentParser:
    """The arguments of the command."""
    parser = ArgumentParser(
        prog=prog,
        description="Score a BigQuery table with a registered model into another table: as a "
        "Cloud Run Job through the gateway if GATEWAY_URL is set, else in this process.",
        epilog=_EXAMPLES,
    )
    add_parameters(parser)
    launch = parser.add_argument_group("through the gateway")
    launch.add_argument(
        "--tasks",
        metavar="NUMBER",
        help="number of containers that share the work; default: as the job is deployed",
    )
    launch.add_argument(
        "--max_bytes",
        metavar="NUMBER",
        help="refuse a prediction that would read more bytes; default: the deployment's limit",
    )
    launch.add_argument(
        "--no_wait",
        action="store_true",
        help="print the execution's id and do not wait for its end",
    )
    return parser


def run(options: Namespace, environ: Mapping[str, str]) -> None:
    """Score a table, or print the report of a dry run.

    Raises:
        Permanent: when the prediction cannot succeed; nothing is written to the output table.
        Transient: when a service is unavailable.
    """
    # The gateway does not need the project. Without the gateway, local_predict requires it.
    settings = Settings.from_environ({**environ, "GCP_PROJECT_ID": "none"})
    if settings.gateway_url:
        # Loads requests and google-auth.
        from mlsys.gateway import GatewayClient

        _predict_through(GatewayClient.of(settings), options)
        return
    _require_no_launch_argument(options)
    local_predict.run(options, environ)


def _require_no_launch_argument(options: Namespace) -> None:
    given = [name for name in (*_LAUNCH_ARGUMENTS, "no_wait") if getattr(options, name)]
    if given:
        raise FailedPrecondition(
            f"--{given[0]} is for the gateway, and GATEWAY_URL is not set: set it, or leave "
            f"--{given[0]} out to score on this machine",
            reason="NO_GATEWAY",
        )


def _predict_through(gateway: "GatewayClient", options: Namespace) -> None:
    # Invalid parameters are refused before the gateway is called.
    PredictionRequest.from_namespace(options)
    parameters = {name: value for name, value in vars(options).items() if value is not None}
    del parameters["no_wait"]
    launched = gateway.predict(parameters)
    if options.dry_run:
        sys.stdout.write(f"{json.dumps(launched, indent=2)}\n")
    elif options.no_wait:
        sys.stdout.write(f"{launched['execution_id']}\n")
        log.info("its status: %s%s", gateway.url, launched["status_url"])
    else:
        outcome = _wait(gateway, launched)
        sys.stdout.write(f"{outcome['output_table']}: {outcome['rows']:,} rows\n")


def _wait(gateway: "GatewayClient", launched: Mapping[str, Any]) -> Mapping[str, Any]:
    """Wait for a run and return its outcome; a terminal shows a progress bar."""
    outcome: Mapping[str, Any] = {}
    execution_id = launched["execution_id"]
    try:
        log.info("launched %s", execution_id)
        with ProgressBar("rows", total=0) as bar:
            for status in gateway.statuses(launched):
                outcome = status["outcome"] or {}
                rows, of = _progress(status)
                bar.show(rows, of)
    except KeyboardInterrupt:
        cancel = gateway.cancel_command(execution_id)
        log.warning("%s goes on without you; to cancel it: %s", execution_id, cancel)
        raise
    return outcome


def _progress(status: Mapping[str, Any]) -> tuple[int, int]:
    if outcome := status["outcome"]:
        return outcome["rows"], outcome["rows"]
    progress = status["progress"] or {}
    return progress.get("rows_scored", 0), progress.get("rows_estimated", 0)
