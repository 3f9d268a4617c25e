"""The reconcile scan: appends to the registry whatever events missed.

Events are an optimisation; this is the guarantee. It compares the log's belief with the bucket's
listing and appends the difference as facts, so running it twice, or beside events, is harmless.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from jobs.changes import Change, change_from_blob
from jobs.register import registration, report
from shared.clients import Clients, google_errors
from shared.registry import Fact, FactType, Generation, Registry


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """How many objects of the bucket a scan found in which state."""

    registered: int
    unchanged: int
    gone: int
    not_models: int

    def __str__(self) -> str:
        return (
            f"registered {self.registered}, unchanged {self.unchanged}, gone {self.gone}, "
            f"not models {self.not_models}"
        )


def reconcile(clients: Clients, registry: Registry, *, now: datetime) -> Reconciliation:
    """Make the registry equal to the bucket.

    Raises:
        Transient: when a service is away; what was appended stays, and the next scan goes on.
    """
    bucket = clients.settings.models_bucket
    # The log is read before the bucket is listed: whatever the log knows by now was born before
    # the listing, so if the listing lacks it, it is truly gone.
    believed = {(g.name, g.generation): g for g in registry.live_generations(bucket)}
    listed = {(c.artifact.name, c.artifact.generation): c for c in _listed(clients)}
    missed = [
        registration(listed[key], clients, now=now) for key in sorted(listed.keys() - believed)
    ]
    gone = [_gone(believed[key], clients, now) for key in sorted(believed.keys() - listed)]
    registry.append([*missed, *gone])
    for fact in (*missed, *gone):
        report(fact)
    strangers = sum(fact.model_name is None for fact in missed)
    return Reconciliation(
        registered=len(missed) - strangers,
        unchanged=len(listed.keys() & believed),
        gone=len(gone),
        not_models=strangers,
    )


def _listed(clients: Clients) -> Iterator[Change]:
    bucket = clients.settings.models_bucket
    with google_errors(f"listing gs://{bucket}"):
        for blob in clients.storage.list_blobs(bucket):
            yield change_from_blob(blob)


def _gone(lost: Generation, clients: Clients, now: datetime) -> Fact:
    return Fact(
        event_type=FactType.GONE,
        event_time=now,
        recorded_at=now,
        environment=clients.settings.environment,
        bucket=clients.settings.models_bucket,
        name=lost.name,
        generation=lost.generation,
        metageneration=0,
        model_name=lost.model_name,
        model_version=lost.model_version,
    )
