"""What requests say in v1 and in v2: bodies, overrides, and the page of a list."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import request

from local.cloud_run.resources import JobDraft
from local.cloud_run.template import Container, ContainerOverride, Overrides, Template
from local.database import Page, Rows
from local.google_json import InvalidArgumentError, integer, seconds

type Json = Mapping[str, Any]

# What v1 shows in labels of its own comes back with an update.
_SYSTEM_LABELS = ("run.googleapis.com/", "cloud.googleapis.com/")

_MOST = 1000


def v1_draft(body: Json) -> JobDraft:
    """Return what the body of a create or a replace says of a job in v1."""
    metadata, execution = body["metadata"], body["spec"]["template"]
    spec = execution["spec"]
    task = spec["template"]["spec"]
    template = Template(
        container=_container_from(task.get("containers", [])),
        task_count=integer(spec.get("taskCount") or 1),
        parallelism=integer(spec.get("parallelism", 0)),
        max_retries=integer(task.get("maxRetries", 3)),
        timeout_seconds=seconds(task.get("timeoutSeconds", 600)),
        service_account=task.get("serviceAccountName", ""),
        labels=execution.get("metadata", {}).get("labels", {}),
        annotations=execution.get("metadata", {}).get("annotations", {}),
    )
    labels = metadata.get("labels", {})
    return JobDraft(
        template=template,
        labels={n: v for n, v in labels.items() if not n.startswith(_SYSTEM_LABELS)},
        annotations=metadata.get("annotations", {}),
    )


def v2_draft(body: Json) -> JobDraft:
    """Return what the body of a create or an update says of a job in v2."""
    execution = body.get("template", {})
    task = execution.get("template", {})
    template = Template(
        container=_container_from(task.get("containers", [])),
        task_count=integer(execution.get("taskCount") or 1),
        parallelism=integer(execution.get("parallelism", 0)),
        max_retries=integer(task.get("maxRetries", 3)),
        timeout_seconds=seconds(task.get("timeout", "600s")),
        service_account=task.get("serviceAccount", ""),
        labels=execution.get("labels", {}),
        annotations=execution.get("annotations", {}),
    )
    labels, annotations = body.get("labels", {}), body.get("annotations", {})
    return JobDraft(template=template, labels=labels, annotations=annotations)


def _container_from(bodies: list[Json]) -> Container:
    """Return the one container of a task.

    Raises:
        InvalidArgumentError: There is not exactly one; side-cars are not offered here.
    """
    if len(bodies) != 1:
        raise InvalidArgumentError("Violation in containers: exactly one is supported.")
    body = bodies[0]
    return Container(
        image=body.get("image", ""),
        name=body.get("name", ""),
        command=tuple(body.get("command", ())),
        args=tuple(body.get("args", ())),
        environment=_environment_from(body.get("env", ())),
        limits=dict(body.get("resources", {}).get("limits", {})),
    )


def overrides_from(body: Json, timeout_field: str) -> Overrides:
    """Return the overrides of one execution; the field of the time-out differs by API.

    Raises:
        InvalidArgumentError: A field is unknown: Cloud Run overrides nothing else.
    """
    _require_known_fields(body, {"containerOverrides", "taskCount", timeout_field})
    return Overrides(
        containers=tuple(_container_override_from(o) for o in body.get("containerOverrides", ())),
        task_count=integer(body["taskCount"]) if "taskCount" in body else None,
        timeout_seconds=seconds(body[timeout_field]) if timeout_field in body else None,
    )


def _container_override_from(body: Json) -> ContainerOverride:
    _require_known_fields(body, {"name", "args", "env", "clearArgs"})
    return ContainerOverride(
        name=body.get("name", ""),
        args=tuple(body.get("args", ())),
        environment=_environment_from(body.get("env", ())),
        clear_args=body.get("clearArgs", False),
    )


def _environment_from(variables: Iterable[Json]) -> dict[str, str]:
    for variable in variables:
        if "valueSource" in variable or "valueFrom" in variable:
            raise InvalidArgumentError("Violation in env: there is no Secret Manager here.")
    return {variable["name"]: variable.get("value", "") for variable in variables}


def _require_known_fields(body: Json, known: set[str]) -> None:
    for name in body.keys() - known:
        raise InvalidArgumentError(f'Invalid JSON payload received. Unknown name "{name}".')


def page(size_parameter: str, token_parameter: str) -> Page:
    """Return the page that the current request asks for; a token is the position to go on from.

    Raises:
        InvalidArgumentError: A parameter is not one that we gave out.
    """
    size = integer(request.args.get(size_parameter) or 100)
    token = request.args.get(token_parameter)
    if size < 1:
        raise InvalidArgumentError(f"The page size must be at least 1, not {size}.")
    return Page(min(size, _MOST), integer(token) if token else None)


def token[T](rows: Rows[T]) -> str | None:
    """Return the token of the next page, None at the end."""
    return None if rows.next is None else str(rows.next)
