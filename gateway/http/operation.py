"""What a route takes and answers, said beside it; `/openapi.json` is made of nothing else."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

_ATTRIBUTE = "mlsys_description"

type Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteDocs:
    """A route for OpenAPI; its summary and its text are the view's docstring.

    Attributes:
        answers: the name of a schema, or a schema, by the HTTP status of each good answer.
        parameters: OpenAPI's parameter objects of the query and the headers.
        body: schema of a JSON body, for POST.
        refusals: the statuses of refusals, besides those that every route has.
        media: the media types of the good answers.
    """

    answers: Mapping[HTTPStatus, str | Schema]
    parameters: Sequence[Schema] = ()
    body: str | Schema | None = None
    refusals: Sequence[HTTPStatus] = ()
    media: Sequence[str] = ("application/json",)
    example: Mapping[str, Any] = field(default_factory=dict)


def documented[View: Callable[..., Any]](**words: Any) -> Callable[[View], View]:
    """Describe a view; it stands below the route's own decorator."""

    def note(view: View) -> View:
        setattr(view, _ATTRIBUTE, RouteDocs(**words))
        return view

    return note


def docs_of(view: Callable[..., Any]) -> RouteDocs | None:
    """What was said of a view."""
    found: RouteDocs | None = getattr(view, _ATTRIBUTE, None)
    return found


def query_parameter(name: str, text: str, **schema: Any) -> dict[str, Any]:
    """A parameter of the query."""
    return {"name": name, "in": "query", "description": text, "schema": {"type": "string"} | schema}
