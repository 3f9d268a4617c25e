"""The OpenAPI operation of a route, declared beside its view.

`gateway/openapi/document.py` builds `/openapi.json` from these declarations.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

_ATTRIBUTE = "mlsys_operation"

type Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """The parts of an operation that the view's docstring, its summary and text, cannot give.

    Attributes:
        responses: schema, or its name, of each successful response by HTTP status.
        parameters: OpenAPI's parameter objects of the query and the headers.
        request_body: name of the schema of a POST request's JSON body.
        errors: the statuses of errors, besides those that every route has.
    """

    responses: Mapping[HTTPStatus, str | Schema]
    parameters: Sequence[Schema] = ()
    request_body: str | None = None
    errors: Sequence[HTTPStatus] = ()


def operation[View: Callable[..., Any]](**declaration: Any) -> Callable[[View], View]:
    """Declare the `Operation` of a view; the decorator stands below the route's own."""

    def mark(view: View) -> View:
        setattr(view, _ATTRIBUTE, Operation(**declaration))
        return view

    return mark


def operation_of(view: Callable[..., Any]) -> Operation | None:
    """The operation of a view, None when it declares none, as the console's pages."""
    found: Operation | None = getattr(view, _ATTRIBUTE, None)
    return found


def query_parameter(name: str, description: str, **schema: Any) -> dict[str, Any]:
    """An OpenAPI parameter of the query, a string unless the schema says otherwise."""
    return {
        "name": name,
        "in": "query",
        "description": description,
        "schema": {"type": "string"} | schema,
    }
