"""Google's clients for whoever works interactively: made once, by the environment or `.env`."""

import os
from functools import cache

from dotenv import find_dotenv, load_dotenv

from shared.clients import Clients
from shared.settings.settings import Settings


@cache
def session() -> Clients:
    """The clients of this process; `.env` is looked for from the working folder upwards.

    A variable of the environment wins over the same in `.env`. What `.env` says becomes part of the
    environment, because Google's libraries read some variables themselves.

    Raises:
        InvalidArgument: when a required variable is missing or a value breaks its rule.
    """
    load_dotenv(find_dotenv(usecwd=True))
    return Clients(Settings.from_environ(os.environ))
