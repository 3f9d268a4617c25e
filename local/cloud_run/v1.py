"""The stored model as the Knative-style API v1 shows it; pure.

https://cloud.google.com/run/docs/reference/rest/v1/namespaces.jobs
"""

from collections.abc import Iterable
from math import ceil

from local.cloud_run.rendering import (
    Condition,
    container_json,
    execution_conditions,
    job_condition,
    task_conditions,
)
from local.cloud_run.resources import Execution, Job
from local.cloud_run.tasks import Task
from local.cloud_run.template import Template
from local.google_json import timestamp, without_nulls

type Resource = dict[str, object]

JOB_LABEL = "run.googleapis.com/job"
EXECUTION_LABEL = "run.googleapis.com/execution"
_LOCATION_LABEL = "cloud.googleapis.com/location"
STATE_LABEL = "run.googleapis.com/runningState"
_CREATOR = "run.googleapis.com/creator"
_CALLER = "anonymous"  # nobody authenticates here
_API = "run.googleapis.com/v1"
_STATUSES = {True: "True", False: "False", None: "Unknown"}


def job(job: Job, latest: Execution | None) -> Resource:
    """Return a Job; `latest` is its last execution."""
    template = job.draft.template
    metadata = {"annotations": template.annotations, "labels": template.labels}
    spec = {"template": {"metadata": metadata, "spec": _execution_spec(template)}}
    status = without_nulls(
        observedGeneration=job.generation,
        conditions=[_condition(job_condition(job))],
        executionCount=job.execution_count,
        latestCreatedExecution=_reference(latest) if latest else None,
    )
    return {
        "apiVersion": _API,
        "kind": "Job",
        "metadata": _metadata(
            job,
            job.draft.labels
            | {"run.googleapis.com/lastUpdatedTime": str(timestamp(job.updated_at))},
            job.draft.annotations | {_CREATOR: _CALLER, "run.googleapis.com/lastModifier": _CALLER},
        ),
        "spec": spec,
        "status": status,
    }


def _reference(execution: Execution) -> Resource:
    return without_nulls(
        name=execution.name,
        creationTimestamp=timestamp(execution.created_at),
        completionTimestamp=timestamp(execution.completed_at),
        completionStatus=execution.state,
    )


def execution(execution: Execution, log_root: str) -> Resource:
    """Return an Execution; counts that are zero are left out."""
    counts = execution.counts
    status = without_nulls(
        observedGeneration=1,
        conditions=[_condition(condition) for condition in execution_conditions(execution)],
        startTime=timestamp(execution.started_at),
        completionTime=timestamp(execution.completed_at),
        runningCount=counts.running or None,
        succeededCount=counts.succeeded or None,
        failedCount=counts.failed or None,
        cancelledCount=counts.cancelled or None,
        retriedCount=counts.retried or None,
        logUri=f"{log_root}/{execution.name}",
    )
    return {
        "apiVersion": _API,
        "kind": "Execution",
        "metadata": _metadata(
            execution,
            execution.labels | {JOB_LABEL: execution.job},
            execution.template.annotations | {_CREATOR: _CALLER},
        ),
        "spec": _execution_spec(execution.template),
        "status": status,
    }


def task(task: Task, execution: Execution, log_root: str) -> Resource:
    """Return a Task."""
    result = task.last_result
    status = without_nulls(
        observedGeneration=1,
        conditions=[_condition(condition) for condition in task_conditions(task)],
        index=task.index,
        startTime=timestamp(task.started_at),
        completionTime=timestamp(task.completed_at),
        retried=task.retried,
        lastAttemptResult=result
        and {
            "status": {"code": result.code, "message": result.message},
            "exitCode": result.exit_code,
        },
        logUri=f"{log_root}/{execution.name}",
    )
    labels = {
        JOB_LABEL: execution.job,
        EXECUTION_LABEL: execution.name,
        STATE_LABEL: task.state.value,
        _LOCATION_LABEL: execution.region,
    }
    metadata = {
        "name": task.name,
        "namespace": execution.project,
        "uid": task.uid,
        "generation": 1,
        "creationTimestamp": timestamp(task.created_at),
        "labels": labels,
        "annotations": {},
    }
    return {
        "apiVersion": _API,
        "kind": "Task",
        "metadata": metadata,
        "spec": _task_spec(execution.template),
        "status": status,
    }


def listing(kind: str, items: Iterable[Resource], next_page: str | None) -> Resource:
    """Return a list of resources of one kind."""
    metadata = without_nulls(**{"continue": next_page})
    return {"apiVersion": _API, "kind": f"{kind}List", "metadata": metadata, "items": list(items)}


def _metadata(
    resource: Job | Execution, labels: dict[str, str], annotations: dict[str, str]
) -> Resource:
    generation = resource.generation if isinstance(resource, Job) else 1
    return {
        "name": resource.name,
        "namespace": resource.project,
        "uid": resource.uid,
        "generation": generation,
        "resourceVersion": f"{resource.uid}-{generation}",
        "creationTimestamp": timestamp(resource.created_at),
        "labels": labels | {_LOCATION_LABEL: resource.region},
        "annotations": annotations,
    }


def _execution_spec(template: Template) -> Resource:
    return {
        "taskCount": template.task_count,
        **({"parallelism": template.parallelism} if template.parallelism else {}),
        "template": {"spec": _task_spec(template)},
    }


def _task_spec(template: Template) -> Resource:
    return without_nulls(
        containers=[container_json(template.container)],
        maxRetries=template.max_retries,
        timeoutSeconds=str(ceil(template.timeout_seconds)),
        serviceAccountName=template.service_account or None,
    )


def _condition(condition: Condition) -> Resource:
    return without_nulls(
        type=condition.type,
        status=_STATUSES[condition.satisfied],
        reason=condition.reason or None,
        message=condition.message or None,
        lastTransitionTime=timestamp(condition.changed_at),
    )
