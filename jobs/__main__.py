"""`python -m jobs COMMAND …`: the command line of the containers. A person types `mlsys`."""

import os
import sys
from collections.abc import Mapping, Sequence

from jobs.command_line import CommandLine

PROGRAM = f"python -m {__package__}"

# Each is a module of jobs/commands.
COMMANDS = {
    "predict": "score a BigQuery table with a registered model into another table",
    "compare": "let two versions of a model score the same rows, and say where they differ",
    "reconcile": "make the model registry equal to the models bucket",
    "alias": "let a word such as champion stand for a version of a model",
    "promote": "copy an approved model version into the next environment",
    "inspect": "say whether the registry would approve files, without uploading them",
    "publish": "upload a model as its next version, if the registry would approve it",
}
MODULES = {name: f"{__package__}.commands.{name}" for name in COMMANDS}
FORMER_NAMES = {"register": "reconcile"}


def usage() -> str:
    """The help of the command line as a whole."""
    return f"usage: {PROGRAM} COMMAND [--help] [arguments]\n\n{command_list(COMMANDS)}"


def command_list(commands: Mapping[str, str]) -> str:
    """What each command does, a line each."""
    width = max(map(len, commands))
    lines = "\n".join(f"  {name:{width}}  {does}" for name, does in commands.items())
    return f"commands:\n{lines}\n"


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run a command; the exit code is returned."""
    return CommandLine(PROGRAM, usage(), MODULES, FORMER_NAMES).main(arguments, environ)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], dict(os.environ)))
