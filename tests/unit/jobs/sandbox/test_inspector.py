"""How an inspector uses its workers; tests/faults/pickles/test_workers.py has real processes."""

import threading

import pytest

from jobs.models.inspection_result import InspectionConditions, InspectionResult, quarantined
from jobs.pickles.limits import LIMITS
from jobs.sandbox import inspector as inspector_module
from jobs.sandbox.inspector import Inspector
from shared.errors import Transient

APPROVED = InspectionResult(is_approved=True)


class FakeWorker:
    """Gives the next outcome of a list at each inspection; raises it when it is an error."""

    outcomes = ()
    inspected = 0

    def inspect(self, _content, _conditions):
        outcome = self.outcomes[type(self).inspected]
        type(self).inspected += 1
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def start(self):
        pass

    def close(self):
        pass


@pytest.fixture
def worker(monkeypatch):
    class Worker(FakeWorker):
        pass

    monkeypatch.setattr(inspector_module, "_Worker", Worker)
    return Worker


def test_an_approved_model_is_inspected_once(worker):
    worker.outcomes = [APPROVED, APPROVED, APPROVED]
    with Inspector() as inspector:
        for _ in range(3):
            assert inspector.inspect(b"model", InspectionConditions()) == APPROVED
        assert worker.inspected == 1
        inspector.inspect(b"another model", InspectionConditions())
        inspector.inspect(b"model", InspectionConditions(allowed_names=("mine:Clip",)))
    assert worker.inspected == 3


def test_a_quarantined_model_is_inspected_again(worker):
    worker.outcomes = [quarantined("it was slow today"), APPROVED]
    with Inspector() as inspector:
        assert not inspector.inspect(b"model", InspectionConditions()).is_approved
        assert inspector.inspect(b"model", InspectionConditions()).is_approved


@pytest.mark.parametrize("error", [EOFError("ended"), BrokenPipeError("broken")])
def test_an_inspection_whose_worker_ended_is_repeated_once(worker, error):
    worker.outcomes = [error, APPROVED, error, error]
    with Inspector() as inspector:
        assert inspector.inspect(b"model", InspectionConditions()) == APPROVED
        with pytest.raises(Transient, match="no process to inspect models in"):
            inspector.inspect(b"another model", InspectionConditions())


def test_a_worker_is_free_again_after_an_error(worker):
    worker.outcomes = [EOFError(), EOFError(), APPROVED]
    with Inspector(workers=1) as inspector:
        with pytest.raises(Transient):
            inspector.inspect(b"model", InspectionConditions())
        assert inspector.inspect(b"model", InspectionConditions()) == APPROVED


def test_a_file_waits_until_the_others_leave_memory_for_it(worker):
    admitted = threading.Event()
    inspector = Inspector()

    def admit():
        with inspector.admit(LIMITS.upload_bytes):
            admitted.set()

    thread = threading.Thread(target=admit)
    with inspector.admit(1):
        thread.start()
        assert not admitted.wait(0.02)
    assert admitted.wait(10)
    thread.join()
