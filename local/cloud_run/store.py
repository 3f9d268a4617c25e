"""Jobs, executions, tasks and operations in one SQLite file, newest first."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from local.cloud_run.resources import Counts, Execution, Job, JobName
from local.cloud_run.tasks import Task, TaskState
from local.database import Database, Page, Rows, from_json, to_json

_SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS jobs (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT, project TEXT, region TEXT, name TEXT, document TEXT,
  UNIQUE (project, region, name));
CREATE TABLE IF NOT EXISTS executions (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT, project TEXT, region TEXT, job TEXT,
  name TEXT UNIQUE, done INTEGER, deleted INTEGER, document TEXT);
CREATE TABLE IF NOT EXISTS tasks (
  execution TEXT, number INTEGER, state TEXT, retried INTEGER, document TEXT,
  PRIMARY KEY (execution, number)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS tasks_by_state ON tasks (execution, state, number, retried);
CREATE TABLE IF NOT EXISTS operations (id TEXT PRIMARY KEY, document TEXT);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What a v2 mutation answers: it follows an execution, or has the job as its outcome."""

    id: str
    project: str
    region: str
    execution: str | None = None
    job: Job | None = None


class Store:
    """The stored model. Every method is atomic; `transaction` makes several so."""

    def __init__(self, path: Path) -> None:
        self._database = Database(path, _SCHEMA)
        self.lock = self._database.lock
        self.transaction = self._database.transaction
        self.close = self._database.close
        self._rows = self._database.rows

    def put_job(self, job: Job) -> None:
        """Create or replace a job."""
        self._rows(
            "INSERT INTO jobs (project, region, name, document) VALUES (?, ?, ?, ?) "
            "ON CONFLICT DO UPDATE SET document = excluded.document",
            (job.project, job.region, job.name, to_json(job)),
        )

    def job(self, name: JobName) -> Job | None:
        """Return a job, or None."""
        condition = "project = ? AND region = ? AND name = ?"
        rows = self._rows(f"SELECT document FROM jobs WHERE {condition}", name)  # noqa: S608  # a constant
        return from_json(Job, rows[0][0]) if rows else None

    def delete_job(self, name: JobName) -> None:
        """Forget a job."""
        self._rows("DELETE FROM jobs WHERE project = ? AND region = ? AND name = ?", name)

    def jobs(self, project: str, region: str | None, page: Page) -> Rows[Job]:
        """List jobs, of all regions when none is named."""
        rows = self._database.newest("jobs", {"project": project, "region": region}, page)
        return Rows([from_json(Job, text) for _, text in rows.items], rows.next)

    def put_execution(self, execution: Execution) -> None:
        """Create or replace an execution; its counts are not stored, but counted from its tasks."""
        keys = (execution.project, execution.region, execution.job, execution.name)
        flags = (bool(execution.completed_at), bool(execution.deleted_at))
        self._rows(
            "INSERT INTO executions (project, region, job, name, done, deleted, document) "
            "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
            "done = excluded.done, deleted = excluded.deleted, document = excluded.document",
            (*keys, *flags, to_json(replace(execution, counts=Counts()))),
        )

    def execution(self, name: str) -> Execution | None:
        """Return an execution with its counts, deleted ones too, or None."""
        with self.lock:
            rows = self._rows("SELECT document FROM executions WHERE name = ?", (name,))
            return self._counted(rows[0][0]) if rows else None

    def unfinished(self) -> list[Execution]:
        """Return the executions that still have work to do, oldest first."""
        with self.lock:
            sql = "SELECT document FROM executions WHERE NOT done ORDER BY sequence"
            return [self._counted(text) for (text,) in self._rows(sql)]

    def executions(
        self, project: str, region: str | None, job: str | None, page: Page
    ) -> Rows[Execution]:
        """List executions that are not deleted, of one job or of all."""
        filters = {"project": project, "region": region, "job": job, "deleted": 0}
        with self.lock:
            rows = self._database.newest("executions", filters, page)
            return Rows([self._counted(text) for _, text in rows.items], rows.next)

    def put_tasks(self, tasks: Iterable[Task]) -> None:
        """Create or replace tasks."""
        sql = "INSERT OR REPLACE INTO tasks VALUES (?, ?, ?, ?, ?)"
        rows = ((t.execution, t.index, t.state, t.retried, to_json(t)) for t in tasks)
        self._database.put_many(sql, rows)

    def tasks(self, execution: str, states: Iterable[str], page: Page) -> Rows[Task]:
        """List tasks in these states by index; a position is an index."""
        wanted = list(states)
        marks = ",".join("?" * len(wanted))
        after = -1 if page.after is None else page.after
        rows = self._rows(
            f"SELECT document FROM tasks WHERE execution = ? AND state IN ({marks}) "  # noqa: S608  # marks are marks
            "AND number > ? ORDER BY number LIMIT ?",
            (execution, *wanted, after, page.size + 1),
        )
        tasks = [from_json(Task, text) for (text,) in rows[: page.size]]
        return Rows(tasks, tasks[-1].index if len(rows) > page.size else None)

    def task(self, execution: str, index: int) -> Task | None:
        """Return a task, or None."""
        sql = "SELECT document FROM tasks WHERE execution = ? AND number = ?"
        rows = self._rows(sql, (execution, index))
        return from_json(Task, rows[0][0]) if rows else None

    def put_operation(self, operation: Operation) -> None:
        """Create an operation."""
        values = (operation.id, to_json(operation))
        self._rows("INSERT INTO operations VALUES (?, ?)", values)

    def operation(self, identity: str) -> Operation | None:
        """Return an operation, or None."""
        rows = self._rows("SELECT document FROM operations WHERE id = ?", (identity,))
        return from_json(Operation, rows[0][0]) if rows else None

    def _counted(self, text: str) -> Execution:
        execution = from_json(Execution, text)
        sql = "SELECT state, COUNT(*), SUM(retried) FROM tasks WHERE execution = ? GROUP BY state"
        rows = self._rows(sql, (execution.name,))
        by_state = {state: count for state, count, _ in rows}
        retried = sum(retries for _, _, retries in rows)
        return replace(execution, counts=_counts(by_state, retried))


def _counts(by_state: dict[str, int], retried: int) -> Counts:
    stopped = (TaskState.CANCELLED, TaskState.ABANDONED)
    return Counts(
        pending=by_state.get(TaskState.PENDING, 0),
        running=by_state.get(TaskState.RUNNING, 0),
        succeeded=by_state.get(TaskState.SUCCEEDED, 0),
        failed=by_state.get(TaskState.FAILED, 0),
        cancelled=sum(by_state.get(state, 0) for state in stopped),
        retried=retried,
    )
