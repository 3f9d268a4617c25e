"""The argument parser of every command line: it raises our error instead of exiting.

Every command of `jobs/commands` uses it, and the prediction request, which is one of them.
"""

import argparse
from typing import Any, NoReturn

from shared.errors import InvalidArgument


class ArgumentParser(argparse.ArgumentParser):
    """argparse without abbreviated options."""

    def __init__(self, **options: Any):
        super().__init__(
            formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False, **options
        )

    def error(self, message: str) -> NoReturn:
        """Raise an error for a malformed command line; argparse would print the usage and exit.

        Raises:
            InvalidArgument: always.
        """
        raise InvalidArgument(f"{message} (see --help)", reason="INVALID_PARAMETERS")
