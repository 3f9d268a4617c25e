"""A task that is told to stop says so, ends soon, and leaves a run that can be finished."""

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.faults.prediction.conftest import ROOT
from tests.waiting import wait_for

ROWS = 400_000


@pytest.fixture(scope="module")
def large_input(clients, input_table):
    numbers = f"UNNEST(GENERATE_ARRAY(1, {ROWS})) AS id"
    statement = f"CREATE OR REPLACE TABLE faults.large AS SELECT id, id * 0.5 AS x FROM {numbers}"
    clients.bigquery.query_and_wait(statement)
    return "faults.large"


def test_sigterm_ends_a_task_within_seconds_and_its_run_can_be_finished(
    new_story, large_input, clients, variables
):
    story = new_story(input_table=large_input)
    story.ids = range(1, ROWS + 1)
    assert story.before
    process = subprocess.Popen(
        [sys.executable, "-m", "jobs", "predict", *story.task(0)["arguments"]],
        cwd=ROOT,
        env={**os.environ, **variables},
        stderr=subprocess.PIPE,
        text=True,
    )
    runs = clients.storage.bucket(clients.settings.runs_bucket)
    wait_for(lambda: runs.blob(f"{story.run_id}/plan.json").exists())
    process.send_signal(signal.SIGTERM)
    told = time.monotonic()
    _, said = process.communicate(timeout=30)
    assert time.monotonic() - told < 10
    assert process.returncode == os.EX_TEMPFAIL
    assert f"--run_id={story.run_id} resumes this run" in said
    assert story.rows() == story.before
    story.finish()
    assert len(story.rows()) == len(story.complete)
