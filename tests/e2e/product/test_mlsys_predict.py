"""`mlsys predict` as a person types it: through the gateway, and where there is none."""

import json
import os
import pty
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
import requests

from tests.waiting import wait_for

ROOT = Path(__file__).parents[3]
COLUMNS = "PassengerId, Survived, PredictionProbability"
PREDICT = [sys.executable, "-m", "mlsys", "predict"]


@pytest.fixture
def predict(command_line):
    def run(request, *arguments, check=True):
        return command_line(*PREDICT, *request.to_arguments(), *arguments, check=check)

    return run


@pytest.fixture
def start(cloud):
    """Start the command without waiting for it; what is left of it is ended."""
    started = []

    def process(request, **options):
        command = [*PREDICT, *request.to_arguments()]
        environment = {**os.environ, **cloud.variables}
        # What runs the tests in the background may ignore Ctrl-C, and its children would too.
        hear_ctrl_c = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
        options |= {"cwd": ROOT, "env": environment, "preexec_fn": hear_ctrl_c}
        started.append(subprocess.Popen(command, **options))
        return started[-1]

    yield process
    for each in started:
        each.kill()
        each.wait()


@pytest.fixture
def state_of(cloud):
    def state(execution_id):
        answer = requests.get(
            f"{cloud.variables['GATEWAY_URL']}/executions/{execution_id}", timeout=60
        )
        return answer.json()["state"]

    return state


def test_it_launches_waits_and_says_where_the_rows_are(
    predict, request_for, warehouse, expected, clients
):
    request = request_for()
    finished = predict(request, "--tasks=2")
    assert finished.stderr.startswith("launched mlsys-predict-dev-")
    assert len(finished.stderr.splitlines()) == 1
    assert finished.stdout == f"{clients.settings.project_id}.{request.output_table}: 328 rows\n"
    assert warehouse.rows(request.output_table, COLUMNS) == expected


def test_a_terminal_shows_how_far_it_is(start, request_for):
    person, terminal = pty.openpty()
    process = start(request_for(), stdout=subprocess.DEVNULL, stderr=terminal)
    os.close(terminal)
    shown = b""
    try:
        while part := os.read(person, 1 << 10):
            shown += part
    except OSError:  # Linux says so that nobody holds the terminal any more
        os.close(person)
    assert process.wait() == 0
    assert "████ 328 of 328 rows" in shown.decode()


def test_a_dry_run_reports_and_launches_nothing(predict, request_for, warehouse):
    request = request_for()
    report = json.loads(predict(request, "--dry_run").stdout)
    assert report["dry_run"] is True
    assert report["model"]
    dataset, _, table = request.output_table.partition(".")
    assert table not in {each.table_id for each in warehouse.client.list_tables(dataset)}


def test_no_wait_prints_the_execution_s_id(predict, request_for, state_of, cloud):
    finished = predict(request_for(), "--no_wait")
    (execution_id,) = finished.stdout.split()
    assert f"its status: {cloud.address['gateway']}/executions/{execution_id}" in finished.stderr
    wait_for(lambda: state_of(execution_id) == "SUCCEEDED")


def test_ctrl_c_leaves_the_run_going_and_says_how_to_cancel_it(start, request_for, state_of):
    process = start(request_for(), stderr=subprocess.PIPE, text=True)
    execution_id = process.stderr.readline().removeprefix("launched ").strip()
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == os.EX_TEMPFAIL
    (line,) = said.splitlines()
    sentence, _, cancel = line.partition("; to cancel it: ")
    assert sentence == f"warning: {execution_id} goes on without you"
    assert state_of(execution_id) in {"QUEUED", "RUNNING", "SUCCEEDED"}
    subprocess.run(["bash", "-c", f"{cancel} -fsS"], check=True, capture_output=True)
    wait_for(lambda: state_of(execution_id) in {"CANCELLED", "SUCCEEDED"})


@pytest.mark.parametrize(
    ("changes", "arguments", "code", "sentence"),
    [
        ({"model_name": "nobody"}, [], 1, "error: model nobody/v1 is not in the registry"),
        ({"row_filter": "Agee > 3"}, [], 2, "Unrecognized name: Agee"),
        ({}, ["--max_bytes=few"], 2, "use a number from 1 to 1,000,000,000,000,000,000"),
        ({}, ["--tasks=many"], 2, "use a number from 1 to 1,000"),
    ],
)
def test_what_the_gateway_refuses_is_one_line(
    predict, request_for, changes, arguments, code, sentence
):
    finished = predict(request_for(**changes), *arguments, check=False)
    assert finished.returncode == code
    assert sentence in finished.stderr
    assert len(finished.stderr.splitlines()) == 1


def test_a_run_that_fails_says_why(predict, request_for, warehouse, titanic):
    wrong = warehouse.new_table(titanic.unseen.assign(Age="old"))
    finished = predict(request_for(input_table=wrong), check=False)
    assert finished.returncode == 1
    launched, failed = finished.stderr.splitlines()
    assert failed.startswith(f"error: {launched.removeprefix('launched ')} FAILED: ")
    assert "could not convert string to float: 'old'" in failed


def test_without_a_gateway_the_table_is_scored_here(command_line, request_for, warehouse, expected):
    request = request_for()
    finished = command_line("env", "GATEWAY_URL=", *PREDICT, *request.to_arguments())
    assert "committed 328 rows to" in finished.stderr
    assert warehouse.rows(request.output_table, COLUMNS) == expected
