"""`predict`: through the gateway where GATEWAY_URL says where it is, else on this machine."""

import json
import logging
import sys
from argparse import Namespace
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from jobs.commands import predict as predict_here
from jobs.progress_bar import ProgressBar
from shared.errors import FailedPrecondition
from shared.request.argument_parser import ArgumentParser
from shared.request.prediction import PredictionRequest, add_parameters
from shared.settings.settings import Settings

if TYPE_CHECKING:
    from mlsys.gateway_client import GatewayClient

log = logging.getLogger(__name__)

_EXAMPLES = """\
examples:
  %(prog)s --env=dev --model_name=titanic-survival --model_version=latest \\
      --input_table=titanic.passengers --output_table=titanic.predictions
  %(prog)s … --row_filter="Age >= 18" --tasks=10     ten containers share the work
  %(prog)s … --dry_run                               what would be read, written and paid
  %(prog)s … --no_wait                               launch it and come back at once

Ctrl-C leaves the run going, and says how to cancel it. Without GATEWAY_URL the table is scored by
this process; Ctrl-C ends that, and --run_id goes on where it stopped.

exit codes:
  0  predictions are in the output table; with --no_wait: launched
  1  they are not, and trying again cannot help
  2  the arguments are wrong
  75 they are not yet, and trying again may help
"""

# What the gateway takes besides the request: tasks and max_bytes of gateway/launching/options.py.
_LAUNCH_ARGUMENTS = ("tasks", "max_bytes")


def command_parser(prog: str) -> ArgumentParser:
    """The arguments of the command."""
    parser = ArgumentParser(
        prog=prog,
        description="Score a BigQuery table with a registered model into another table: as a "
        "Cloud Run Job through the gateway where GATEWAY_URL is set, else here.",
        epilog=_EXAMPLES,
    )
    add_parameters(parser)
    launch = parser.add_argument_group("through the gateway")
    launch.add_argument(
        "--tasks",
        metavar="NUMBER",
        help="how many containers share the work; default: the job's own number",
    )
    launch.add_argument(
        "--max_bytes",
        metavar="NUMBER",
        help="refuse to launch what would read more bytes; default: the deployment's limit",
    )
    launch.add_argument(
        "--no_wait", action="store_true", help="print the execution's id, and do not wait for it"
    )
    return parser


def run(asked: Namespace, environ: Mapping[str, str]) -> None:
    """Score a table, or say what scoring it would do.

    Raises:
        Permanent: when the request cannot be met; nothing is written to the output table.
        Transient: when a service is away.
    """
    # Who asks the gateway needs no project; who scores here is asked for it later.
    settings = Settings.from_environ({**environ, "GCP_PROJECT_ID": "none"})
    if settings.gateway_url:
        # Loads requests and google-auth.
        from mlsys.gateway_client import GatewayClient

        _through(GatewayClient.of(settings), asked)
        return
    _require_no_launch_argument(asked)
    predict_here.run(asked, environ)


def _require_no_launch_argument(asked: Namespace) -> None:
    given = [name for name in (*_LAUNCH_ARGUMENTS, "no_wait") if getattr(asked, name)]
    if given:
        raise FailedPrecondition(
            f"--{given[0]} is for the gateway, and GATEWAY_URL is not set: set it, or leave "
            f"--{given[0]} out to score on this machine",
            reason="NO_GATEWAY",
        )


def _through(gateway: "GatewayClient", asked: Namespace) -> None:
    # What this machine can refuse, it refuses without asking.
    PredictionRequest.from_namespace(asked)
    parameters = {name: value for name, value in vars(asked).items() if value is not None}
    del parameters["no_wait"]
    launched = gateway.predict(parameters)
    if asked.dry_run:
        sys.stdout.write(f"{json.dumps(launched, indent=2)}\n")
    elif asked.no_wait:
        sys.stdout.write(f"{launched['execution_id']}\n")
        log.info("%s%s says what becomes of it", gateway.url, launched["status_url"])
    else:
        outcome = _awaited(gateway, launched)
        sys.stdout.write(f"{outcome['output_table']}: {outcome['rows']:,} rows\n")


def _awaited(gateway: "GatewayClient", launched: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a run has committed, when it is over; on a terminal a bar shows how far it is."""
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
