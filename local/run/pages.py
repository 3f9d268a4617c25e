"""Paging parameters of list requests."""

from flask import request

from local.run.database import Page, Rows
from local.run.errors import InvalidArgumentError
from local.run.formats import whole

_MOST = 1000


def page(size_parameter: str, token_parameter: str) -> Page:
    """Return the page that the current request asks for; a token is the position to go on from.

    Raises:
        InvalidArgumentError: A parameter is not one that we gave out.
    """
    size = whole(request.args.get(size_parameter) or 100)
    token = request.args.get(token_parameter)
    if size < 1:
        raise InvalidArgumentError(f"The page size must be at least 1, not {size}.")
    return Page(min(size, _MOST), whole(token) if token else None)


def token[T](rows: Rows[T]) -> str | None:
    """Return the token of the next page, None at the end."""
    return None if rows.next is None else str(rows.next)
