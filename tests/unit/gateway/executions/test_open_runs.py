from types import SimpleNamespace

import pytest

from gateway.executions import open_runs
from gateway.executions.open_runs import OpenRuns
from shared.errors import ResourceExhausted
from shared.settings.settings import Settings


class FakeExecutions:
    """Cloud Run's executions client; counts its calls."""

    def __init__(self, open_executions):
        self.open_executions, self.calls = open_executions, 0

    def list_executions(self, _request):
        self.calls += 1
        times = [None] * self.open_executions + ["2026-01-01"] * 3
        return [SimpleNamespace(completion_time=time) for time in times]


@pytest.fixture
def clock(monkeypatch):
    fake = SimpleNamespace(now=100.0)
    monkeypatch.setattr(open_runs, "time", SimpleNamespace(monotonic=lambda: fake.now))
    return fake


def runs(executions, maximum):
    settings = Settings.from_environ({"GCP_PROJECT_ID": "p", "MLSYS_MAX_OPEN_RUNS": str(maximum)})
    return OpenRuns(SimpleNamespace(executions=executions, settings=settings))


def test_a_launch_needs_a_free_slot(clock):
    runs(FakeExecutions(1), 2).require_free_slot()
    with pytest.raises(ResourceExhausted, match="2 executions are open") as caught:
        runs(FakeExecutions(2), 2).require_free_slot()
    assert caught.value.subjects["retry_after_seconds"] == "30"


def test_without_a_bound_cloud_run_is_not_asked(clock):
    executions = FakeExecutions(1_000)
    runs(executions, 0).require_free_slot()
    assert executions.calls == 0


def test_within_two_seconds_the_count_is_kept(clock):
    executions = FakeExecutions(0)
    checked = runs(executions, 1)
    checked.require_free_slot()
    executions.open_executions = 1
    clock.now += 1.9
    checked.require_free_slot()
    assert executions.calls == 1
    clock.now += 0.2
    with pytest.raises(ResourceExhausted):
        checked.require_free_slot()
