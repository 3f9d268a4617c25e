"""The API v1 over HTTP, as `gcloud run jobs` speaks it: the region is in the host's name."""

import re

from flask import Blueprint, current_app, request

from local.cloud_run import v1
from local.cloud_run.control_plane import control_plane
from local.cloud_run.parsing import overrides_from, page, token, v1_draft
from local.cloud_run.resources import Execution, Job, JobName
from local.cloud_run.tasks import TaskState
from local.cloud_run.v1 import Resource
from local.google_json import InvalidArgumentError

v1_routes = Blueprint("v1", __name__, url_prefix="/apis/run.googleapis.com/v1/namespaces/<project>")

_SUCCESS: Resource = {"apiVersion": "v1", "kind": "Status", "status": "Success"}
_REGION = re.compile(r"([a-z]+-[a-z]+\d+)-")
_SELECTOR = re.compile(r"([\w./-]+)\s*(?:=\s*([\w-]+)|in\s*\(([^)]*)\))")


@v1_routes.get("/jobs")
def list_jobs(project: str) -> Resource:
    """Serve jobs.list."""
    rows = control_plane().jobs(project, _named_region(), page("limit", "continue"))
    return v1.listing("Job", map(_job, rows.items), token(rows))


@v1_routes.post("/jobs")
def create_job(project: str) -> Resource:
    """Serve jobs.create."""
    body = request.get_json()
    name = JobName(project, _region(), body["metadata"]["name"])
    return _job(control_plane().create_job(name, v1_draft(body)))


@v1_routes.get("/jobs/<job>")
def get_job(project: str, job: str) -> Resource:
    """Serve jobs.get."""
    return _job(control_plane().job(JobName(project, _region(), job)))


@v1_routes.put("/jobs/<job>")
def replace_job(project: str, job: str) -> Resource:
    """Serve jobs.replaceJob."""
    draft = v1_draft(request.get_json())
    return _job(control_plane().replace_job(JobName(project, _region(), job), draft))


@v1_routes.delete("/jobs/<job>")
def delete_job(project: str, job: str) -> Resource:
    """Serve jobs.delete."""
    control_plane().delete_job(JobName(project, _region(), job))
    return _SUCCESS


@v1_routes.post("/jobs/<job>:run")
def run_job(project: str, job: str) -> Resource:
    """Serve jobs.run."""
    body = request.get_json() if request.data else {}
    overrides = overrides_from(body.get("overrides", {}), timeout_field="timeoutSeconds")
    return _execution(control_plane().run_job(JobName(project, _region(), job), overrides))


@v1_routes.get("/executions")
def list_executions(project: str) -> Resource:
    """Serve executions.list."""
    jobs = _selected().get(v1.JOB_LABEL, [None])
    rows = control_plane().executions(project, _named_region(), jobs[0], page("limit", "continue"))
    return v1.listing("Execution", map(_execution, rows.items), token(rows))


@v1_routes.get("/executions/<execution>")
def get_execution(project: str, execution: str) -> Resource:
    """Serve executions.get."""
    return _execution(control_plane().execution(_any_job(project), execution))


@v1_routes.post("/executions/<execution>:cancel")
def cancel_execution(project: str, execution: str) -> Resource:
    """Serve executions.cancel."""
    return _execution(control_plane().cancel_execution(_any_job(project), execution))


@v1_routes.delete("/executions/<execution>")
def delete_execution(project: str, execution: str) -> Resource:
    """Serve executions.delete."""
    control_plane().delete_execution(_any_job(project), execution)
    return _SUCCESS


@v1_routes.get("/tasks")
def list_tasks(project: str) -> Resource:
    """Serve tasks.list."""
    selected = _selected()
    if v1.EXECUTION_LABEL not in selected:
        raise InvalidArgumentError(f"The label selector must name {v1.EXECUTION_LABEL}.")
    plane = control_plane()
    parent = plane.execution(_any_job(project), selected[v1.EXECUTION_LABEL][0])
    states = [TaskState(state) for state in selected.get(v1.STATE_LABEL, TaskState)]
    rows = plane.tasks(parent.name, states, page("limit", "continue"))
    tasks = [v1.task(task, parent, plane.log_root) for task in rows.items]
    return v1.listing("Task", tasks, token(rows))


@v1_routes.get("/tasks/<task>")
def get_task(project: str, task: str) -> Resource:
    """Serve tasks.get."""
    plane = control_plane()
    parent = plane.execution(_any_job(project), task.rpartition("-task")[0])
    return v1.task(plane.task(parent, task), parent, plane.log_root)


def _any_job(project: str) -> JobName:
    return JobName(project, _region(), "")


def _region() -> str:
    return _named_region() or current_app.config["REGION"]


def _named_region() -> str | None:
    # gcloud reaches `europe-west1-run.local` for one region, and `run.local` for all of them.
    match = _REGION.match(request.host)
    return match[1] if match else None


def _selected() -> dict[str, list[str]]:
    """Return the values of each label that the request selects by: `a = b,c in (d,e)`."""
    matches = _SELECTOR.findall(request.args.get("labelSelector", ""))
    return {label: (one or several).split(",") for label, one, several in matches}


def _job(job: Job) -> Resource:
    return v1.job(job, control_plane().latest_execution(job))


def _execution(execution: Execution) -> Resource:
    return v1.execution(execution, control_plane().log_root)
