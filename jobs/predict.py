"""An execution → plan → score → commit.

Any number of tasks, attempts and executions may work on one run at once; what they share is the
run's folder. Each step first looks whether it is done already.
"""

import logging
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from jobs.commit import commit
from jobs.loading import LoadedModel, load_model
from jobs.notes import leave_note
from jobs.plan import Plan, make_plan
from jobs.score import Scorer
from jobs.shards import shard_name, shard_sizes, write_shard
from jobs.source import read_stream
from shared.clients import Clients
from shared.errors import MlsysError
from shared.prediction import PredictionRequest
from shared.registry import Registry
from shared.runs import OUTCOME, PLAN, RunFolder
from shared.settings import Settings

log = logging.getLogger(__name__)


def predict(
    request: PredictionRequest, clients: Clients, folder: RunFolder, *, now: datetime
) -> dict[str, Any] | None:
    """Do this task's share of a run; the outcome is returned once the run is committed.

    Raises:
        Permanent: when the request cannot be met; nothing is written to the output table.
        Transient: when a service is away; another attempt goes on where this one stopped.
    """
    clients.settings.require_own_environment(request.env)
    try:
        return _attempt(request, clients, folder, now=now)
    except MlsysError as error:
        leave_note(folder, clients.settings, error, now=now)
        raise


def _attempt(
    request: PredictionRequest, clients: Clients, folder: RunFolder, *, now: datetime
) -> dict[str, Any] | None:
    if outcome := _standing_outcome(folder, request):
        log.info("run %s was committed before: nothing to do", folder.run_id)
        return outcome
    plan, model = _plan_and_model(request, clients, folder, now=now)
    scorer = Scorer(model.estimator, plan.layout, plan.constants)
    for index in _missing_shards(plan, folder, clients.settings):
        batches = _scored(plan, index, scorer, clients)
        rows = write_shard(folder, index, plan.layout.arrow_schema, batches)
        log.info("scored stream %d of %d: %d rows", index + 1, len(plan.streams), rows)
    if not _is_complete(plan, folder):
        log.info("other tasks of run %s are still scoring: the last one commits", folder.run_id)
        return None
    return commit(plan, folder, clients)


def _standing_outcome(folder: RunFolder, request: PredictionRequest) -> dict[str, Any] | None:
    if outcome := folder.read(OUTCOME):
        _standing_plan(folder, request)
    return outcome


def _standing_plan(folder: RunFolder, request: PredictionRequest) -> Plan | None:
    if not (content := folder.read(PLAN)):
        return None
    plan = Plan.from_json(content)
    plan.require_same_request(request)
    return plan


def _plan_and_model(
    request: PredictionRequest, clients: Clients, folder: RunFolder, *, now: datetime
) -> tuple[Plan, LoadedModel]:
    if plan := _standing_plan(folder, request):
        log.info("going on with run %s, planned at %s", folder.run_id, plan.planned_at)
        return plan, load_model(plan.model, clients)
    registry = Registry(clients.bigquery, clients.settings.dataset)
    model = load_model(registry.find(request.model), clients)
    proposal = make_plan(request, clients, run_id=folder.run_id, now=now, model=model)
    plan = Plan.from_json(folder.create(PLAN, proposal.to_json()))
    if plan.model.generation != model.registered.generation:
        # Another task planned first, and the model was overwritten in between.
        model = load_model(plan.model, clients)
    log.info("planned run %s: %d streams", folder.run_id, len(plan.streams))
    return plan, model


def _missing_shards(plan: Plan, folder: RunFolder, settings: Settings) -> list[int]:
    # An empty table has no stream; the load job still wants one file, so that it creates,
    # truncates or checks the output table as for any other run.
    mine = range(settings.task_index, max(len(plan.streams), 1), settings.task_count)
    there = shard_sizes(folder)
    return [index for index in mine if shard_name(index) not in there]


def _scored(plan: Plan, index: int, scorer: Scorer, clients: Clients) -> Iterator[Any]:
    if plan.streams:
        for batch in read_stream(clients, plan.streams[index]):
            yield scorer.score(batch)


def _is_complete(plan: Plan, folder: RunFolder) -> bool:
    return len(shard_sizes(folder)) == max(len(plan.streams), 1)
