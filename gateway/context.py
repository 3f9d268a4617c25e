"""What the current request belongs to: its application's Google clients, and its caller.

Every folder of the gateway reads these two, so they are the lowest layer.
"""

from flask import current_app, g

from shared.clients import Clients

ANONYMOUS = "anonymous"


def clients() -> Clients:
    """The Google clients, and with them the settings, of the current application."""
    found: Clients = current_app.extensions["clients"]
    return found


def current_caller() -> str:
    """The authenticated caller of the current request, "anonymous" before authentication."""
    return str(g.get("caller", ANONYMOUS))
