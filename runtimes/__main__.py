"""Lists, adds and installs runtimes, for the Makefile.

`python -m runtimes` lists them. `add 1.5` writes or changes the definition of the runtime for
scikit-learn 1.5, compiles and installs it. `lock` compiles one, `install` installs all or some.
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from runtimes.catalog import DEFAULT_RUNTIME, FOLDER, read_catalog
from runtimes.definition import Change, compile_requirements, define
from runtimes.installation import install
from runtimes.listing import listing
from shared.errors import MlsysError


def main(arguments: Sequence[str], today: date) -> int:
    """Run a command and return its exit code: 0, or 1 after an error."""
    given = _parser().parse_args(arguments)
    folder, root = given.definitions, given.root
    try:
        match given.command:
            case "add":
                change = Change(given.python, given.date, given.additions.split())
                name = define(given.minor, change, today, folder)
                _say(f"compiling {name}")
                compile_requirements(name, folder)
                install(name, root, _say, folder)
                _say(f"{name} is in {root / name}")
            case "lock":
                compile_requirements(given.name, folder)
            case "install":
                for name in given.names or [each.name for each in read_catalog(folder)]:
                    install(name, root, _say, folder)
            case _:
                _say(listing(read_catalog(folder), root, folder))
    except MlsysError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m {__package__}")
    parser.add_argument("--root", type=Path, default=Path(".runtimes"), help="where they are")
    parser.add_argument("--definitions", type=Path, default=FOLDER, help=argparse.SUPPRESS)
    commands = parser.add_subparsers(dest="command")
    adding = commands.add_parser("add", help="add or change one, compile and install it")
    adding.add_argument("minor", help="of scikit-learn, e.g. 1.5")
    adding.add_argument("--python", default="", help="the minor of its Python, e.g. 3.11")
    adding.add_argument("--date", type=date.fromisoformat, help="no package is newer: YYYY-MM-DD")
    adding.add_argument("--with", dest="additions", default="", help="requirements and wheels")
    locking = commands.add_parser("lock", help="compile one")
    locking.add_argument("name", nargs="?", default=DEFAULT_RUNTIME)
    installing = commands.add_parser("install", help="install all, or some")
    installing.add_argument("names", nargs="*")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], datetime.now(UTC).date()))
