"""`completion`: the script that has a shell complete commands, flags, choices and files."""

import sys
from argparse import Namespace
from collections.abc import Mapping

from shared.request.argument_parser import ArgumentParser

SHELLS = ("bash", "zsh", "fish")

_EXAMPLES = """\
for this shell alone, bash or zsh:
  source <(mlsys completion bash)
  source <(mlsys completion zsh)      after autoload -U compinit && compinit

for every shell to come:
  mlsys completion bash >> ~/.bashrc
  mlsys completion zsh >> ~/.zshrc
  mlsys completion fish > ~/.config/fish/completions/mlsys.fish
"""


def command_parser(prog: str) -> ArgumentParser:
    """The arguments of the command."""
    parser = ArgumentParser(
        prog=prog,
        description="Print the script that completes mlsys in a shell: commands, their arguments, "
        "the values of --env and the like, and files.",
        epilog=_EXAMPLES,
    )
    parser.add_argument("shell", choices=SHELLS, help="the shell that is to complete")
    return parser


def run(asked: Namespace, _environ: Mapping[str, str]) -> None:
    """Print the script."""
    from argcomplete.shell_integration import shellcode

    sys.stdout.write(f"{shellcode(['mlsys'], shell=asked.shell).strip()}\n")
