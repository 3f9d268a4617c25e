"""The gateway's Flask application."""

import logging
import os

from flask import Flask

from gateway import root
from gateway.auth.authorization import (
    Permission,
    authorize,
    configure_authentication,
    current_permission,
)
from gateway.auth.rate_limiter import configure_rate_limiter, require_rate
from gateway.console import routes as console
from gateway.executions import routes as executions
from gateway.http.errors import register_errors
from gateway.http.security import require_deliberate_request, require_short_url, secure
from gateway.http.tracing import TraceFilter, TraceMiddleware
from gateway.launching import routes as launching
from gateway.models import routes as models
from shared.clients import Clients
from shared.logs import configure_logging
from shared.settings.settings import Settings

BLUEPRINTS = (
    root.routes,
    launching.routes,
    executions.routes,
    models.routes,
    console.routes,
)


def create_app(given: Clients | None = None) -> Flask:
    """The gateway of one deployment.

    Args:
        given: the deployment's clients; by default those that the environment's settings name.

    Raises:
        InvalidArgument: when a setting is wrong, or contradicts where this runs.
    """
    app = Flask(__name__, static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider has it
    clients = app.extensions["clients"] = given or _clients_from_environ()
    secure(app)
    configure_authentication(app, clients.settings)
    configure_rate_limiter(app)
    app.before_request(_require_admissible_request)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    register_errors(app)
    app.wsgi_app = TraceMiddleware(app.wsgi_app)  # type: ignore[method-assign,assignment]  # as Flask documents
    return app


def _clients_from_environ() -> Clients:
    settings = Settings.from_environ(os.environ)
    configure_logging(for_cloud=settings.runs_in_cloud)
    for handler in logging.getLogger().handlers:
        handler.addFilter(TraceFilter(settings.project_id))
    return Clients(settings)


def _require_admissible_request() -> None:
    # One hook instead of four, because Flask takes time for each.
    require_short_url()
    permission = current_permission()
    if permission is not Permission.NONE:
        require_deliberate_request(permission)
        authorize(permission)
        require_rate(permission)
