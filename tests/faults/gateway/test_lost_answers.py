"""Many launches at once, while Cloud Run refuses some and answers others too late to be heard."""

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
    """Launch every run id of a list at once, each until it is accepted."""
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
    """Half of the faults refuse a launch, the other half lose its answer; two ways each."""

    def make(faults):
        for fault in ({"status": 503}, {"status": None}):
            for after in (False, True):
                times = faults // 4
                gateway.fault(method="POST", path=":run", times=times, after=after, **fault)

    return make


def works_on(executions, run_ids):
    """Which executions work on each run."""
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
    trouble(faults if faults < 4 * 4 else 8)  # one launch meets no more of them
    answers = ask_all([run_id] * requests)
    assert len(set(answers)) == 1
    assert works_on(gateway.executions(), [run_id]) == {run_id: [answers[0]]}


@pytest.mark.parametrize(("requests", "faults"), SCALES)
def test_launches_with_different_keys_are_one_execution_each_and_none_is_lost(
    gateway, ask_all, trouble, requests, faults
):
    run_ids = [f"each-of-{requests}-{number}" for number in range(requests)]
    trouble(faults)
    answers = dict(zip(run_ids, ask_all(run_ids), strict=True))
    found = works_on(gateway.executions(), run_ids)
    assert found == {run_id: [execution] for run_id, execution in answers.items()}
