"""The Admin API v2 over HTTP, as `google-cloud-run` speaks it with transport="rest"."""

from typing import Any

from flask import Blueprint, request

from local.cloud_run import v2
from local.cloud_run.control_plane import control_plane
from local.cloud_run.parsing import overrides_from, page, token, v2_draft
from local.cloud_run.resources import Execution, Job, JobName
from local.cloud_run.store import Operation
from local.cloud_run.tasks import TaskState
from local.cloud_run.v2 import Resource
from local.google_json import NotFoundError, seconds, without_nulls

v2_routes = Blueprint("v2", __name__, url_prefix="/v2/projects/<project>/locations/<region>")

_EXECUTIONS = "/jobs/<job>/executions"
_EXECUTION = f"{_EXECUTIONS}/<execution>"


@v2_routes.post("/jobs")
def create_job(project: str, region: str) -> Resource:
    """Serve jobs.create."""
    name = JobName(project, region, request.args.get("jobId", ""))
    draft = v2_draft(request.get_json())
    job = control_plane().create_job(name, draft, validate_only=_validate_only())
    return _begun_operation(job)


@v2_routes.get("/jobs")
def list_jobs(project: str, region: str) -> Resource:
    """Serve jobs.list."""
    rows = control_plane().jobs(project, region, page("pageSize", "pageToken"))
    return without_nulls(jobs=[_job(job) for job in rows.items], nextPageToken=token(rows))


@v2_routes.get("/jobs/<job>")
def get_job(project: str, region: str, job: str) -> Resource:
    """Serve jobs.get."""
    return _job(control_plane().job(JobName(project, region, job)))


@v2_routes.patch("/jobs/<job>")
def update_job(project: str, region: str, job: str) -> Resource:
    """Serve jobs.patch."""
    name, draft = JobName(project, region, job), v2_draft(request.get_json())
    validate_only = _validate_only()
    try:
        return _begun_operation(
            control_plane().replace_job(name, draft, validate_only=validate_only)
        )
    except NotFoundError:
        if request.args.get("allowMissing") != "true":
            raise
    return _begun_operation(control_plane().create_job(name, draft, validate_only=validate_only))


@v2_routes.delete("/jobs/<job>")
def delete_job(project: str, region: str, job: str) -> Resource:
    """Serve jobs.delete."""
    name = JobName(project, region, job)
    if _validate_only():
        return _begun_operation(control_plane().job(name))
    return _begun_operation(control_plane().delete_job(name))


@v2_routes.post("/jobs/<job>:run")
def run_job(project: str, region: str, job: str) -> Resource:
    """Serve jobs.run."""
    body = _body()
    overrides = overrides_from(body.get("overrides", {}), timeout_field="timeout")
    name, validate_only = JobName(project, region, job), body.get("validateOnly", False)
    execution = control_plane().run_job(name, overrides, validate_only=validate_only)
    if validate_only:
        return {"done": True, "metadata": _typed(execution), "response": _typed(execution)}
    return _begun_operation(execution)


@v2_routes.get(_EXECUTIONS)
def list_executions(project: str, region: str, job: str) -> Resource:
    """Serve jobs.executions.list."""
    plane, wanted = control_plane(), None if job == "-" else job
    rows = plane.executions(project, region, wanted, page("pageSize", "pageToken"))
    executions = [v2.execution(execution, plane.log_root) for execution in rows.items]
    return without_nulls(executions=executions, nextPageToken=token(rows))


@v2_routes.get(_EXECUTION)
def get_execution(project: str, region: str, job: str, execution: str) -> Resource:
    """Serve jobs.executions.get."""
    plane = control_plane()
    return v2.execution(plane.execution(JobName(project, region, job), execution), plane.log_root)


@v2_routes.post(f"{_EXECUTION}:cancel")
def cancel_execution(project: str, region: str, job: str, execution: str) -> Resource:
    """Serve jobs.executions.cancel."""
    name = JobName(project, region, job)
    if _body().get("validateOnly"):
        return _begun_operation(control_plane().execution(name, execution))
    return _begun_operation(control_plane().cancel_execution(name, execution))


@v2_routes.delete(_EXECUTION)
def delete_execution(project: str, region: str, job: str, execution: str) -> Resource:
    """Serve jobs.executions.delete."""
    name = JobName(project, region, job)
    if _validate_only():
        return _begun_operation(control_plane().execution(name, execution))
    return _begun_operation(control_plane().delete_execution(name, execution))


@v2_routes.get(f"{_EXECUTION}/tasks")
def list_tasks(project: str, region: str, job: str, execution: str) -> Resource:
    """Serve jobs.executions.tasks.list."""
    plane = control_plane()
    parent = plane.execution(JobName(project, region, job), execution)
    rows = plane.tasks(execution, list(TaskState), page("pageSize", "pageToken"))
    tasks = [v2.task(task, parent, plane.log_root) for task in rows.items]
    return without_nulls(tasks=tasks, nextPageToken=token(rows))


@v2_routes.get(f"{_EXECUTION}/tasks/<task>")
def get_task(project: str, region: str, job: str, execution: str, task: str) -> Resource:
    """Serve jobs.executions.tasks.get."""
    plane = control_plane()
    parent = plane.execution(JobName(project, region, job), execution)
    return v2.task(plane.task(parent, task), parent, plane.log_root)


@v2_routes.get("/operations/<operation>")
def get_operation(project: str, region: str, operation: str) -> Resource:
    """Serve operations.get."""
    return _operation(control_plane().operation(project, region, operation))


@v2_routes.post("/operations/<operation>:wait")
def wait_operation(project: str, region: str, operation: str) -> Resource:
    """Serve operations.wait."""
    found = control_plane().operation(project, region, operation)
    return _operation(found, wait_seconds=seconds(_body().get("timeout", "30s")))


def _begun_operation(outcome: Job | Execution) -> Resource:
    return _operation(control_plane().begin_operation(outcome.project, outcome.region, outcome))


def _operation(operation: Operation, wait_seconds: float = 0) -> Resource:
    plane = control_plane()
    outcome = plane.outcome(operation, wait_seconds)
    if isinstance(outcome, Job):
        return v2.operation(operation, _job(outcome), None)
    return v2.operation(operation, v2.execution(outcome, plane.log_root), outcome)


def _job(job: Job) -> Resource:
    return v2.job(job, control_plane().latest_execution(job))


def _typed(execution: Execution) -> Resource:
    typed = {"@type": "type.googleapis.com/google.cloud.run.v2.Execution"}
    return typed | v2.execution(execution, control_plane().log_root)


def _body() -> dict[str, Any]:
    return request.get_json() if request.data else {}


def _validate_only() -> bool:
    return request.args.get("validateOnly") == "true"
