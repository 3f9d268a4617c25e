"""`completion`: print the shell script that completes commands, options, choices and files."""

import sys
from argparse import Namespace
from collections.abc import Mapping

from shared.request.argument_parser import ArgumentParser

SHELLS = ("bash", "zsh", "fish")

_EXAMPLES = """\
in the current shell, bash or zsh:
  source <(mlsys completion bash)
  source <(mlsys completion zsh)      after autoload -U compinit && compinit

in every new shell:
  mlsys completion bash >> ~/.bashrc
  mlsys completion zsh >> ~/.zshrc
  mlsys completion fish > ~/.config/fish/completions/mlsys.fish
"""


def command_parser(prog: str) -> ArgumentParser:
    """The arguments of the command."""
    parser = ArgumentParser(
        prog=prog,
        description="Print the script with which a shell completes commands, their arguments, the "
        "values of arguments such as --env, and files.",
        epilog=_EXAMPLES,
    )
    parser.add_argument("shell", choices=SHELLS, help="shell to print the script for")
    return parser


def run(options: Namespace, _environ: Mapping[str, str]) -> None:
    """Print the script."""
    from argcomplete.shell_integration import shellcode

    sys.stdout.write(f"{shellcode(['mlsys'], shell=options.shell).strip()}\n")
