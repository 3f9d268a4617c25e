"""The schemas of the gateway's request and response bodies, as JSON Schema."""

from collections.abc import Mapping
from typing import Any

from gateway.executions.status import State

_TEXT = {"type": "string"}
_NULLABLE_TEXT = {"type": ["string", "null"]}
_TIME = {"type": ["string", "null"], "format": "date-time"}
_COUNT = {"type": "integer", "minimum": 0}
_NULLABLE_COUNT = {"type": ["integer", "null"], "minimum": 0}


def reference(schema: str | Mapping[str, Any]) -> Mapping[str, Any]:
    """A reference to a named schema; a schema itself is returned unchanged."""
    return {"$ref": f"#/components/schemas/{schema}"} if isinstance(schema, str) else schema


def _object(**properties: Any) -> dict[str, Any]:
    """An object that requires all of these properties."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def _array(items: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


_VERSION: dict[str, Any] = {
    "model_name": _TEXT,
    "model_version": _TEXT,
    "status": _TEXT,
    "findings": _array(_TEXT),
    "aliases": _array(_TEXT),
    "estimator": _NULLABLE_TEXT,
    "generation": _COUNT,
    "file_size_bytes": _COUNT,
    "registered_at": _TIME,
}

SCHEMAS: dict[str, Any] = {
    "Health": _object(status={"const": "healthy"}, env=_TEXT),
    "Service": _object(service={"const": "mlsys"}, env=_TEXT, routes=_array(_TEXT)),
    "Launch": _object(
        status={"const": "accepted"},
        message=_TEXT,
        execution_id=_TEXT,
        run_id=_TEXT,
        launched={
            "type": "boolean",
            "description": "false when an earlier request launched the run",
        },
        status_url=_TEXT,
    )
    | {
        "examples": [
            {
                "status": "accepted",
                "message": "prediction launched",
                "execution_id": "mlsys-predict-dev-x7k2p",
                "run_id": "monday",
                "launched": True,
                "status_url": "/executions/mlsys-predict-dev-x7k2p",
            }
        ]
    },
    "Scan": _object(env=_TEXT)
    | {"properties": {"env": _TEXT, "run_id": _TEXT}, "examples": [{"env": "dev"}]},
    "Report": {
        "type": "object",
        "description": "The result of a dry run: model, input, estimate, quota and output.",
        "properties": {
            "status": {"const": "ok"},
            "message": _TEXT,
            "dry_run": {"const": True},
            "model": _object(name=_TEXT, version=_TEXT, generation=_COUNT, status=_TEXT),
            "input": _object(table=_TEXT, kind=_TEXT, rows=_NULLABLE_COUNT, columns=_array(_TEXT)),
            "estimate": _object(
                bytes=_NULLABLE_COUNT,
                method=_TEXT,
                dollars={"type": ["number", "null"], "minimum": 0},
                max_bytes=_NULLABLE_COUNT,
            ),
            "quota": _object(loads_of_a_day=_COUNT, limit=_COUNT),
            "output": _object(
                table=_TEXT,
                exists={"type": "boolean"},
                write_disposition=_TEXT,
                columns=_array(_object(name=_TEXT, type=_TEXT)),
            ),
        },
        "required": ["status", "message", "dry_run"],
    },
    "State": {"type": "string", "enum": [str(state) for state in State]},
    "Execution": _object(
        execution_id=_TEXT,
        job=_TEXT,
        run_id=_TEXT,
        state=reference("State"),
        caller=_NULLABLE_TEXT,
        tasks={
            "type": ["object", "null"],
            "description": "null when Cloud Run has deleted the execution",
            "properties": dict.fromkeys(
                ("total", "running", "succeeded", "failed", "cancelled", "retried"), _COUNT
            ),
        },
        attempts=_NULLABLE_COUNT,
        created_at=_TIME,
        started_at=_TIME,
        completed_at=_TIME,
        progress={
            "type": ["object", "null"],
            "properties": {"rows_scored": _COUNT, "rows_estimated": _COUNT},
        },
        output_table=_NULLABLE_TEXT,
        rows=_NULLABLE_COUNT,
        outcome={"type": ["object", "null"], "description": "the row of `prediction_runs`"},
        error=_NULLABLE_TEXT,
        log_uri=_TEXT,
    ),
    "Executions": _object(
        executions=_array(
            _object(
                execution_id=_TEXT,
                job=_TEXT,
                run_id=_TEXT,
                state=reference("State"),
                tasks={"type": "object"},
                created_at=_TIME,
                started_at=_TIME,
                completed_at=_TIME,
                model_name=_NULLABLE_TEXT,
                model_version=_NULLABLE_TEXT,
                input_table=_NULLABLE_TEXT,
                output_table=_NULLABLE_TEXT,
                log_uri=_TEXT,
                status_url=_TEXT,
            )
        ),
        next_page_token={"type": "string", "description": "empty on the last page"},
    ),
    "Models": _object(
        models=_array(
            _object(
                name=_TEXT,
                aliases={"type": "object", "additionalProperties": _TEXT},
                versions=_array(_object(**_VERSION, description=_NULLABLE_TEXT)),
            )
        )
    ),
    "ModelVersion": _object(
        **_VERSION,
        signature={"type": ["object", "null"]},
        metadata={"description": "the content of metadata.json, null when there is none"},
    ),
    "Error": _object(
        error=_object(
            code={"type": "integer", "minimum": 400, "maximum": 599},
            message=_TEXT,
            status={"type": "string", "description": "a google.rpc.Code"},
            details=_array({"type": "object", "required": ["@type"]}),
        ),
        status={"const": "error"},
        message=_TEXT,
    )
    | {
        "examples": [
            {
                "error": {
                    "code": 404,
                    "message": "model titanic/v9 is not in the registry",
                    "status": "NOT_FOUND",
                    "details": [
                        {
                            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                            "reason": "MODEL_NOT_FOUND",
                            "domain": "mlsys",
                            "metadata": {"model": "titanic/v9"},
                        }
                    ],
                },
                "status": "error",
                "message": "model titanic/v9 is not in the registry",
            }
        ]
    },
}
