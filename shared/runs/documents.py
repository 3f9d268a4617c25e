"""The documents that the processes of a run share. Pure.

`shared/runs/json_document.py` has the rules by which they may change.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from shared.runs.json_document import Document, fields_of


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchDocument(Document):
    """`launch.json` and `launches/NNNN.json`: the request that may launch a run's execution.

    Attributes:
        nonce: unique to the HTTP request that wrote it.
        at: when that request arrived.
        job: full name of the Cloud Run Job.
        arguments: of the execution; without a run id where the job's definition has its own.
        tasks: number of tasks, None for that of the job's definition.
    """

    nonce: str
    at: datetime
    job: str
    arguments: tuple[str, ...]
    caller: str
    tasks: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionDocument(Document):
    """`execution.json` and `_executions/{execution}.json`: the execution that was launched.

    Attributes:
        execution_id: short name of the Cloud Run execution.
        job, arguments, tasks: as in `LaunchDocument`.
    """

    execution_id: str
    run_id: str
    job: str
    arguments: tuple[str, ...]
    caller: str
    tasks: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelDocument(Document):
    """`cancel.json`: the first request to cancel the run, and the execution that it named."""

    execution_id: str
    caller: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeduplicationDocument(Document):
    """`_deduplication/{key}.json`: the run of the first of several equal requests.

    Attributes:
        at: when that request arrived; the deduplication window begins then.
    """

    run_id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskErrorDocument(Document):
    """`errors/NNNNN.json`: the last error of a task.

    Attributes:
        execution: short name of the Cloud Run execution, "" outside of Cloud Run.
        permanent: whether another attempt would fail in the same way.
        code: the error's reason, e.g. "TABLE_NOT_FOUND".
        message: the error's sentence.
    """

    at: datetime
    execution: str
    permanent: bool
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskProgress(Document):
    """`progress/{execution}/NNNNN`: the rows that a task has scored, as custom metadata.

    A listing returns the metadata of all objects, so one request reads the progress of all tasks.

    Attributes:
        rows: rows that this task has scored, its earlier attempts included.
        of: estimated rows of the whole run.
    """

    rows: int = 0
    of: int = 0

    def to_labels(self) -> dict[str, str]:
        """The progress as custom metadata, which holds text only."""
        return {name: str(value) for name, value in self.to_json().items()}

    @classmethod
    def from_labels(cls, labels: Mapping[str, str], *, uri: str) -> Self:
        """The progress that `to_labels` of this or an earlier release gave.

        Raises:
            DataLoss, FailedPrecondition: as `from_json`.
        """
        return cls.from_json(labels, uri=uri, strict=False)


_MEND_TABLE = "bring the table to the columns of terraform/modules/mlsys/definitions/schemas"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord(Document):
    """`outcome.json`, and a row of `prediction_runs`: what a run has committed.

    The fields are the columns of `prediction_runs`.

    Attributes:
        execution_id: "" outside of Cloud Run.
        caller: the caller of the gateway, None for a run that was started without it.
        input_profile: {rows, looked_at, features}, None where it is not known.
        drift: {threshold, drifted, features}, None without a baseline.
    """

    run_id: str
    execution_id: str = ""
    environment: str
    status: str
    input_table: str
    output_table: str
    write_disposition: str
    model_name: str
    model_version: str
    model_generation: int
    snapshot_time: datetime
    started_at: datetime
    finished_at: datetime
    seconds: float
    rows: int
    output_bytes: int
    load_job_id: str
    caller: str | None = None
    input_profile: Mapping[str, Any] | None = None
    drift: Mapping[str, Any] | None = None

    def to_row(self) -> dict[str, Any]:
        """The columns of `prediction_runs` as a JSON object; times are in RFC 3339."""
        return fields_of(self)

    @classmethod
    def from_row(cls, row: Mapping[str, Any], *, uri: str) -> Self:
        """The record in a row of `prediction_runs`; a NULL is a field that was not written.

        Raises:
            DataLoss: when a required column is missing or NULL.
        """
        written = {name: value for name, value in row.items() if value is not None}
        return cls.from_json(written, uri=uri, remedy=_MEND_TABLE)
