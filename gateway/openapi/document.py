"""The OpenAPI document of the routes: made of the definitions that the code itself uses.

Source: https://spec.openapis.org/oas/v3.1.0
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import Field, fields
from http import HTTPStatus
from inspect import getdoc
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from gateway.auth.permissions import Action, action_of
from gateway.http.operation import RouteDocs, Schema, docs_of, query_parameter
from gateway.launching.launch_options import Options
from gateway.openapi.schemas import SCHEMAS, reference
from shared.request.parameters import is_list, is_required
from shared.request.prediction import PredictionRequest

_METHODS = ("GET", "POST")
_EVERY_REFUSAL = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.REQUEST_URI_TOO_LONG,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
_EXAMPLES = {
    "env": "dev",
    "input_table": "titanic.passengers",
    "output_table": "titanic.predictions",
    "model_name": "titanic-survival",
    "model_version": "v1",
    "key_columns": ["PassengerId"],
    "row_filter": "Age >= 18",
    "as_of": "2026-01-31T09:00:00Z",
    "write_disposition": "append",
    "run_id": "monday",
    "tasks": "4",
    "max_bytes": "1000000000",
    "dry_run": "true",
}
_KEY = {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$"}

SCAN_PARAMETERS: tuple[Schema, ...] = (
    query_parameter("env", "deployment whose registry is scanned") | {"required": True},
    query_parameter("run_id", "the same id again gets the same execution back", **_KEY),
)
KEY_HEADERS: tuple[Schema, ...] = (
    {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "the run_id; the same key gets the same execution back",
        "schema": _KEY,
    },
    {
        "name": "X-CloudScheduler-ScheduleTime",
        "in": "header",
        "description": "the slot of a firing, which is its key",
        "schema": {"type": "string", "format": "date-time"},
    },
)


def document(app: Flask, *, environment: str) -> dict[str, Any]:
    """The OpenAPI document of an application."""
    paths: dict[str, dict[str, Any]] = {}
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if said := docs_of(view):
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
            paths.setdefault(path, {}).update(_operations(rule, view, said))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"MLSys gateway ({environment})",
            "version": "1",
            "description": "Scores BigQuery tables with registered models, as Cloud Run Jobs.",
        },
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": SCHEMAS | {"Prediction": _prediction_schema()},
            "securitySchemes": {
                "identity": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
            },
        },
        "security": [{"identity": []}, {"key": []}, {}],
    }


def prediction_parameters() -> list[dict[str, Any]]:
    """The parameters of a prediction, as the query spells them."""
    return [
        {
            "name": each.name,
            "in": "query",
            "required": is_required(each),
            "description": each.metadata["description"],
            "schema": _schema(each),
            "example": _EXAMPLES[each.name],
        }
        for each in _prediction_fields()
    ]


def _prediction_fields() -> Iterator["Field[Any]"]:
    yield from fields(PredictionRequest)
    yield from fields(Options)


def _schema(each: "Field[Any]") -> dict[str, Any]:
    text = {"type": "string"}
    return {"type": "array", "items": text} if is_list(each) else text


def _prediction_schema() -> dict[str, Any]:
    raw = {
        each.name: _schema(each) | {"description": each.metadata["description"]}
        for each in _prediction_fields()
    }
    names = [each.name for each in _prediction_fields() if is_required(each)]
    example = {name: _EXAMPLES[name] for name in names}
    return {"type": "object", "properties": raw, "required": names, "examples": [example]}


def _operations(rule: Rule, view: Any, said: RouteDocs) -> Iterator[tuple[str, Any]]:
    for method in _METHODS:
        if method in (rule.methods or ()):
            yield method.lower(), _operation(rule, view, said, method)


def _operation(rule: Rule, view: Any, said: RouteDocs, method: str) -> dict[str, Any]:
    summary, _, text = (getdoc(view) or "").partition("\n")
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in sorted(rule.arguments)
    ]
    given = {
        "operationId": f"{method.lower()}_{rule.endpoint.rpartition('.')[2]}",
        "summary": summary.rstrip("."),
        "parameters": [*in_path, *_spelled(said, method)],
        "responses": dict(_answers(rule, view, said)),
    }
    if text.strip():
        given["description"] = text.partition("\nRaises:")[0].strip()
    if said.body and method == "POST":
        content = {"application/json": {"schema": reference(said.body)}}
        given["requestBody"] = {"content": content, "required": False}
    return given


def _spelled(said: RouteDocs, method: str) -> list[Schema]:
    if method == "GET" or not said.body:
        return list(said.parameters)
    # With a body the query may be empty: only together are they complete.
    return [{**each, "required": False} for each in said.parameters]


def _answers(rule: Rule, view: Any, said: RouteDocs) -> Iterator[tuple[str, Any]]:
    for status, schema in said.answers.items():
        content = {media: {"schema": reference(schema)} for media in said.media}
        yield str(int(status)), {"description": status.phrase, "content": content}
    action = action_of(view)
    refusals = set(said.refusals) | (set() if action is Action.ASK_HEALTH else {*_EVERY_REFUSAL})
    if rule.arguments:
        refusals.add(HTTPStatus.NOT_FOUND)
    if action.has_effect:
        refusals.add(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    error: Mapping[str, Any] = {"application/json": {"schema": reference("Error")}}
    for status in sorted(refusals):
        yield str(int(status)), {"description": status.phrase, "content": error}
