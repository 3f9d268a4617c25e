"""The command line of the containers: `python -m jobs COMMAND …`. People use `mlsys`."""

import os
import sys
from collections.abc import Mapping, Sequence

from jobs.command_line import CommandLine

PROGRAM = f"python -m {__package__}"

# Each command is a module of jobs/commands.
COMMANDS = {
    "predict": "score a BigQuery table with a registered model into another table",
    "compare": "score the same rows with two versions of a model, and report where they differ",
    "reconcile": "make the model registry equal to the models bucket",
    "alias": "set an alias such as champion to a version of a model",
    "promote": "copy an approved model version into the next environment",
    "inspect": "report whether the registry would approve files, without uploading them",
    "publish": "upload a model as its next version, if the registry would approve it",
}
MODULES = {name: f"{__package__}.commands.{name}" for name in COMMANDS}
FORMER_NAMES = {"register": "reconcile"}


def usage() -> str:
    """The help of the whole command line."""
    return f"usage: {PROGRAM} COMMAND [--help] [arguments]\n\n{command_list(COMMANDS)}"


def command_list(commands: Mapping[str, str]) -> str:
    """A help text with one line for each command."""
    width = max(map(len, commands))
    lines = "\n".join(f"  {name:{width}}  {description}" for name, description in commands.items())
    return f"commands:\n{lines}\n"


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run a command and return its exit code."""
    return CommandLine(PROGRAM, usage(), MODULES, FORMER_NAMES).main(arguments, environ)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], dict(os.environ)))
