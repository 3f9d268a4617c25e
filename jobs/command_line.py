"""A program of several commands, and the only exit codes: `python -m jobs` is one, `mlsys` another.

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
from dataclasses import dataclass, field
from importlib import import_module
from typing import NoReturn

from shared.errors import InvalidArgument, MlsysError, Permanent
from shared.logs import configure_logging

log = logging.getLogger(__name__)

# Cloud Run kills 10 s after SIGTERM.
_STOPPING_SECONDS = 8.0


@dataclass(frozen=True, slots=True)
class CommandLine:
    """Commands under one program.

    Attributes:
        program: what a person types before the command, e.g. "python -m jobs".
        usage: the help of the program as a whole.
        modules: the full name of each command's module; see `jobs/commands`.
        former_names: what commands were called before, and still answer to.
    """

    program: str
    usage: str
    modules: Mapping[str, str]
    former_names: Mapping[str, str] = field(default_factory=dict)

    def main(self, arguments: Sequence[str], environ: Mapping[str, str]) -> int:
        """Run a command; the exit code is returned."""
        name = arguments[0] if arguments else "--help"
        if name in {"-h", "--help"}:
            sys.stdout.write(self.usage)
            return 0
        configure_logging(for_cloud=bool(environ.get("CLOUD_RUN_EXECUTION")))
        name = self.former_names.get(name, name)
        if name not in self.modules:
            log.error("unknown command %r: use one of %s", name, ", ".join(self.modules))
            return 2
        return self._run(name, arguments[1:], environ)

    def _run(self, name: str, arguments: Sequence[str], environ: Mapping[str, str]) -> int:
        before = signal.signal(signal.SIGTERM, _stop)
        try:
            command = import_module(self.modules[name])
            asked = command.command_parser(f"{self.program} {name}").parse_args(arguments)
            return 3 if command.run(asked, environ) is False else 0
        except MlsysError as error:
            # What a library or a query says of itself may have several lines; a failure has one.
            line = " ".join(str(error).split())
            log.error("%s", line, extra={"reason": error.reason})  # noqa: TRY400  (one line)
            return exit_code(error)
        except KeyboardInterrupt:
            return os.EX_TEMPFAIL
        finally:
            signal.signal(signal.SIGTERM, before)


def _stop(_number: int, _frame: object) -> NoReturn:
    """End as Ctrl-C does, in the time that Cloud Run grants after SIGTERM."""
    log.warning("stopped by SIGTERM before the end")
    deadline = threading.Timer(_STOPPING_SECONDS, os._exit, [os.EX_TEMPFAIL])
    deadline.daemon = True
    deadline.start()
    raise KeyboardInterrupt


def exit_code(error: MlsysError) -> int:
    """The exit code that says whether trying again would help."""
    if isinstance(error, InvalidArgument):
        return 2
    return 1 if isinstance(error, Permanent) else os.EX_TEMPFAIL
