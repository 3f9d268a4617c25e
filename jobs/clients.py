"""Creates the clients of a command from its environment variables.

It is not part of `jobs/command_line.py`, which commands must not import.
"""

from collections.abc import Mapping

from shared.clients import Clients
from shared.logs import configure_logging
from shared.settings.settings import Settings


def clients_of(env: str, environ: Mapping[str, str]) -> Clients:
    """The clients of the deployment in `environ`, after checking that it serves `env`.

    Raises:
        InvalidArgument: when the environment is unknown, or a setting is missing or invalid.
        PermissionDenied: when the deployment serves another environment.
    """
    settings = Settings.from_environ(environ)
    configure_logging(for_cloud=settings.runs_in_cloud)
    settings.require_own_environment(env)
    return Clients(settings)
