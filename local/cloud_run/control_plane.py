"""What callers can ask for, whichever API they speak."""

import re
import secrets
import string
from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

from flask import current_app

from local.cloud_run.executions import Executions
from local.cloud_run.resources import Execution, Job, JobDraft, JobName
from local.cloud_run.store import Operation, Store
from local.cloud_run.tasks import Task, TaskState
from local.cloud_run.template import Overrides, overridden
from local.database import Page, Rows
from local.google_json import AlreadyExistsError, InvalidArgumentError, NotFoundError

_JOB_ID = re.compile(r"[a-z]([a-z0-9-]{0,47}[a-z0-9])?")
_SUFFIX_ALPHABET = string.ascii_lowercase + string.digits


def control_plane() -> "ControlPlane":
    """Return the control plane of the current application."""
    plane: ControlPlane = current_app.extensions["control_plane"]
    return plane


class ControlPlane:
    """Jobs, executions, tasks and operations; `log_root` is where people read logs."""

    def __init__(
        self, store: Store, executions: Executions, now: Callable[[], datetime], log_root: str
    ) -> None:
        self.log_root = log_root
        self._store = store
        self._executions = executions
        self._now = now

    def create_job(self, name: JobName, draft: JobDraft, *, validate_only: bool = False) -> Job:
        """Create a job."""
        require_job_id(name.job)
        now = self._now()
        job = Job(
            project=name.project,
            region=name.region,
            name=name.job,
            uid=str(uuid4()),
            draft=draft,
            created_at=now,
            updated_at=now,
        )
        with self._store.transaction():
            if self._store.job(name):
                raise AlreadyExistsError(f"Resource '{name.job}' already exists.")
            if not validate_only:
                self._store.put_job(job)
        return job

    def replace_job(self, name: JobName, draft: JobDraft, *, validate_only: bool = False) -> Job:
        """Replace what the user says of a job."""
        with self._store.transaction():
            job = self.job(name).redrafted(draft, self._now())
            if not validate_only:
                self._store.put_job(job)
        return job

    def delete_job(self, name: JobName) -> Job:
        """Delete a job and its executions, running ones too."""
        with self._store.transaction():
            job = self.job(name)
            everything = self._store.executions(*name, Page(size=2**31))
            for execution in everything.items:
                self.delete_execution(name, execution.name)
            self._store.delete_job(name)
        return job

    def job(self, name: JobName) -> Job:
        """Return a job."""
        job = self._store.job(name)
        if not job:
            raise NotFoundError.of("JOB", name.job, name.region, name.project)
        return job

    def jobs(self, project: str, region: str | None, page: Page) -> Rows[Job]:
        """List jobs, newest first."""
        return self._store.jobs(project, region, page)

    def run_job(
        self, name: JobName, overrides: Overrides, *, validate_only: bool = False
    ) -> Execution:
        """Launch an execution of a job."""
        with self._store.transaction():
            execution = self._new_execution(self.job(name), overrides)
            if validate_only:
                return execution
            self._store.put_job(self.job(name).ran(execution.name))
            self._executions.launch(execution)
        return execution

    def _new_execution(self, job: Job, overrides: Overrides) -> Execution:
        now = self._now()
        return Execution(
            project=job.project,
            region=job.region,
            job=job.name,
            name=self._free_name(job),
            uid=str(uuid4()),
            template=overridden(job.draft.template, overrides),
            labels=job.draft.labels,
            created_at=now,
            updated_at=now,
        )

    def _free_name(self, job: Job) -> str:
        while True:
            name = execution_name(job.name)
            if not self._store.execution(name):
                return name

    def execution(self, name: JobName, execution_name: str) -> Execution:
        """Return an execution that is not deleted; of any job when the job's name is empty."""
        project, region, job = name
        execution = self._store.execution(execution_name)
        if (
            not execution
            or execution.deleted_at
            or (execution.project, execution.region) != (project, region)
            or execution.job != (job or execution.job)
        ):
            raise NotFoundError.of("EXECUTION", execution_name, region, project)
        return execution

    def latest_execution(self, job: Job) -> Execution | None:
        """Return the execution that the job's status speaks of."""
        return self._store.execution(job.latest_execution) if job.latest_execution else None

    def executions(
        self, project: str, region: str | None, job: str | None, page: Page
    ) -> Rows[Execution]:
        """List executions, newest first."""
        return self._store.executions(project, region, job, page)

    def cancel_execution(self, name: JobName, execution_name: str) -> Execution:
        """Cancel an execution; it is over when its processes have ended."""
        self._executions.cancel(self.execution(name, execution_name).name)
        return self.execution(name, execution_name)

    def delete_execution(self, name: JobName, execution_name: str) -> Execution:
        """Delete an execution; a running one is cancelled."""
        with self._store.transaction():
            execution = self.execution(name, execution_name)
            if not execution.completed_at:
                execution = self.cancel_execution(name, execution_name)
            execution = execution.deleted(self._now())
            self._store.put_execution(execution)
        return execution

    def tasks(self, execution: str, states: list[TaskState], page: Page) -> Rows[Task]:
        """List tasks by index."""
        return self._store.tasks(execution, states, page)

    def task(self, execution: Execution, task_name: str) -> Task:
        """Return a task."""
        index = task_name.removeprefix(f"{execution.name}-task")
        task = self._store.task(execution.name, int(index)) if index.isdecimal() else None
        if not task:
            raise NotFoundError.of("TASK", task_name, execution.region, execution.project)
        return task

    def begin_operation(self, project: str, region: str, outcome: Job | Execution) -> Operation:
        """Store the operation that a v2 mutation answers with."""
        operation = Operation(
            id=str(uuid4()),
            project=project,
            region=region,
            execution=outcome.name if isinstance(outcome, Execution) else None,
            job=outcome if isinstance(outcome, Job) else None,
        )
        self._store.put_operation(operation)
        return operation

    def operation(self, project: str, region: str, identity: str) -> Operation:
        """Return an operation."""
        operation = self._store.operation(identity)
        if not operation or (operation.project, operation.region) != (project, region):
            raise NotFoundError.of("OPERATION", identity, region, project)
        return operation

    def outcome(self, operation: Operation, wait_seconds: float = 0) -> Job | Execution:
        """Return what an operation is about, after waiting for its end."""
        if operation.job:
            return operation.job
        assert operation.execution  # noqa: S101  # an operation has one or the other
        if wait_seconds:
            self._executions.wait(operation.execution, wait_seconds)
        execution = self._store.execution(operation.execution)
        assert execution  # noqa: S101  # its row is never deleted
        return execution


def require_job_id(job: str) -> None:
    """Refuse what Cloud Run takes for no job's name.

    Raises:
        InvalidArgumentError: It breaks the rule.
    """
    if not _JOB_ID.fullmatch(job):
        raise InvalidArgumentError(
            f"Violation in job name {job!r}: must use lowercase letters, digits and hyphens, "
            "begin with a letter, not end with a hyphen, and be shorter than 50."
        )


def execution_name(job: str) -> str:
    """Return a name for an execution of the job: `{job}-{5 random characters}`."""
    return f"{job}-{''.join(secrets.choice(_SUFFIX_ALPHABET) for _ in range(5))}"
