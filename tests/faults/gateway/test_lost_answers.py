"""Concurrent launches while Cloud Run rejects some and loses the responses to others."""

import concurrent.futures
import threading

import pytest

THREADS = 32
SCALES = [
    pytest.param(60, 12, id="60"),
    pytest.param(1_000, 60, id="1000", marks=[pytest.mark.chaos, pytest.mark.timeout(900)]),
]


@pytest.fixture
def ask_all(gateway):
    """Launch a list of run ids concurrently, each until it is accepted."""
    app = gateway.http.application
    queries = {}
    lock = threading.Lock()

    def ask(run_id):
        with lock:
            query = queries.setdefault(run_id, gateway.query(run_id=run_id))
        for _ in range(20):
            answer = app.test_client().post("/predict", json=query)
            if answer.status_code == 202:
                return answer.json["execution_id"]
            assert answer.status_code == 503, answer.text
            assert answer.headers["Retry-After"]
        raise AssertionError(f"{run_id} was never accepted")

    def run(run_ids):
        with concurrent.futures.ThreadPoolExecutor(THREADS) as threads:
            return list(threads.map(ask, run_ids))

    return run


@pytest.fixture
def trouble(gateway):
    """Make half of the launches fail and half lose their response, by 503 or a cut connection."""

    def make(faults):
        for fault in ({"status": 503}, {"status": None}):
            for after in (False, True):
                times = faults // 4
                gateway.fault(method="POST", path=":run", times=times, after=after, **fault)

    return make


def executions_by_run(executions, run_ids):
    """The executions of each run."""
    found = {run_id: [] for run_id in run_ids}
    for name, arguments in executions.items():
        run_id = arguments[-1].removeprefix("--run_id=")
        if run_id in found:
            found[run_id].append(name)
    return found


@pytest.mark.parametrize(("requests", "faults"), SCALES)
def test_identical_launches_with_one_key_are_one_execution(
    gateway, ask_all, trouble, requests, faults
):
    run_id = f"one-of-{requests}"
    trouble(faults if faults < 4 * 4 else 8)  # a single launch survives no more
    answers = ask_all([run_id] * requests)
    assert len(set(answers)) == 1
    assert executions_by_run(gateway.executions(), [run_id]) == {run_id: [answers[0]]}


@pytest.mark.parametrize(("requests", "faults"), SCALES)
def test_launches_with_different_keys_are_one_execution_each_and_none_is_lost(
    gateway, ask_all, trouble, requests, faults
):
    run_ids = [f"each-of-{requests}-{number}" for number in range(requests)]
    trouble(faults)
    answers = dict(zip(run_ids, ask_all(run_ids), strict=True))
    found = executions_by_run(gateway.executions(), run_ids)
    assert found == {run_id: [execution] for run_id, execution in answers.items()}
