"""The OpenAPI document of the routes, built from the definitions that the code itself uses.

Source: https://spec.openapis.org/oas/v3.1.0
"""

import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from inspect import getdoc
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from gateway.auth.authorization import Permission, required_permission
from gateway.http.openapi_operation import Operation, Schema, operation_of
from gateway.launching.parameter_docs import prediction_schema
from gateway.openapi.schemas import SCHEMAS, reference

_METHODS = ("GET", "POST")
_COMMON_ERRORS = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.REQUEST_URI_TOO_LONG,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.SERVICE_UNAVAILABLE,
)


def document(app: Flask, *, environment: str) -> dict[str, Any]:
    """The OpenAPI document of an application; views without an operation are left out."""
    paths: dict[str, dict[str, Any]] = {}
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if operation := operation_of(view):
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
            paths.setdefault(path, {}).update(_operations(rule, view, operation))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"MLSys gateway ({environment})",
            "version": "1",
            "description": "Scores BigQuery tables with registered models, as Cloud Run Jobs.",
        },
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": SCHEMAS | {"Prediction": prediction_schema()},
            "securitySchemes": {
                "identity": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
            },
        },
        "security": [{"identity": []}, {"key": []}, {}],
    }


def _operations(rule: Rule, view: Any, operation: Operation) -> Iterator[tuple[str, Any]]:
    for method in _METHODS:
        if method in (rule.methods or ()):
            yield method.lower(), _operation(rule, view, operation, method)


def _operation(rule: Rule, view: Any, operation: Operation, method: str) -> dict[str, Any]:
    summary, _, text = (getdoc(view) or "").partition("\n")
    path_parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in sorted(rule.arguments)
    ]
    built = {
        "operationId": f"{method.lower()}_{rule.endpoint.rpartition('.')[2]}",
        "summary": summary.rstrip("."),
        "parameters": [*path_parameters, *_parameters(operation, method)],
        "responses": dict(_responses(rule, view, operation)),
    }
    if text.strip():
        built["description"] = text.partition("\nRaises:")[0].strip()
    if operation.request_body and method == "POST":
        content = {"application/json": {"schema": reference(operation.request_body)}}
        built["requestBody"] = {"content": content, "required": False}
    return built


def _parameters(operation: Operation, method: str) -> list[Schema]:
    if method == "GET" or not operation.request_body:
        return list(operation.parameters)
    # The body can hold any parameter, so the query requires none.
    return [{**each, "required": False} for each in operation.parameters]


def _responses(rule: Rule, view: Any, operation: Operation) -> Iterator[tuple[str, Any]]:
    for status, schema in operation.responses.items():
        content = {"application/json": {"schema": reference(schema)}}
        yield str(int(status)), {"description": status.phrase, "content": content}
    error: Mapping[str, Any] = {"application/json": {"schema": reference("Error")}}
    for status in sorted(_errors(rule, required_permission(view), operation)):
        yield str(int(status)), {"description": status.phrase, "content": error}


def _errors(rule: Rule, permission: Permission, operation: Operation) -> set[HTTPStatus]:
    errors = set(operation.errors)
    if permission is not Permission.NONE:
        errors |= set(_COMMON_ERRORS)
    if rule.arguments:
        errors.add(HTTPStatus.NOT_FOUND)
    if permission.has_effect:
        errors.add(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return errors
