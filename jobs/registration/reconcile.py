"""The reconcile scan: appends to the registry's log what its events missed.

Events make registration fast; the scan makes it complete. It compares the log with the bucket's
listing and appends the difference as events. It may run repeatedly, and while events arrive.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched
from os import process_cpu_count

from jobs.progress_bar import ProgressBar
from jobs.registration.bucket_diff import BucketDiff, bucket_diff
from jobs.registration.object_changes import Change, change_from_blob, event_of
from jobs.registration.registration import READERS, log_event, registration
from jobs.sandbox.inspector import Inspector
from jobs.sandbox.model_processes import ModelProcesses
from shared.clients import Clients, google_errors
from shared.registry.events import EventType, Generation, RegistryEvent
from shared.registry.model_version import ModelFile, Status
from shared.registry.registry import Registry

# The most that Cloud Storage's clock may differ from this machine's.
_CLOCK_SKEW = timedelta(seconds=30)
# Events per append. A scan that is interrupted keeps the batches before.
_BATCH = 500


@dataclass(slots=True)
class Reconciliation:
    """The number of objects that a scan found, by state."""

    registered: int = 0
    unchanged: int = 0
    gone: int = 0
    quarantined: int = 0
    not_models: int = 0

    def count(self, event: RegistryEvent) -> None:
        """Count an appended event in one of the states."""
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
    """Append the events that make the registry equal to the bucket.

    Args:
        clients: the deployment's.
        registry: the deployment's.
        now: when the scan began.
        again: whether quarantined models are inspected again.

    Raises:
        Transient: when a service is unavailable; appended events stay, and the next scan continues.
    """
    bucket = clients.settings.models_bucket
    # The log is read before the bucket is listed: each generation in the log was created before
    # the listing, so a generation that the listing lacks was deleted.
    logged = registry.live_generations(bucket)
    diff = bucket_diff(logged, _listed(clients))
    diff = diff.with_reinspection(_names_to_reinspect(diff, registry, again=again))
    summary = Reconciliation(unchanged=len(diff.unchanged))
    for batch in batched(_events(diff, clients, now), _BATCH, strict=False):
        registry.append(batch)
        for event in batch:
            summary.count(event)
            if event.findings:
                log_event(event)
    return summary


def _names_to_reinspect(diff: BucketDiff, registry: Registry, *, again: bool) -> set[str]:
    """The registered models that were never inspected, or whose metadata.json has changed."""
    statuses = {Status.UNINSPECTED, *([Status.QUARANTINED] if again else [])}
    names = {each.object_name for each in registry.models() if each.status in statuses}
    changed = {each.artifact.version for each in diff.new} | {each.version for each in diff.gone}
    return names | {each.object_name(ModelFile.MODEL) for each in changed if each}


def _metadata_name(name: str) -> str:
    return f"{name.rpartition('/')[0]}/{ModelFile.METADATA}"


def _events(diff: BucketDiff, clients: Clients, now: datetime) -> Iterator[RegistryEvent]:
    settings = clients.settings
    # A model is inspected again before its new metadata.json is logged: once the log has the
    # metadata.json, no later scan would inspect the model again.
    with ProgressBar("objects", total=len(diff.to_reinspect) + len(diff.new)) as bar:
        yield from bar.counted(_inspected(diff, clients, now))
    for change in diff.updated:
        yield event_of(change, environment=settings.environment, now=now)
    for lost in diff.gone:
        yield gone_event(lost, settings.models_bucket, settings.environment, now)


def _inspected(diff: BucketDiff, clients: Clients, now: datetime) -> Iterator[RegistryEvent]:
    listed = diff.listed
    with (
        ModelProcesses.of(clients.settings) as processes,
        Inspector(processes, workers=process_cpu_count() or 1) as inspector,
        ThreadPoolExecutor(READERS) as readers,
    ):

        def inspected(change: Change) -> RegistryEvent:
            # For a model that is older than the scan, an older metadata.json is in the listing,
            # and a newer one has an event of its own or is found by the next scan.
            is_old = change.artifact.created_at < now - _CLOCK_SKEW
            lacks_metadata = is_old and _metadata_name(change.artifact.name) not in listed
            return registration(change, clients, inspector, now=now, lacks_metadata=lacks_metadata)

        yield from readers.map(inspected, [*diff.to_reinspect, *diff.new])


def _listed(clients: Clients) -> Iterator[Change]:
    bucket = clients.settings.models_bucket
    with google_errors(f"listing gs://{bucket}"):
        for blob in clients.storage.list_blobs(bucket):
            yield change_from_blob(blob)


def gone_event(lost: Generation, bucket: str, environment: str, now: datetime) -> RegistryEvent:
    """The event of a generation that the listing lacks."""
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
