import io
import json
import os
import subprocess
import sys
import threading
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from queue import SimpleQueue

import joblib
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

from shared.clients import Clients
from shared.settings.settings import Settings
from tests.faults.prediction.story import Story
from tests.waiting import wait_for

ROOT = Path(__file__).parents[3]
ROWS = 20
# A process that forks had better have one thread.
ALONE = {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
_numbers = count(1)


@pytest.fixture(scope="session")
def variables(cloud):
    return {name: each for name, each in cloud.variables.items() if not name.endswith("_proxy")}


@pytest.fixture(scope="session")
def clients(variables):
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        yield Clients(Settings.from_environ(os.environ))


@pytest.fixture(scope="session")
def model(clients):
    """A registered model that doubles x."""
    frame = pd.DataFrame({"x": [0.0, 1.0, 2.0]})
    buffer = io.BytesIO()
    joblib.dump(LinearRegression().fit(frame, frame["x"] * 2), buffer)
    bucket = clients.storage.bucket(clients.settings.models_bucket)
    bucket.blob("doubling/v1/model.pkl").upload_from_string(buffer.getvalue())
    rows = f"SELECT 1 FROM {clients.settings.dataset}.model_registry WHERE model_name = 'doubling'"
    wait_for(lambda: list(clients.bigquery.query_and_wait(rows)))
    return "doubling"


@pytest.fixture(scope="session")
def input_table(clients):
    clients.bigquery.create_dataset("faults", exists_ok=True)
    numbers = f"UNNEST(GENERATE_ARRAY(1, {ROWS})) AS id"
    statement = f"CREATE OR REPLACE TABLE faults.input AS SELECT id, id * 0.5 AS x FROM {numbers}"
    clients.bigquery.query_and_wait(statement)
    return "faults.input"


@pytest.fixture(scope="session")
def drivers(variables, tmp_path_factory):
    """Processes that run tasks, for as many stories at once."""
    log = tmp_path_factory.mktemp("drivers") / "log"
    idle = SimpleQueue()
    with ExitStack() as stack:
        for _ in range(3):
            process = subprocess.Popen(
                [sys.executable, Path(__file__).with_name("driver.py")],
                cwd=ROOT,
                env={**os.environ, **variables, **ALONE},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stack.enter_context(log.open("a")),
                text=True,
            )
            stack.enter_context(process)
            stack.callback(process.stdin.close)
            idle.put(process)
        yield idle


@pytest.fixture
def run_tasks(drivers):
    """Run tasks side by side to their ends; what became of each is returned."""

    def run(tasks):
        process = drivers.get()
        try:
            print(json.dumps({"tasks": tasks}), file=process.stdin, flush=True)
            return json.loads(process.stdout.readline())
        finally:
            drivers.put(process)

    return run


@pytest.fixture
def new_story(clients, model, input_table, run_tasks):
    """A run that is yet to be told, with an output table of its own that holds older rows."""
    lock = threading.Lock()

    def story(disposition="append", tasks=1, **changes):
        with lock:
            name = f"faults-{next(_numbers)}"
        request = {
            "env": "dev",
            "input_table": input_table,
            "output_table": f"faults.output_{name[7:]}",
            "model_name": model,
            "model_version": "v1",
            "write_disposition": disposition,
            "run_id": name,
        }
        return Story(clients, run_tasks, request | changes, tasks, range(1, ROWS + 1))

    return story
