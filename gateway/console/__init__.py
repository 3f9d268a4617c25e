"""The console: pages for people, rendered on the server, without a build step or another host.

A JSON route returns everything that a page shows, and the pages work without JavaScript.
"""

from gateway.console import forms, pages
from gateway.console.rendering import console as routes

__all__ = ["forms", "pages", "routes"]
