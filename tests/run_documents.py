"""Examples of the documents of a run; tests change their fields."""

from datetime import UTC, datetime

from shared.runs.documents import (
    CancelDocument,
    DeduplicationDocument,
    ExecutionDocument,
    LaunchDocument,
    RunRecord,
    TaskErrorDocument,
    TaskProgress,
)

MOMENT = datetime(2026, 1, 31, 9, 0, 0, 250_000, tzinfo=UTC)
JOB = "projects/p/locations/europe-west1/jobs/mlsys-predict-dev"


def launch(**changes):
    values = {"nonce": "n1", "at": MOMENT, "job": JOB, "arguments": ("--env=dev",), "caller": "me"}
    return LaunchDocument(**values | changes)


def execution(**changes):
    values = {
        "execution_id": "mlsys-predict-dev-abcde",
        "run_id": "run-1",
        "job": JOB,
        "arguments": ("--env=dev", "--run_id=run-1"),
        "caller": "me",
        "tasks": 3,
    }
    return ExecutionDocument(**values | changes)


def cancel(**changes):
    values = {"execution_id": "mlsys-predict-dev-abcde", "caller": "me", "at": MOMENT}
    return CancelDocument(**values | changes)


def task_error(**changes):
    values = {
        "at": MOMENT,
        "execution": "mlsys-predict-dev-abcde",
        "permanent": True,
        "code": "TABLE_NOT_FOUND",
        "message": "the input table is gone",
    }
    return TaskErrorDocument(**values | changes)


def run_record(**changes):
    values = {
        "run_id": "run-1",
        "execution_id": "mlsys-predict-dev-abcde",
        "environment": "dev",
        "status": "SUCCEEDED",
        "input_table": "p.titanic.passengers",
        "output_table": "p.titanic.predictions",
        "write_disposition": "WRITE_APPEND",
        "model_name": "titanic",
        "model_version": "v1",
        "model_generation": 1_795_878_865_665_727,
        "snapshot_time": MOMENT,
        "started_at": MOMENT,
        "finished_at": MOMENT,
        "seconds": 1.5,
        "rows": 7,
        "output_bytes": 512,
        "load_job_id": "mlsys-run-1-0",
        "caller": "me",
        "input_profile": {"rows": 7, "looked_at": 7, "features": {}},
        "drift": {"threshold": 0.25, "drifted": [], "features": {"Age": 0.01}},
    }
    return RunRecord(**values | changes)


EXAMPLES = (
    launch(),
    execution(),
    cancel(),
    DeduplicationDocument(run_id="run-1", at=MOMENT),
    task_error(),
    TaskProgress(rows=151, of=328),
    run_record(),
)
