"""The console's blueprint, with every page and form registered on it."""

from gateway.console import forms, pages
from gateway.console.rendering import console as routes

__all__ = ["forms", "pages", "routes"]
