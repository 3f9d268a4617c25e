"""Runs one of several commands and returns its exit code, for `python -m jobs` and `mlsys`.

exit codes:
  0   success
  1   failure, and a retry cannot help
  2   the arguments are wrong
  3   a check failed, e.g. a file would be quarantined
  75  failure, and a retry may help (EX_TEMPFAIL)
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

# Cloud Run sends SIGKILL 10 s after SIGTERM.
_STOP_SECONDS = 8.0


@dataclass(frozen=True, slots=True)
class CommandLine:
    """The commands of a program.

    Attributes:
        program: the part of the command line before the command, e.g. "python -m jobs".
        usage: the help of the whole program.
        modules: the full name of each command's module; see `jobs/commands`.
        former_names: the current name of a command by its former name, which still works.
    """

    program: str
    usage: str
    modules: Mapping[str, str]
    former_names: Mapping[str, str] = field(default_factory=dict)

    def main(self, arguments: Sequence[str], environ: Mapping[str, str]) -> int:
        """Run a command and return its exit code."""
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
            options = command.command_parser(f"{self.program} {name}").parse_args(arguments)
            return 3 if command.run(options, environ) is False else 0
        except MlsysError as error:
            # Messages of libraries can have several lines; an error of a command is one line.
            line = " ".join(str(error).split())
            log.error("%s", line, extra={"reason": error.reason})  # noqa: TRY400  (one line)
            return exit_code(error)
        except KeyboardInterrupt:
            return os.EX_TEMPFAIL
        finally:
            signal.signal(signal.SIGTERM, before)


def _stop(_number: int, _frame: object) -> NoReturn:
    """Stop as on Ctrl-C, within the time that Cloud Run allows after SIGTERM."""
    log.warning("stopped by SIGTERM before the end")
    deadline = threading.Timer(_STOP_SECONDS, os._exit, [os.EX_TEMPFAIL])
    deadline.daemon = True
    deadline.start()
    raise KeyboardInterrupt


def exit_code(error: MlsysError) -> int:
    """The exit code of an error; it shows whether a retry may help."""
    if isinstance(error, InvalidArgument):
        return 2
    return 1 if isinstance(error, Permanent) else os.EX_TEMPFAIL
