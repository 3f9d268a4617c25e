"""Command lines whose mistakes are errors of ours: one line, no usage dump."""

import argparse
from typing import Any, NoReturn

from shared.errors import InvalidArgument


class ArgumentParser(argparse.ArgumentParser):
    """argparse without abbreviations; `error` raises instead of leaving the process."""

    def __init__(self, **options: Any):
        super().__init__(
            formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False, **options
        )

    def error(self, message: str) -> NoReturn:
        """Refuse the command line.

        Raises:
            InvalidArgument: always.
        """
        raise InvalidArgument(f"{message} (see --help)", reason="INVALID_PARAMETERS")
