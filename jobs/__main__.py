"""`python -m jobs COMMAND …`: the jobs' command line, and the only exit codes.

exit codes:
  0   done
  1   not done, and trying again cannot help
  2   the arguments are wrong
  3   what was to be checked is not as it should be, e.g. a file would be quarantined
  75  not done, and trying again may help (EX_TEMPFAIL)
"""

import logging
import os
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import NoReturn

from shared.errors import InvalidArgument, MlsysError, Permanent
from shared.logs import configure_logging

log = logging.getLogger("jobs")

# Each is a module of jobs/commands.
COMMANDS = {
    "predict": "score a BigQuery table with a registered model into another table",
    "compare": "let two versions of a model score the same rows, and say where they differ",
    "register": "make the model registry equal to the models bucket",
    "alias": "let a word such as champion stand for a version of a model",
    "promote": "copy an approved model version into the next environment",
    "inspect": "say whether the registry would approve files, without uploading them",
    "publish": "upload a model as its next version, if the registry would approve it",
}

# Cloud Run kills 10 s after SIGTERM.
_STOPPING_SECONDS = 8.0


def usage() -> str:
    """The help of the command line as a whole."""
    width = max(map(len, COMMANDS))
    commands = "\n".join(f"  {name:{width}}  {does}" for name, does in COMMANDS.items())
    return f"usage: python -m jobs COMMAND [--help] [arguments]\n\ncommands:\n{commands}\n"


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run a command; the exit code is returned."""
    name = arguments[0] if arguments else "--help"
    if name in {"-h", "--help"}:
        sys.stdout.write(usage())
        return 0
    configure_logging(for_cloud=bool(environ.get("CLOUD_RUN_EXECUTION")))
    if name not in COMMANDS:
        log.error("unknown command %r: use one of %s", name, ", ".join(COMMANDS))
        return 2
    return _run(name, arguments[1:], environ)


def _run(name: str, arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    before = signal.signal(signal.SIGTERM, _stop)
    try:
        command = import_module(f"jobs.commands.{name}")
        return 3 if command.run(arguments, environ) is False else 0
    except MlsysError as error:
        log.error("%s", error, extra={"reason": error.reason})  # noqa: TRY400  (one line)
        return exit_code(error)
    except KeyboardInterrupt:
        return os.EX_TEMPFAIL
    finally:
        signal.signal(signal.SIGTERM, before)


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
