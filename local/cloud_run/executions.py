"""Drives executions: starts tasks as slots become free, retries, cancels, resumes.

What the documentation says, and is done here:
* Each attempt has the time-out: https://cloud.google.com/run/docs/configuring/task-timeout
* A task that fails is tried again up to its retries; when a task has failed for good the other
  tasks go on, and the execution fails after all tasks have been attempted:
  https://cloud.google.com/run/docs/create-jobs
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from local.cloud_run.machine import Machine, concurrency
from local.cloud_run.processes import TaskProcess
from local.cloud_run.resources import Execution
from local.cloud_run.store import Store
from local.cloud_run.tasks import LOST, UNFINISHED, AttemptResult, Task, TaskState, not_started
from local.database import Page
from local.google_json import FailedPreconditionError

_ALL = Page(size=10_000)


class Executions:
    """One thread for each task that runs; the store is the only state besides the processes."""

    def __init__(
        self, store: Store, machine: Machine, now: Callable[[], datetime], grace_seconds: float
    ) -> None:
        self._store = store
        self._machine = machine
        self._now = now
        self._grace_seconds = grace_seconds
        self._completed = threading.Condition(store.lock)
        self._processes: dict[str, TaskProcess] = {}
        self._threads: set[threading.Thread] = set()
        self._closing = False

    def launch(self, execution: Execution) -> None:
        """Store an execution and start its first tasks."""
        tasks = (
            Task(
                execution=execution.name,
                index=index,
                uid=str(uuid4()),
                created_at=execution.created_at,
            )
            for index in range(execution.template.task_count)
        )
        with self._store.transaction():
            self._store.put_execution(execution)
            self._store.put_tasks(tasks)
        self._drive(execution)

    def cancel(self, name: str) -> None:
        """Stop what runs and abandon what waits; returns before the processes have ended.

        Raises:
            FailedPreconditionError: The execution is over.
        """
        with self._store.transaction():
            execution = self._execution(name).cancelled(self._now())
            if execution.completed_at:
                raise FailedPreconditionError(f"Execution {name!r} is already completed.")
            waiting = self._store.tasks(name, [TaskState.PENDING], _ALL).items
            self._store.put_tasks(task.stopped(self._now()) for task in waiting)
            self._settle(execution)
            running = self._running(name)
        self._stop(running)

    def wait(self, name: str, timeout_seconds: float) -> None:
        """Return when the execution is over, the time is up, or the stand-in shuts down."""
        with self._completed:
            self._completed.wait_for(
                lambda: self._closing or self._execution(name).completed_at, timeout_seconds
            )

    def resume(self) -> None:
        """Go on with what an earlier process of the stand-in left unfinished.

        Attempts that were running when it was killed are killed too, and have failed.
        """
        for execution in self._store.unfinished():
            for task in self._store.tasks(execution.name, [TaskState.RUNNING], _ALL).items:
                self._machine.kill_lost(execution, task)
                self._end(task, LOST)
            self._drive(execution)

    def close(self) -> None:
        """Stop all processes and wait for their end; their tasks start again after `resume`."""
        with self._completed:
            self._closing = True
            running = list(self._processes.values())
            threads = list(self._threads)
            self._completed.notify_all()
        self._stop(running)
        for thread in threads:
            thread.join()

    def _drive(self, execution: Execution) -> None:
        template = execution.template
        for _ in range(concurrency(template.parallelism, template.task_count)):
            thread = threading.Thread(target=self._work, args=(execution.name,), daemon=True)
            with self._completed:
                self._threads.add(thread)
            thread.start()

    def _work(self, name: str) -> None:
        while begun := self._begin_next(name):
            execution, task = begun
            self._end(task, self._attempt(execution, task))
        with self._completed:
            self._threads.discard(threading.current_thread())

    def _begin_next(self, name: str) -> tuple[Execution, Task] | None:
        with self._store.transaction():
            waiting = self._store.tasks(name, [TaskState.PENDING], Page(size=1)).items
            if self._closing or not waiting:
                return None
            execution = self._execution(name).started(self._now())
            task = waiting[0].begun(self._now())
            self._store.put_execution(execution)
            self._store.put_tasks([task])
            return execution, task

    def _attempt(self, execution: Execution, task: Task) -> AttemptResult:
        try:
            process = self._machine.start(execution, task)
        except (OSError, ValueError) as error:
            return not_started(error)
        with self._registered(task, process):
            return process.result(execution.template.timeout_seconds, self._grace_seconds)

    @contextmanager
    def _registered(self, task: Task, process: TaskProcess) -> Iterator[None]:
        with self._store.transaction():
            self._processes[task.name] = process
            self._store.put_tasks([replace(task, process=process.identity)])
            unwanted = self._closing or self._execution(task.execution).cancelled_at
        if unwanted:
            self._stop([process])
        try:
            yield
        finally:
            del self._processes[task.name]

    def _end(self, task: Task, result: AttemptResult) -> None:
        with self._store.transaction():
            execution = self._execution(task.execution)
            ended = task.ended(
                result,
                self._now(),
                max_retries=execution.template.max_retries,
                cancelled=bool(execution.cancelled_at),
            )
            self._store.put_tasks([ended])
            failed = ended.state is TaskState.FAILED
            self._settle(execution.failed_by(ended) if failed else execution)

    def _settle(self, execution: Execution) -> None:
        counts = self._execution(execution.name).counts
        if not counts.pending and not counts.running:
            execution = execution.completed(self._now())
            self._completed.notify_all()
        self._store.put_execution(execution)

    def _execution(self, name: str) -> Execution:
        execution = self._store.execution(name)
        assert execution, name  # noqa: S101  # its row is never deleted
        return execution

    def _running(self, name: str) -> list[TaskProcess]:
        tasks = self._store.tasks(name, UNFINISHED, _ALL).items
        return [self._processes[task.name] for task in tasks if task.name in self._processes]

    def _stop(self, processes: list[TaskProcess]) -> None:
        for process in processes:
            process.stop(self._grace_seconds)
