"""What belongs to the application that answers the current request."""

from flask import current_app

from shared.clients import Clients


def clients() -> Clients:
    """The Google clients, and with them the settings, of the current application."""
    found: Clients = current_app.extensions["clients"]
    return found
