"""The reconcile scan: appends to the registry whatever events missed.

Events are an optimisation; this is the guarantee. It compares the log's belief with the bucket's
listing and appends the difference as events, so running it twice, or beside events, is harmless.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched
from os import process_cpu_count

from jobs.progress_bar import ProgressBar
from jobs.registration.changes import Change, change_from_blob, event_of
from jobs.registration.difference import Difference, difference
from jobs.registration.registration import READERS, log_event, registration
from jobs.sandbox.inspector import Inspector
from shared.clients import Clients, google_errors
from shared.registry.events import EventType, Generation, RegistryEvent
from shared.registry.models import ModelFile, Status
from shared.registry.registry import Registry

# By so much the clock of Cloud Storage may differ from this one's.
_SKEW = timedelta(seconds=30)
# A scan that is cut short has appended all batches but the last.
_BATCH = 500


@dataclass(slots=True)
class Reconciliation:
    """How many objects of the bucket a scan found in which state."""

    registered: int = 0
    unchanged: int = 0
    gone: int = 0
    quarantined: int = 0
    not_models: int = 0

    def count(self, event: RegistryEvent) -> None:
        """Count an appended event, under one heading."""
        if event.event_type is EventType.GONE:
            self.gone += 1
        elif event.model_name is None:
            self.not_models += 1
        elif event.status is Status.QUARANTINED:
            self.quarantined += 1
        else:
            self.registered += 1

    def __str__(self) -> str:
        return (
            f"registered {self.registered:,}, unchanged {self.unchanged:,}, gone {self.gone:,}, "
            f"quarantined {self.quarantined:,}, not models {self.not_models:,}"
        )


def reconcile(
    clients: Clients, registry: Registry, *, now: datetime, again: bool = False
) -> Reconciliation:
    """Make the registry equal to the bucket.

    Args:
        clients: the deployment's.
        registry: the deployment's.
        now: when the scan began.
        again: whether quarantined models are inspected again.

    Raises:
        Transient: when a service is away; what was appended stays, and the next scan goes on.
    """
    bucket = clients.settings.models_bucket
    # The log is read before the bucket is listed: whatever the log knows by now was born before
    # the listing, so if the listing lacks it, it is truly gone.
    believed = registry.live_generations(bucket)
    found = difference(believed, _listed(clients))
    found = found.doubting(_doubtful_names(found, registry, again=again))
    summary = Reconciliation(unchanged=len(found.unchanged))
    for batch in batched(_events(found, clients, now), _BATCH, strict=False):
        registry.append(batch)
        for event in batch:
            summary.count(event)
            if event.findings:
                log_event(event)
    return summary


def _doubtful_names(found: Difference, registry: Registry, *, again: bool) -> set[str]:
    """Known models to inspect again: those never inspected, and those of other metadata now."""
    statuses = {Status.UNINSPECTED, *([Status.QUARANTINED] if again else [])}
    names = {each.object_name for each in registry.models() if each.status in statuses}
    changed = {each.artifact.version for each in found.born} | {each.version for each in found.gone}
    return names | {each.object_name(ModelFile.MODEL) for each in changed if each}


def _metadata_beside(name: str) -> str:
    return f"{name.rpartition('/')[0]}/{ModelFile.METADATA}"


def _events(found: Difference, clients: Clients, now: datetime) -> Iterator[RegistryEvent]:
    settings = clients.settings
    # What is inspected again comes before what it is inspected for: once the log knows a
    # metadata.json, no later scan would doubt the model beside it.
    with ProgressBar("objects", of=len(found.doubtful) + len(found.born)) as bar:
        yield from bar.counted(_inspected(found, clients, now))
    for change in found.revised:
        yield event_of(change, environment=settings.environment, now=now)
    for lost in found.gone:
        yield gone_event(lost, settings.models_bucket, settings.environment, now)


def _inspected(found: Difference, clients: Clients, now: datetime) -> Iterator[RegistryEvent]:
    listed = found.listed
    with (
        Inspector(process_cpu_count() or 1) as inspector,
        ThreadPoolExecutor(READERS) as readers,
    ):

        def inspected(change: Change) -> RegistryEvent:
            # Of a model that is older than the scan, a metadata.json that came before it is in the
            # listing, and one that came after it is an event's or the next scan's.
            is_old = change.artifact.created_at < now - _SKEW
            is_alone = is_old and _metadata_beside(change.artifact.name) not in listed
            return registration(change, clients, inspector, now=now, is_alone=is_alone)

        yield from readers.map(inspected, [*found.doubtful, *found.born])


def _listed(clients: Clients) -> Iterator[Change]:
    bucket = clients.settings.models_bucket
    with google_errors(f"listing gs://{bucket}"):
        for blob in clients.storage.list_blobs(bucket):
            yield change_from_blob(blob)


def gone_event(lost: Generation, bucket: str, environment: str, now: datetime) -> RegistryEvent:
    """The event that a generation was missing from the listing."""
    return RegistryEvent(
        event_type=EventType.GONE,
        event_time=now,
        recorded_at=now,
        environment=environment,
        bucket=bucket,
        name=lost.name,
        generation=lost.generation,
        metageneration=0,
        model_name=lost.model_name,
        model_version=lost.model_version,
    )
