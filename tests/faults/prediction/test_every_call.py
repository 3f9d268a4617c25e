"""A walk over every external call of a run: each is killed, refused or loses its answer in turn.

The calls are requests to Cloud Storage and BigQuery, and messages of the Storage API; see
driver.py. The walk takes minutes: `make chaos` runs it.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(1800)]
# Each process of the driver tells one.
STORIES_AT_ONCE = 3


def calls_of(story):
    """The number of external calls of a run that nothing disturbs."""
    ends = story.attempt()
    assert not any(end["exit"] for end in ends)
    story.require_exactly_once()
    return max(len(end["calls"]) for end in ends)


def tell(story, faults):
    ends = story.attempt(faults)
    assert {end["exit"] for end in ends} <= {0, 75, -9}
    story.require_all_or_nothing()
    story.finish()
    story.require_exactly_once()
    return ends


def tell_all(new_story, points):
    """Tell a story for each point: its disposition, its tasks and their faults."""

    def told(point):
        disposition, tasks, faults = point
        return tell(new_story(disposition, tasks), faults)

    with ThreadPoolExecutor(STORIES_AT_ONCE) as threads:
        return list(threads.map(told, points))


@pytest.mark.parametrize("disposition", ["append", "truncate"])
def test_a_task_may_be_killed_at_any_call(new_story, disposition):
    calls = calls_of(new_story(disposition))
    points = [(disposition, 1, {number: "kill"}) for number in range(1, calls + 1)]
    ends = tell_all(new_story, points)
    assert calls > 20
    assert sum(end["exit"] == -9 for (end,) in ends) > calls - 3


@pytest.mark.parametrize(("disposition", "first"), [("append", 1), ("truncate", 2)])
def test_four_tasks_may_all_be_killed_at_any_call(new_story, disposition, first):
    # The two dispositions share the calls: what differs is one word of the load job.
    calls = calls_of(new_story(disposition, 4))
    tell_all(new_story, [(disposition, 4, {each: "kill"}) for each in range(first, calls + 1, 2)])


def test_any_service_may_be_busy_and_then_its_answer_get_lost(new_story):
    calls = calls_of(new_story("empty"))
    points = [("empty", 1, {each: "busy", each + 1: "lost"}) for each in range(1, calls + 1)]
    tell_all(new_story, points)
