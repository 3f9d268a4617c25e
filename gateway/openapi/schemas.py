"""The shapes of the gateway's answers, as JSON Schema."""

from collections.abc import Mapping
from typing import Any

from gateway.executions.status import State

_TEXT = {"type": "string"}
_MAYBE_TEXT = {"type": ["string", "null"]}
_TIME = {"type": ["string", "null"], "format": "date-time"}
_COUNT = {"type": "integer", "minimum": 0}
_MAYBE_COUNT = {"type": ["integer", "null"], "minimum": 0}


def reference(schema: str | Mapping[str, Any]) -> Mapping[str, Any]:
    """A schema by its name, or as it is."""
    return {"$ref": f"#/components/schemas/{schema}"} if isinstance(schema, str) else schema


def _object(**properties: Any) -> dict[str, Any]:
    """An object that has all of these."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def _listed(items: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


_VERSION: dict[str, Any] = {
    "model_name": _TEXT,
    "model_version": _TEXT,
    "status": _TEXT,
    "findings": _listed(_TEXT),
    "aliases": _listed(_TEXT),
    "estimator": _MAYBE_TEXT,
    "generation": _COUNT,
    "file_size_bytes": _COUNT,
    "registered_at": _TIME,
}

SCHEMAS: dict[str, Any] = {
    "Health": _object(status={"const": "healthy"}, env=_TEXT),
    "About": _object(service={"const": "mlsys"}, env=_TEXT, routes=_listed(_TEXT)),
    "Launch": _object(
        status={"const": "accepted"},
        message=_TEXT,
        execution_id=_TEXT,
        run_id=_TEXT,
        launched={"type": "boolean", "description": "false when an earlier request launched it"},
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
        "description": "What a dry run found: model, input, estimate, quota and output.",
        "properties": {
            "status": {"const": "ok"},
            "message": _TEXT,
            "dry_run": {"const": True},
            "model": _object(name=_TEXT, version=_TEXT, generation=_COUNT, status=_TEXT),
            "input": _object(table=_TEXT, kind=_TEXT, rows=_MAYBE_COUNT, columns=_listed(_TEXT)),
            "estimate": _object(
                bytes=_MAYBE_COUNT,
                method=_TEXT,
                dollars={"type": ["number", "null"], "minimum": 0},
                max_bytes=_MAYBE_COUNT,
            ),
            "quota": _object(loads_of_a_day=_COUNT, limit=_COUNT),
            "output": _object(
                table=_TEXT,
                exists={"type": "boolean"},
                write_disposition=_TEXT,
                columns=_listed(_object(name=_TEXT, type=_TEXT)),
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
        caller=_MAYBE_TEXT,
        tasks={
            "type": ["object", "null"],
            "description": "null when Cloud Run has forgotten the execution",
            "properties": dict.fromkeys(
                ("total", "running", "succeeded", "failed", "cancelled", "retried"), _COUNT
            ),
        },
        attempts=_MAYBE_COUNT,
        created_at=_TIME,
        started_at=_TIME,
        completed_at=_TIME,
        progress={
            "type": ["object", "null"],
            "properties": {"rows_scored": _COUNT, "rows_estimated": _COUNT},
        },
        output_table=_MAYBE_TEXT,
        rows=_MAYBE_COUNT,
        outcome={"type": ["object", "null"], "description": "the row of `prediction_runs`"},
        error=_MAYBE_TEXT,
        log_uri=_TEXT,
    ),
    "Executions": _object(
        executions=_listed(
            _object(
                execution_id=_TEXT,
                job=_TEXT,
                run_id=_TEXT,
                state=reference("State"),
                tasks={"type": "object"},
                created_at=_TIME,
                started_at=_TIME,
                completed_at=_TIME,
                model_name=_MAYBE_TEXT,
                model_version=_MAYBE_TEXT,
                input_table=_MAYBE_TEXT,
                output_table=_MAYBE_TEXT,
                log_uri=_TEXT,
                status_url=_TEXT,
            )
        ),
        next_page_token={"type": "string", "description": "empty on the last page"},
    ),
    "Models": _object(
        models=_listed(
            _object(
                name=_TEXT,
                aliases={"type": "object", "additionalProperties": _TEXT},
                versions=_listed(_object(**_VERSION, description=_MAYBE_TEXT)),
            )
        )
    ),
    "ModelVersion": _object(
        **_VERSION,
        signature={"type": ["object", "null"]},
        metadata={"description": "what metadata.json says, null without one"},
    ),
    "Error": _object(
        error=_object(
            code={"type": "integer", "minimum": 400, "maximum": 599},
            message=_TEXT,
            status={"type": "string", "description": "a google.rpc.Code"},
            details=_listed({"type": "object", "required": ["@type"]}),
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
