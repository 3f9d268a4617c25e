"""Each input row is in the output once, never partly, whatever befalls a run's tasks."""

import pytest

pytestmark = pytest.mark.timeout(900)  # many processes, beside whatever else the machine does


def test_a_task_may_be_killed_again_and_again(new_story):
    story = new_story()
    for number in (8, 16, 18, 17, 12, 14, 10, 5):
        story.attempt({number: "kill"})
        story.require_all_or_nothing()
    story.finish()
    story.require_exactly_once()


@pytest.mark.parametrize("disposition", ["append", "truncate", "empty"])
def test_one_execution_may_run_twice_at_once(new_story, disposition):
    story = new_story(disposition)
    assert story.before is not None
    duplicates = story.run_tasks([story.task(0), story.task(0), story.task(0)])
    assert [each["exit"] for each in duplicates] == [0, 0, 0]
    story.require_exactly_once()


def test_tasks_that_plan_at_once_follow_one_plan(new_story, clients):
    story = new_story(tasks=6)
    story.attempt()
    story.finish()
    story.require_exactly_once()
    stamps = f"SELECT DISTINCT PredictionTimestamp AS t FROM {story.output} WHERE id < 1000"
    assert len(list(clients.bigquery.query_and_wait(stamps))) == 1


@pytest.mark.parametrize("disposition", ["append", "truncate"])
def test_a_finished_run_is_not_repeated_by_a_replay(new_story, disposition, clients):
    story = new_story(disposition)
    story.finish()
    clients.bigquery.query_and_wait(f"DELETE FROM {story.output} WHERE id = 1")
    assert [end["exit"] for end in story.attempt()] == [0]
    assert story.rows() == [each for each in story.complete if each != 1]


def test_more_tasks_than_streams_do_no_harm(new_story):
    story = new_story(tasks=3)
    assert story.before is not None
    ends = story.run_tasks([story.task(index) | {"streams": 1} for index in range(3)])
    assert not any(end["exit"] for end in ends)
    story.require_exactly_once()


def test_another_number_of_tasks_may_finish_a_run(new_story):
    story = new_story(tasks=4)
    assert story.before is not None
    story.run_tasks([story.task(2)])
    story.tasks = 1
    story.finish()
    story.require_exactly_once()
