import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from jobs.registration.group_commit import GroupCommit, TooManyEvents
from shared.errors import Transient
from tests.waiting import wait_for


class SlowLog:
    """A log whose appends end when the test ends them, with its error if there is one."""

    def __init__(self):
        self.batches = []
        self._endings = threading.Semaphore(0)
        self.error = None

    def append(self, events):
        self.batches.append(list(events))
        self._endings.acquire()
        if self.error:
            raise self.error

    def end(self, times=1, error=None):
        self.error = error
        self._endings.release(times)


@pytest.fixture
def slow_log():
    return SlowLog()


@pytest.fixture
def threads():
    with ThreadPoolExecutor(32) as pool:
        yield pool


def in_turn(group_commit, slow_log, threads, count):
    """One append of event 0 in progress, and `count` others that wait for its end."""
    first = threads.submit(group_commit.append, 0)
    wait_for(lambda: slow_log.batches)
    others = [threads.submit(group_commit.append, number) for number in range(1, count + 1)]
    wait_for(lambda: len(group_commit._waiting) == count)
    return first, others


def test_events_that_arrive_during_an_append_share_the_next_one(slow_log, threads):
    first, others = in_turn(GroupCommit(slow_log.append, max_events=64), slow_log, threads, 20)
    slow_log.end(times=2)
    for answer in [first, *others]:
        answer.result(timeout=10)
    assert [len(batch) for batch in slow_log.batches] == [1, 20]
    assert sorted(slow_log.batches[1]) == list(range(1, 21))


def test_append_returns_after_the_log_has_the_row(slow_log, threads):
    first, others = in_turn(GroupCommit(slow_log.append, max_events=64), slow_log, threads, 3)
    slow_log.end()
    first.result(timeout=10)
    wait_for(lambda: len(slow_log.batches) == 2)
    assert not any(answer.done() for answer in others)
    slow_log.end()
    assert [answer.result(timeout=10) for answer in others] == [None] * 3


def test_an_append_that_fails_fails_for_its_own_batch_only(slow_log, threads):
    group_commit = GroupCommit(slow_log.append, max_events=64)
    first, others = in_turn(group_commit, slow_log, threads, 3)
    slow_log.end()
    first.result(timeout=10)
    wait_for(lambda: len(slow_log.batches) == 2)
    slow_log.end(error=Transient("BigQuery is away"))
    for answer in others:
        with pytest.raises(Transient, match="BigQuery is away"):
            answer.result(timeout=10)
    later = threads.submit(group_commit.append, 9)
    slow_log.end()
    assert later.result(timeout=10) is None


def test_too_many_events_are_refused_until_one_has_ended(slow_log):
    group_commit = GroupCommit(slow_log.append, max_events=2)
    with (
        group_commit.admit(),
        group_commit.admit(),
        pytest.raises(TooManyEvents, match="deliver it again"),
    ):
        group_commit.admit().__enter__()
    with group_commit.admit():
        pass


def test_a_failed_event_is_no_longer_in_progress(slow_log):
    group_commit = GroupCommit(slow_log.append, max_events=1)
    with pytest.raises(Transient), group_commit.admit():
        raise Transient("Cloud Storage is away")
    with group_commit.admit():
        pass


def test_a_single_event_is_appended_at_once_and_several_wait_for_each_other(threads):
    batches, entered, go = [], threading.Barrier(3), threading.Event()
    group_commit = GroupCommit(lambda events: batches.append(sorted(events)), max_events=4)

    def event(number, *, waits):
        with group_commit.admit():
            entered.wait(timeout=10)
            if waits:
                go.wait(timeout=10)
            group_commit.append(number)

    # Long enough for the other two events to arrive on a slow machine.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("jobs.registration.group_commit._LINGER_SECONDS", 10)
        events = [threads.submit(event, each, waits=each > 0) for each in range(3)]
        wait_for(lambda: group_commit._waiting)
        go.set()
        for answer in events:
            answer.result(timeout=10)
        assert batches == [[0, 1, 2]]
        with group_commit.admit():
            group_commit.append(3)
    assert batches[-1] == [3]
