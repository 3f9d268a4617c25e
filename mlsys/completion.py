"""Answers a shell's request for completion, in argcomplete's protocol.

The shell runs `mlsys` with the current line in COMP_LINE; see `mlsys completion`. Only the command
on that line is imported, to answer quickly.
"""

from argparse import Action, ArgumentParser
from collections.abc import Mapping
from importlib import import_module

import argcomplete
from argcomplete.completers import FilesCompleter, SuppressCompleter

from shared.request.parameters import Disposition
from shared.settings.settings import ENVIRONMENTS

_CHOICES = {"env": ENVIRONMENTS, "from_env": ENVIRONMENTS, "write_disposition": tuple(Disposition)}


def answer(modules: Mapping[str, str], descriptions: Mapping[str, str], line: str) -> None:
    """Write the possible completions of a line, and exit.

    Args:
        modules: the full name of each command's module.
        descriptions: one line for each command.
        line: the command line up to the cursor.
    """
    argcomplete.autocomplete(
        parser_for(modules, descriptions, line),
        always_complete_options="long",
        default_completer=SuppressCompleter(),
    )


def parser_for(
    modules: Mapping[str, str], descriptions: Mapping[str, str], line: str
) -> ArgumentParser:
    """A parser of all commands, with the arguments of the command that is on the line."""
    parser = ArgumentParser(prog="mlsys")
    commands = parser.add_subparsers()
    _, typed, *_ = [*line.split(), "", ""]
    for name, module in modules.items():
        parents = [_completable(module, name)] if name == typed else []
        commands.add_parser(name, help=descriptions[name], parents=parents, add_help=not parents)
    return parser


def _completable(module: str, name: str) -> ArgumentParser:
    parser: ArgumentParser = import_module(module).command_parser(name)
    for action in parser._actions:  # argparse has no public list of them
        _set_completions(action)
    return parser


def _set_completions(action: Action) -> None:
    """Complete the argument by its choices or by files; other values cannot be completed."""
    if action.dest in _CHOICES:
        action.choices = _CHOICES[action.dest]
    elif action.metavar == "FILE":
        action.completer = FilesCompleter()  # type: ignore[attr-defined]  # argcomplete reads it
