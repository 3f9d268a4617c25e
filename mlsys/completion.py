"""Answers a shell that completes a command line of `mlsys`: argcomplete's protocol.

The shell runs `mlsys` with the line so far in COMP_LINE; see `mlsys completion`. Only the command
that stands in the line is imported, so the answer takes no longer than Python's start.
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
    """Write what may stand at the end of the line, and leave the process.

    Args:
        modules: the full name of each command's module.
        descriptions: what each command does.
        line: the command line so far.
    """
    argcomplete.autocomplete(
        parser_for(modules, descriptions, line),
        always_complete_options="long",
        default_completer=SuppressCompleter(),
    )


def parser_for(
    modules: Mapping[str, str], descriptions: Mapping[str, str], line: str
) -> ArgumentParser:
    """A parser of all commands, which knows the arguments of the one in the line."""
    parser = ArgumentParser(prog="mlsys")
    commands = parser.add_subparsers()
    _, typed, *_ = [*line.split(), "", ""]
    for name, module in modules.items():
        parents = [_completable(module, name)] if name == typed else []
        commands.add_parser(name, help=descriptions[name], parents=parents, add_help=not parents)
    return parser


def _completable(module: str, name: str) -> ArgumentParser:
    parser: ArgumentParser = import_module(module).command_parser(name)
    for action in parser._actions:  # argparse has no other way to them
        _complete(action)
    return parser


def _complete(action: Action) -> None:
    """Say what may stand there: a word of a few, a file, or what nobody can know."""
    if action.dest in _CHOICES:
        action.choices = _CHOICES[action.dest]
    elif action.metavar == "FILE":
        action.completer = FilesCompleter()  # type: ignore[attr-defined]  # argcomplete reads it
