"""Google's clients for notebooks and scripts, created once, with settings from the environment."""

import os
from functools import cache

from dotenv import find_dotenv, load_dotenv

from shared.clients import Clients
from shared.settings.settings import Settings


@cache
def session() -> Clients:
    """The clients of this process.

    The variables of a `.env` in the working folder or above are added to the environment, because
    Google's libraries read some of them directly. Variables that are already set are kept. On the
    local cloud these variables name the local endpoints, so the same code runs there.

    Raises:
        InvalidArgument: when a required variable is missing or a value is invalid.
    """
    load_dotenv(find_dotenv(usecwd=True))
    return Clients(Settings.from_environ(os.environ))
