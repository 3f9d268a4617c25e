"""The command line of people: `mlsys COMMAND …`, or `python -m mlsys COMMAND …`."""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from jobs.__main__ import COMMANDS, FORMER_NAMES, MODULES, command_list
from jobs.command_line import CommandLine

_DESCRIPTIONS = {**COMMANDS, "completion": "print the completion script for a shell"}
_MODULES = {
    **MODULES,
    "predict": f"{__package__}.commands.predict",
    "completion": f"{__package__}.commands.completion",
}

_USAGE = """\
usage: mlsys COMMAND [--help] [arguments]

from a pickle and a table to predictions:
  mlsys inspect model.pkl
  mlsys publish model.pkl --env=dev --model_name=titanic-survival --target=Survived --wait
  mlsys predict --env=dev --model_name=titanic-survival --model_version=latest \\
      --input_table=titanic.passengers --output_table=titanic.predictions

check without changing anything:
  mlsys predict … --dry_run              what would be read, written and billed
  mlsys inspect *.pkl --json             one JSON object a file; exit code 3 if one is refused

choose the version that others use:
  mlsys compare --env=dev --model_name=titanic-survival --a=champion --b=latest \\
      --input_table=titanic.passengers --picture=champion-latest.png
  mlsys alias --env=dev --model_name=titanic-survival --alias=champion --model_version=v3
  mlsys promote --env=staging --model_name=titanic-survival --model_version=champion

repair the registry:
  mlsys reconcile --env=dev              append the uploads that events missed
  mlsys reconcile --env=dev --again      also inspect quarantined models again

settings: GCP_PROJECT_ID, MLSYS_ENV and GATEWAY_URL, in the environment or in .env
shell completion: source <(mlsys completion bash)

"""


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run a command and return its exit code."""
    usage = _USAGE + command_list(_DESCRIPTIONS)
    return CommandLine("mlsys", usage, _MODULES, FORMER_NAMES).main(arguments, environ)


def console() -> int:
    """Run the program `mlsys`: answer a request for completion, else run a command."""
    if "_ARGCOMPLETE" in os.environ:
        from mlsys.completion import answer  # noqa: PLC0415  (commands do not need it)

        answer(_MODULES, _DESCRIPTIONS, os.environ.get("COMP_LINE", ""))
    from dotenv import find_dotenv, load_dotenv  # noqa: PLC0415  (completion does not need it)

    load_dotenv(find_dotenv(usecwd=True))
    # A model may use classes of modules in the working folder; `python -m` finds those by itself.
    sys.path.append(str(Path.cwd()))
    return main(sys.argv[1:], dict(os.environ))


if __name__ == "__main__":
    sys.exit(console())
