"""The console: the gateway's pages for people, rendered here, without a build and a third host.

Whatever a page shows, a JSON route tells too; the pages work without JavaScript.
"""

from gateway.console import error_pages, forms, pages
from gateway.console.rendering import console as routes

__all__ = ["error_pages", "forms", "pages", "routes"]
