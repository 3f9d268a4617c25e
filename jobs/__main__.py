"""`python -m jobs predict|register|inspect …`: the jobs' command line, and the only exit codes.

exit codes:
  0   done
  1   not done, and trying again cannot help
  2   the arguments are wrong
  3   inspect: a file would be quarantined
  75  not done, and trying again may help (EX_TEMPFAIL)
"""

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, NoReturn

from jobs.notes import repeat_permanent_failure, run_folder
from shared.arguments import ArgumentParser
from shared.clients import Clients
from shared.errors import InvalidArgument, MlsysError, Permanent
from shared.logs import configure_logging
from shared.prediction import PredictionRequest, is_dry_run
from shared.runs import RunFolder
from shared.settings import Settings

log = logging.getLogger("jobs")

# Cloud Run kills 10 s after SIGTERM.
_STOPPING_SECONDS = 8.0

_USAGE = """\
usage: python -m jobs COMMAND [--help] [arguments]

commands:
  predict   score a BigQuery table with a registered model into another table
  register  make the model registry equal to the models bucket
  inspect   say whether the registry would approve files, without uploading them
"""


def run_predict(arguments: Sequence[str], environ: dict[str, str]) -> None:
    """Score a table, as `python -m jobs predict --help` describes."""
    request = PredictionRequest.from_arguments(arguments)
    clients = Clients(_settings(environ))
    clients.settings.require_own_environment(request.env)
    now = datetime.now(UTC)
    if is_dry_run(arguments):
        from jobs.dry_run import foresee

        sys.stdout.write(f"{foresee(request, clients, now=now)}\n")
        return
    folder = run_folder(request, clients, now=now)
    repeat_permanent_failure(folder, clients.settings)
    if outcome := _predict(request, clients, folder, now=now):
        log.info(
            "committed %s rows to %s in %.1f s",
            f"{outcome['rows']:,}",
            outcome["output_table"],
            outcome["seconds"],
            extra={"outcome": outcome},
        )


def _predict(
    request: PredictionRequest, clients: Clients, folder: RunFolder, *, now: datetime
) -> dict[str, Any] | None:
    try:
        from jobs.false_alarms import log_warnings
        from jobs.predict import predict

        log_warnings()
        return predict(request, clients, folder, now=now)
    except KeyboardInterrupt:
        log.warning("nothing is half done: --run_id=%s goes on from here", folder.run_id)
        raise


def run_register(arguments: Sequence[str], environ: dict[str, str]) -> None:
    """Reconcile the registry, as `python -m jobs register --help` describes."""
    parser = ArgumentParser(
        prog="python -m jobs register",
        description="Make the model registry equal to the models bucket: append what events "
        "missed, mark what is gone. Harmless to run twice, or beside uploads.",
    )
    parser.add_argument("--env", required=True, help="deployment: dev, staging or prod")
    parser.add_argument(
        "--again",
        action="store_true",
        help="inspect quarantined models again, e.g. after MLSYS_ALLOWED_PICKLE_NAMES was extended",
    )
    asked = parser.parse_args(arguments)
    clients = Clients(_settings(environ))
    clients.settings.require_own_environment(asked.env)
    from jobs.reconcile import reconcile
    from shared.registry import Registry

    registry = Registry(clients.bigquery, clients.settings.dataset)
    log.info("%s", reconcile(clients, registry, now=datetime.now(UTC), again=asked.again))


def run_inspect(arguments: Sequence[str], environ: dict[str, str]) -> int:
    """Inspect files, as `python -m jobs inspect --help` describes."""
    from jobs.inspect_command import inspect_files

    return 0 if inspect_files(arguments, environ) else 3


def _settings(environ: dict[str, str]) -> Settings:
    settings = Settings.from_environ(environ)
    configure_logging(for_cloud=settings.runs_in_cloud)
    return settings


_COMMANDS: dict[str, Callable[[Sequence[str], dict[str, str]], int | None]] = {
    "inspect": run_inspect,
    "predict": run_predict,
    "register": run_register,
}


def main(arguments: Sequence[str], environ: dict[str, str]) -> int:
    """Run a command; the exit code is returned."""
    name = arguments[0] if arguments else "--help"
    if name in {"-h", "--help"}:
        sys.stdout.write(_USAGE)
        return 0
    configure_logging(for_cloud=bool(environ.get("CLOUD_RUN_EXECUTION")))
    if name not in _COMMANDS:
        log.error("unknown command %r: use one of %s", name, ", ".join(_COMMANDS))
        return 2
    return _run(_COMMANDS[name], arguments[1:], environ)


def _run(
    command: Callable[[Sequence[str], dict[str, str]], int | None],
    arguments: Sequence[str],
    environ: dict[str, str],
) -> int:
    signal.signal(signal.SIGTERM, _stop)
    try:
        return command(arguments, environ) or 0
    except MlsysError as error:
        log.error("%s", error, extra={"reason": error.code})  # noqa: TRY400  (one line)
        return exit_code(error)
    except KeyboardInterrupt:
        return os.EX_TEMPFAIL


def _stop(_number: int, _frame: object) -> NoReturn:
    """End as Ctrl-C does, in the time that Cloud Run grants after SIGTERM."""
    log.warning("told to stop before the end")
    deadline = threading.Timer(_STOPPING_SECONDS, os._exit, [os.EX_TEMPFAIL])
    deadline.daemon = True
    deadline.start()
    raise KeyboardInterrupt


def exit_code(error: MlsysError) -> int:
    """The exit code that says whether trying again would help."""
    if isinstance(error, InvalidArgument):
        return 2
    return 1 if isinstance(error, Permanent) else os.EX_TEMPFAIL


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], dict(os.environ)))
