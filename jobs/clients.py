"""The deployment that a command works on, from its environment variables."""

from collections.abc import Mapping

from shared.clients import Clients
from shared.logs import configure_logging
from shared.settings.settings import Settings


def clients_of(env: str, environ: Mapping[str, str]) -> Clients:
    """The clients of the deployment in `environ`, which must be of the environment `env`.

    Raises:
        InvalidArgument: when there is no such environment, or a setting is missing or invalid.
        PermissionDenied: when the deployment is of another environment.
    """
    settings = Settings.from_environ(environ)
    configure_logging(for_cloud=settings.runs_in_cloud)
    settings.require_own_environment(env)
    return Clients(settings)
