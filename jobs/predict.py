"""An execution → plan → score → commit.

Any number of tasks, attempts and executions may work on one run at once. They share the run's
folder, and each step first checks whether it is already done.
"""

import logging
import os
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from datetime import datetime

import pyarrow as pa
from google.cloud import storage  # type: ignore[attr-defined]  # a namespace

from jobs.drift.profile import baseline_from_metadata
from jobs.prediction.commit import commit
from jobs.prediction.plan import PLAN, Plan, make_plan
from jobs.prediction.progress import Progress
from jobs.prediction.shards import shard_contents, shard_name, shards_of, write_shard
from jobs.prediction.source import read_stream
from jobs.prediction.task_errors import write_task_error
from jobs.sandbox.loading import LoadedModel, load_model
from jobs.sandbox.model_processes import ModelProcesses
from jobs.scoring.pipelining import score_in_order
from jobs.scoring.scorer import BatchScorer, ProfilingScorer, Scorer
from shared.clients import Clients
from shared.errors import MlsysError
from shared.registry.registry import Registry
from shared.request.prediction_request import PredictionRequest
from shared.runs.documents import RunRecord
from shared.runs.folder import OUTCOME, RunFolder, progress_name
from shared.settings.settings import Settings

log = logging.getLogger(__name__)


def predict(
    request: PredictionRequest,
    clients: Clients,
    folder: RunFolder,
    processes: ModelProcesses,
    *,
    now: datetime,
) -> RunRecord | None:
    """Do this task's share of a run.

    Returns:
        The record of the run when it is committed; None while other tasks are scoring.

    Raises:
        Permanent: when the request cannot be met; nothing is written to the output table.
        Transient: when a service is away; another attempt continues where this one stopped.
    """
    clients.settings.require_own_environment(request.env)
    try:
        return _attempt(request, clients, folder, processes, now=now)
    except MlsysError as error:
        write_task_error(folder, clients.settings, error, now=now)
        raise


def _attempt(
    request: PredictionRequest,
    clients: Clients,
    folder: RunFolder,
    processes: ModelProcesses,
    *,
    now: datetime,
) -> RunRecord | None:
    if outcome := _earlier_outcome(folder, request):
        log.info("run %s was committed before: nothing to do", folder.run_id)
        return outcome
    plan, model = _plan(request, clients, folder, processes, now=now)
    missing, done = _share(plan, shards_of(folder), clients.settings)
    if missing:
        plan.session.require_unexpired(now)
        progress = _progress(plan, done, folder, clients.settings)
        with model or load_model(plan.model, clients, processes, channels=_workers()) as loaded:
            _score(plan, loaded, missing, progress, clients)
    if len(shards_of(folder)) < plan.shards:
        log.info("other tasks of run %s are still scoring: the last one commits", folder.run_id)
        return None
    return commit(plan, folder, clients)


def _earlier_outcome(folder: RunFolder, request: PredictionRequest) -> RunRecord | None:
    if outcome := folder.read(OUTCOME):
        _earlier_plan(folder, request)
    return outcome


def _earlier_plan(folder: RunFolder, request: PredictionRequest) -> Plan | None:
    if plan := folder.read(PLAN):
        plan.require_same_request(request)
    return plan


def _plan(
    request: PredictionRequest,
    clients: Clients,
    folder: RunFolder,
    processes: ModelProcesses,
    *,
    now: datetime,
) -> tuple[Plan, LoadedModel | None]:
    """The run's plan, and the planned model if planning has loaded it."""
    if plan := _earlier_plan(folder, request):
        log.info("going on with run %s, planned at %s", folder.run_id, plan.planned_at)
        return plan, None
    registry = Registry(clients.bigquery, clients.settings.dataset)
    registered = registry.find(request.model)
    model = load_model(registered, clients, processes, channels=_workers())
    proposal = make_plan(request, clients, run_id=folder.run_id, now=now, model=model)
    plan = folder.create(PLAN, proposal)
    log.info("planned run %s: %d streams", folder.run_id, len(plan.session.streams))
    # Another task may have planned first, before the model was overwritten or the alias moved.
    if plan.model == model.registered:
        return plan, model
    model.session.close()
    return plan, None


def _share(
    plan: Plan, shards: Mapping[str, storage.Blob], settings: Settings
) -> tuple[list[int], list[storage.Blob]]:
    """The indices of this task's streams without a shard, and the shards of the others."""
    mine = range(settings.task_index, plan.shards, settings.task_count)
    missing = [index for index in mine if shard_name(index) not in shards]
    return missing, [shards[shard_name(index)] for index in mine if index not in missing]


def _progress(
    plan: Plan, done: Sequence[storage.Blob], folder: RunFolder, settings: Settings
) -> Progress:
    name = progress_name(settings.execution, settings.task_index)
    return Progress(folder, name, total=plan.session.rows, rows=shard_contents(done).rows)


def _score(
    plan: Plan, model: LoadedModel, missing: Sequence[int], progress: Progress, clients: Clients
) -> None:
    baseline = baseline_from_metadata(plan.model.metadata)
    model.session.prepare(model.description.takes)
    scorer = Scorer(model.session, plan.schema, plan.constants)
    profiling = ProfilingScorer(scorer, plan.schema, baseline)
    for index in missing:
        with closing(_scored(plan, index, profiling, clients)) as batches:
            counted = progress.counted(batches)
            write_shard(progress.folder, index, plan.schema, counted)
    progress.finish()


def _scored(
    plan: Plan, index: int, scorer: BatchScorer, clients: Clients
) -> Generator[pa.RecordBatch]:
    if plan.session.streams:
        batches = read_stream(clients, plan.session.streams[index])
        yield from score_in_order(batches, scorer, workers=_workers())


def _workers() -> int:
    """The number of batches that are scored at a time."""
    return os.process_cpu_count() or 1
