"""The stored model as the Admin API v2 shows it; pure.

https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.jobs
"""

from local.cloud_run.rendering import (
    Condition,
    container_json,
    execution_conditions,
    job_condition,
    task_conditions,
)
from local.cloud_run.resources import Execution, ExecutionState, Job
from local.cloud_run.store import Operation
from local.cloud_run.tasks import UNFINISHED, Code, Task
from local.cloud_run.template import Template
from local.google_json import duration, timestamp, without_nulls

type Resource = dict[str, object]

_STATES = {True: "CONDITION_SUCCEEDED", False: "CONDITION_FAILED", None: "CONDITION_RECONCILING"}
_REASONS = {
    "NonZeroExitCode": "NON_ZERO_EXIT_CODE",
    "Cancelled": "CANCELLED",
    "Cancelling": "CANCELLING",
}
_SYSTEM_NAMESPACES = (
    "run.googleapis.com/",
    "cloud.googleapis.com/",
    "serving.knative.dev/",
    "autoscaling.knative.dev/",
)


def job(job: Job, latest: Execution | None) -> Resource:
    """Return a Job; `latest` is its last execution."""
    condition = _condition(job_condition(job))
    return without_nulls(
        name=f"{_location(job)}/jobs/{job.name}",
        uid=job.uid,
        generation=str(job.generation),
        observedGeneration=str(job.generation),
        labels=job.draft.labels,
        annotations=_user_defined(job.draft.annotations),
        createTime=timestamp(job.created_at),
        updateTime=timestamp(job.updated_at),
        launchStage="GA",
        template=_execution_template(job.draft.template),
        terminalCondition=condition,
        conditions=[condition],
        executionCount=job.execution_count,
        latestCreatedExecution=_reference(latest) if latest else None,
    )


def _reference(execution: Execution) -> Resource:
    return without_nulls(
        name=execution_name(execution),
        createTime=timestamp(execution.created_at),
        completionTime=timestamp(execution.completed_at),
        deleteTime=timestamp(execution.deleted_at),
        completionStatus=execution.state,
    )


def execution(execution: Execution, log_root: str) -> Resource:
    """Return an Execution."""
    completed, resources, started, container = execution_conditions(execution)
    counts = execution.counts
    return without_nulls(
        name=execution_name(execution),
        uid=execution.uid,
        generation="1",
        observedGeneration="1",
        labels=execution.labels,
        createTime=timestamp(execution.created_at),
        startTime=timestamp(execution.started_at),
        completionTime=timestamp(execution.completed_at),
        updateTime=timestamp(execution.updated_at),
        deleteTime=timestamp(execution.deleted_at),
        launchStage="GA",
        job=execution.job,
        parallelism=execution.template.parallelism,
        taskCount=execution.template.task_count,
        template=_task_template(execution.template),
        reconciling=not execution.completed_at,
        conditions=[_condition(each) for each in (started, completed, container, resources)],
        runningCount=counts.running,
        succeededCount=counts.succeeded,
        failedCount=counts.failed,
        cancelledCount=counts.cancelled,
        retriedCount=counts.retried,
        logUri=f"{log_root}/{execution.name}",
    )


def execution_name(execution: Execution) -> str:
    """Return the full name of an execution."""
    return f"{_location(execution)}/jobs/{execution.job}/executions/{execution.name}"


def task(task: Task, execution: Execution, log_root: str) -> Resource:
    """Return a Task."""
    result = task.last_result
    template = _task_template(execution.template)
    return template | without_nulls(
        name=f"{execution_name(execution)}/tasks/{task.name}",
        uid=task.uid,
        generation="1",
        observedGeneration="1",
        labels=execution.labels,
        createTime=timestamp(task.created_at),
        scheduledTime=timestamp(task.started_at),
        startTime=timestamp(task.started_at),
        completionTime=timestamp(task.completed_at),
        updateTime=timestamp(task.completed_at or task.started_at or task.created_at),
        job=execution.job,
        execution=execution.name,
        reconciling=task.state in UNFINISHED,
        conditions=[_condition(condition) for condition in task_conditions(task)],
        index=task.index,
        retried=task.retried,
        lastAttemptResult=result
        and {
            "status": {"code": result.code, "message": result.message},
            "exitCode": result.exit_code,
            "termSignal": result.term_signal,
        },
        logUri=f"{log_root}/{execution.name}",
    )


def operation(operation: Operation, outcome: Resource, execution: Execution | None) -> Resource:
    """Return an Operation; of an execution it ends when that ends.

    A failed execution is an error. A cancelled one is none, as in the real service: its counts
    show that it was cancelled.
    """
    done = execution is None or execution.completed_at is not None
    kind = "Job" if execution is None else "Execution"
    typed = {"@type": f"type.googleapis.com/google.cloud.run.v2.{kind}"} | outcome
    failed = execution is not None and execution.state is ExecutionState.FAILED
    return without_nulls(
        name=f"{_location(operation)}/operations/{operation.id}",
        metadata=typed,
        done=done,
        error=_error(execution) if failed and execution else None,
        response=typed if done and not failed else None,
    )


def _error(execution: Execution) -> Resource:
    failure = execution.failure
    return {
        "code": failure.code if failure else Code.ABORTED,
        "message": failure.message if failure else "The execution failed.",
    }


def _execution_template(template: Template) -> Resource:
    return {
        "labels": template.labels,
        "annotations": _user_defined(template.annotations),
        "parallelism": template.parallelism,
        "taskCount": template.task_count,
        "template": _task_template(template),
    }


def _task_template(template: Template) -> Resource:
    return {
        "containers": [container_json(template.container)],
        "maxRetries": template.max_retries,
        "timeout": duration(template.timeout_seconds),
        "serviceAccount": template.service_account,
    }


def _condition(condition: Condition) -> Resource:
    return without_nulls(
        type=condition.type,
        state=_STATES[condition.satisfied],
        message=condition.message or None,
        lastTransitionTime=timestamp(condition.changed_at),
        executionReason=_REASONS.get(condition.reason),
    )


def _user_defined(annotations: dict[str, str]) -> dict[str, str]:
    # v2 shows what v1 keeps in annotations of its own in fields, or not at all.
    return {n: v for n, v in annotations.items() if not n.startswith(_SYSTEM_NAMESPACES)}


def _location(resource: Job | Execution | Operation) -> str:
    return f"projects/{resource.project}/locations/{resource.region}"
