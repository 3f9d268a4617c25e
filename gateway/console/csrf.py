"""Where a form was sent from: only the console's own pages may make it act.

https://developer.mozilla.org/docs/Web/HTTP/Headers/Sec-Fetch-Site is the browser's own word and
survives a proxy that renames the host. Browsers that do not say it name the page's origin.
"""

from urllib.parse import urlsplit

from flask import request

from shared.errors import PermissionDenied


def require_own_page() -> None:
    """Refuse a form that another site's page has sent, or nobody's.

    Raises:
        PermissionDenied: unless the browser vouches for the origin.
    """
    if not _is_own_page():
        raise PermissionDenied(
            "this form was not sent from the console's own page: open that, and send it there",
            reason="CROSS_SITE",
        )


def _is_own_page() -> bool:
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    return urlsplit(request.headers.get("Origin", "")).netloc == request.host
