"""Every interleaving of the commit protocol, tried one by one.

Two tasks of each of two executions work on one run of two shards; any of them may be killed at any
step and starts again, and a load job may fail, or end after its submitter is gone. What is not a
step here is not a step there: `jobs/predict.py`, `commit.py` and `bigquery_jobs.py` in
jobs/prediction.
"""

from collections import deque
from dataclasses import dataclass, replace

import pytest

SHARDS = 2
EXECUTIONS = 2
RUNNING, FAILED, LOADED = "running", "failed", "loaded"


@dataclass(frozen=True)
class World:
    """All that outlives a process, and where each process stands.

    `steps`: of each task, one of plan, score, look, submit, wait, done; `jobs`: the state of the
    job with the id k, for each k; `rows`: of the output table, as (plan, shard).
    """

    steps: tuple
    plan: int | None = None
    shards: tuple = (None,) * SHARDS
    jobs: tuple = ()
    rows: tuple = ()
    kills: int = 1
    failures: int = 2


def moves(world, protocol):
    """The worlds that one step leads to."""
    for task, step in enumerate(world.steps):
        if step != "done":
            yield from (at(changed, task, to) for changed, to in step_of(world, task, protocol))
            if world.kills:
                yield at(replace(world, kills=world.kills - 1), task, "plan")
    for k, state in enumerate(world.jobs):
        if state == RUNNING:
            yield ended(replace(world, rows=world.rows + world.shards), k, LOADED)
            if world.failures:
                yield ended(replace(world, failures=world.failures - 1), k, FAILED)


def step_of(world, task, protocol):
    execution, index = divmod(task, SHARDS)
    match world.steps[task]:
        case "plan":
            is_planned = world.plan is not None and "no plan" not in protocol
            yield (world if is_planned else replace(world, plan=execution)), "score"
        case "score":
            shards = list(world.shards)
            if shards[index] is None:
                shards[index] = (world.plan, index)
            yield replace(world, shards=tuple(shards)), "look"
        case "look":
            yield world, ("submit" if all(world.shards) else "done")
        case "submit":
            standing = next((k for k, each in enumerate(world.jobs) if each != FAILED), None)
            if standing is None or "random id" in protocol:
                yield replace(world, jobs=(*world.jobs, RUNNING)), "wait"
            else:
                yield world, "wait"
        case "wait":
            if LOADED in world.jobs:
                yield world, "done"
            elif RUNNING not in world.jobs:
                yield world, "submit"


def at(world, task, step):
    return replace(world, steps=(*world.steps[:task], step, *world.steps[task + 1 :]))


def ended(world, k, state):
    return replace(world, jobs=(*world.jobs[:k], state, *world.jobs[k + 1 :]))


def faults(world, is_end):
    if len(set(world.rows)) < len(world.rows):
        yield "a row twice"
    if world.rows and len({shard for _, shard in world.rows}) < SHARDS:
        yield "a part of the rows"
    if len({plan for plan, _ in world.rows}) > 1:
        yield "rows of two plans"
    if is_end and not world.rows:
        yield "no rows in the end"


def explored(*protocol, until=None):
    """Every fault of every world that can be reached, or up to one; and the number of worlds."""
    first = World(("plan",) * (SHARDS * EXECUTIONS))
    seen, waiting, found = {first}, deque([first]), set()
    while waiting and until not in found:
        world = waiting.popleft()
        after = set(moves(world, protocol))
        found.update(faults(world, is_end=not after))
        waiting.extend(after - seen)
        seen |= after
    return found, len(seen)


def test_no_interleaving_loses_repeats_or_mixes_rows():
    found, worlds = explored()
    assert not found
    assert worlds > 10_000


@pytest.mark.parametrize(
    ("without", "fault"),
    [("random id", "a row twice"), ("no plan", "rows of two plans")],
)
def test_each_precaution_is_needed(without, fault):
    assert fault in explored(without, until=fault)[0]
