"""The deployment that a command works on: the one whose settings its environment holds."""

from collections.abc import Mapping

from shared.clients import Clients
from shared.logs import configure_logging
from shared.settings.settings import Settings


def clients_of(env: str, environ: Mapping[str, str]) -> Clients:
    """The clients of this deployment, which must be the one that is meant.

    Raises:
        InvalidArgument: when there is no such environment, or a setting is missing or wrong.
        PermissionDenied: when another environment is meant.
    """
    settings = Settings.from_environ(environ)
    configure_logging(for_cloud=settings.runs_in_cloud)
    settings.require_own_environment(env)
    return Clients(settings)
