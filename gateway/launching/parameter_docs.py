"""The OpenAPI parameters and request bodies of the routes that launch."""

from collections.abc import Iterator
from dataclasses import Field, fields
from typing import Any

from gateway.http.openapi_operation import Schema, query_parameter
from gateway.launching.launch_options import LaunchOptions
from shared.request.parameters import is_list, is_required
from shared.request.prediction_request import PredictionRequest

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
_RUN_ID = {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$"}

SCAN_PARAMETERS: tuple[Schema, ...] = (
    query_parameter("env", "deployment whose registry is scanned") | {"required": True},
    query_parameter("run_id", "the same id again gets the same execution back", **_RUN_ID),
)
IDEMPOTENCY_HEADERS: tuple[Schema, ...] = (
    {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "the run_id; the same key gets the same execution back",
        "schema": _RUN_ID,
    },
    {
        "name": "X-CloudScheduler-ScheduleTime",
        "in": "header",
        "description": "the time that Cloud Scheduler fires for; it serves as the key",
        "schema": {"type": "string", "format": "date-time"},
    },
)


def prediction_parameters() -> list[dict[str, Any]]:
    """The query parameters of a prediction."""
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


def prediction_schema() -> dict[str, Any]:
    """The schema of a prediction as a JSON body."""
    properties = {
        each.name: _schema(each) | {"description": each.metadata["description"]}
        for each in _prediction_fields()
    }
    required = [each.name for each in _prediction_fields() if is_required(each)]
    example = {name: _EXAMPLES[name] for name in required}
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "examples": [example],
    }


def _prediction_fields() -> Iterator["Field[Any]"]:
    yield from fields(PredictionRequest)
    yield from fields(LaunchOptions)


def _schema(each: "Field[Any]") -> dict[str, Any]:
    text = {"type": "string"}
    return {"type": "array", "items": text} if is_list(each) else text
