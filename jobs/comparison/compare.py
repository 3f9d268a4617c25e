"""Compares two versions: plan, score one snapshot by both, count agreement, load the rows."""

import itertools
import logging
import os
import threading
from collections.abc import Generator, Iterator
from contextlib import closing
from datetime import datetime

import pyarrow as pa

from jobs.comparison.pair import SIDES, ModelPair, PairScorer, pair_of
from jobs.comparison.report import Comparison
from jobs.comparison.tally import Tally, labels_agree, numbers_agree
from jobs.drift.profile import Baseline, baseline_from_metadata, training_baseline
from jobs.prediction.load_job import load_shards
from jobs.prediction.plan import Plan, request_of
from jobs.prediction.shards import write_shard
from jobs.prediction.source import Session, open_input, read_stream
from jobs.sandbox.loading import LoadedModel, load_model
from jobs.sandbox.model_processes import ModelProcesses
from jobs.scoring.pipelining import score_in_order
from shared.clients import Clients
from shared.errors import InvalidArgument
from shared.registry.model_version import RegisteredModel
from shared.registry.references import parse_reference
from shared.registry.registry import Registry
from shared.request.prediction_request import PredictionRequest
from shared.runs.folder import RunFolder
from shared.tables.catalog import output_columns, table_entry
from shared.tables.compatibility import require_compatible
from shared.tables.selection import Selection
from shared.tables.table import TableId

log = logging.getLogger(__name__)


def compare(
    request: PredictionRequest,
    versions: tuple[str, str],
    clients: Clients,
    processes: ModelProcesses,
    *,
    now: datetime,
) -> Comparison:
    """Score one snapshot of a table by two versions of a model, in one pass.

    Args:
        request: the model and the input; without an output table the rows are not kept.
        versions: the versions or aliases that are compared as a and b.
        clients: the deployment's.
        processes: in which the models are loaded.
        now: the time of the snapshot, unless the request names another.

    Raises:
        Permanent: when a version cannot score the table; the output table is not written.
        Transient: when a service is unavailable.
    """
    request.require_time_travel(now)
    a, b = _registered(request.model_name, versions, clients)
    channels = _workers()
    with (
        load_model(a, clients, processes, channels=channels) as loaded_a,
        load_model(b, clients, processes, channels=channels) as loaded_b,
    ):
        return _compare(request, versions, (loaded_a, loaded_b), clients, now=now)


def _compare(
    request: PredictionRequest,
    versions: tuple[str, str],
    models: tuple[LoadedModel, LoadedModel],
    clients: Clients,
    *,
    now: datetime,
) -> Comparison:
    source = TableId.parse(request.input_table, clients.settings.project_id)
    entry = table_entry(clients.bigquery, source, "input")
    pair = pair_of(models, entry.columns, request.key_columns)
    sink = _sink(request, pair, clients)
    selection = Selection(source, pair.selected, request.row_filter, request.as_of)
    run_id = request.run_id or f"compare-{now:%Y%m%dT%H%M%S%f}"
    session = open_input(clients, selection, entry, run_id=run_id, now=now)
    plan = Plan(
        run_id=run_id,
        request=request_of(request),
        planned_at=now,
        snapshot_time=request.as_of or now,
        source=source,
        sink=sink or source,
        model=models[0].registered,
        schema=pair.output,
        session=session,
    )
    tally = _score(plan, pair, clients, is_kept=bool(sink))
    a, b = (_name(*each) for each in zip(models, versions, strict=True))
    return Comparison(tally, (a, b), str(source), plan.snapshot_time, str(sink) if sink else None)


def _registered(
    name: str, versions: tuple[str, str], clients: Clients
) -> tuple[RegisteredModel, RegisteredModel]:
    registry = Registry(clients.bigquery, clients.settings.dataset)
    a, b = (registry.find(parse_reference(name, version)) for version in versions)
    if a.version == b.version:
        raise InvalidArgument(
            f"{versions[0]} and {versions[1]} are both {a.version}: name two versions",
            reason="SAME_VERSION",
        )
    return a, b


def _name(model: LoadedModel, reference: str) -> str:
    """The version, after the alias that it was requested by: `champion (v3)`."""
    version = model.registered.version.version
    return version if reference == version else f"{reference} ({version})"


def _sink(request: PredictionRequest, pair: ModelPair, clients: Clients) -> TableId | None:
    if not request.output_table:
        return None
    _, sink = request.tables(clients.settings.project_id)
    if existing := output_columns(clients.bigquery, sink):
        require_compatible(existing, pair.output.output, str(sink))
    return sink


def _score(plan: Plan, pair: ModelPair, clients: Clients, *, is_kept: bool) -> Tally:
    batches = _batches(plan.session, clients)
    first = next(batches, None)
    tally = Tally(pair, _baseline(pair, first))
    if first is not None:
        batches = itertools.chain([first], batches)
    lock = threading.Lock()

    def count(batch: pa.RecordBatch, scored: pa.RecordBatch) -> None:
        with lock:
            tally.add(batch, scored)

    agree = labels_agree if pair.is_classifier else numbers_agree
    for model in pair.models:
        model.session.prepare(model.description.takes)
    scorer = PairScorer(pair, _constants(plan, pair), agree, count)
    with closing(score_in_order(_generated(batches), scorer, workers=_workers())) as scored:
        if is_kept:
            folder = RunFolder.of(clients, plan.run_id)
            write_shard(folder, 0, plan.schema, scored)
            load_shards(plan, folder, clients)
        else:
            for _ in scored:
                pass
    return tally


def _workers() -> int:
    """The number of batches that are scored at a time."""
    return os.process_cpu_count() or 1


def _batches(session: Session, clients: Clients) -> Iterator[pa.RecordBatch]:
    for stream in session.streams:
        yield from read_stream(clients, stream)


def _generated(batches: Iterator[pa.RecordBatch]) -> Generator[pa.RecordBatch]:
    yield from batches


def _baseline(pair: ModelPair, first: pa.RecordBatch | None) -> Baseline:
    """The baseline of a; without one, the profiles of the first batch."""
    if baseline := baseline_from_metadata(pair.models[0].registered.metadata):
        return baseline
    if first is None:
        return {}
    rows = pa.Table.from_batches([first]).select(list(pair.sources.values()))
    features = rows.rename_columns(list(pair.sources))
    return baseline_from_metadata({"baseline": training_baseline(features)})


def _constants(plan: Plan, pair: ModelPair) -> dict[str, object]:
    versions = {
        f"ModelVersion_{side}": model.registered.version.version
        for side, model in zip(SIDES, pair.models, strict=True)
    }
    return {**plan.constants, **versions}
