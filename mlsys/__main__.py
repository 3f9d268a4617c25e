"""`mlsys COMMAND …`: what a person types. `python -m mlsys` is the same."""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from jobs.__main__ import COMMANDS, FORMER_NAMES, MODULES, command_list
from jobs.command_line import CommandLine

_DESCRIPTIONS = {**COMMANDS, "completion": "print the script that completes mlsys in your shell"}
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

look before anything happens:
  mlsys predict … --dry_run              what would be read, written and paid
  mlsys inspect *.pkl --json             one JSON object a file; exit code 3 if one is refused

decide which version others rely on:
  mlsys compare --env=dev --model_name=titanic-survival --a=champion --b=latest \\
      --input_table=titanic.passengers --picture=champion-latest.png
  mlsys alias --env=dev --model_name=titanic-survival --alias=champion --model_version=v3
  mlsys promote --env=staging --model_name=titanic-survival --model_version=champion

keep the registry right:
  mlsys reconcile --env=dev              append what events missed
  mlsys reconcile --env=dev --again      and inspect quarantined models again

where it works: GCP_PROJECT_ID, MLSYS_ENV and GATEWAY_URL, in the environment or in .env
complete it in a shell: source <(mlsys completion bash)

"""


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run a command; the exit code is returned."""
    usage = _USAGE + command_list(_DESCRIPTIONS)
    return CommandLine("mlsys", usage, _MODULES, FORMER_NAMES).main(arguments, environ)


def console() -> int:
    """The command `mlsys`: answers a shell that completes, else runs a command."""
    if "_ARGCOMPLETE" in os.environ:
        from mlsys.completion import answer  # noqa: PLC0415  (a command does without)

        answer(_MODULES, _DESCRIPTIONS, os.environ.get("COMP_LINE", ""))
    from dotenv import find_dotenv, load_dotenv  # noqa: PLC0415  (completion does without)

    load_dotenv(find_dotenv(usecwd=True))
    # Whose class a model uses has its module here, where `python -m` would find it too.
    sys.path.append(str(Path.cwd()))
    return main(sys.argv[1:], dict(os.environ))


if __name__ == "__main__":
    sys.exit(console())
