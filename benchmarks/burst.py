"""Thousands of uploads at once: `python -m benchmarks.burst`.

Starts a local cloud without Eventarc, drops models into it, and delivers their events itself to
the service that registers: a fifth of them never, a tenth of the others twice, all in random order.
Then one reconcile scan, a process of its own, makes up for what was lost. Timed are events and
scan. For comparison, the same cloud takes one MERGE an event, as the legacy system did.
"""

import argparse
import io
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import local
from urllib.parse import quote

import joblib
import urllib3
from sklearn.dummy import DummyClassifier

from benchmarks.merging import merges_per_second
from deployment.definitions import REPOSITORY
from local.cloud import Cloud
from local.eventarc.delivery import ACKNOWLEDGING
from local.eventarc.events import Event, Outbox, http_body, http_headers
from local.running import Blueprint, running_cloud
from local.services import services
from local.supervisor.service import Service
from shared.clients import Clients
from shared.registry.registry import Registry
from shared.settings.settings import Settings

_LOST = 0.2
_TWICE = 0.1
_OVERWRITTEN = 0.05
_SENDERS = 64
_MERGES = 60
_SECONDS_BETWEEN_ATTEMPTS = 0.5


def main(words: Sequence[str] | None = None) -> int:
    """Measure, print what was measured, and return the exit code: 1 when a row is wrong."""
    parser = argparse.ArgumentParser("python -m benchmarks.burst", description=__doc__)
    parser.add_argument("--uploads", type=int, default=10_000)
    parser.add_argument("--distinct", type=int, default=100, help="how many models differ")
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as home, running_cloud(_blueprint(Path(home))) as cloud:
        return _measure(cloud, arguments, random.Random(arguments.seed))  # noqa: S311


def _blueprint(home: Path) -> Blueprint:
    return Blueprint(home, services=_services_without_eventarc)


def _services_without_eventarc(cloud: Cloud) -> Sequence[Service]:
    return [each for each in services(cloud) if each.name not in {"eventarc", "gateway"}]


def _measure(cloud: Cloud, arguments: argparse.Namespace, chance: random.Random) -> int:
    clients = _clients(cloud)
    with _seconds() as loading:
        _upload(cloud, _models(arguments.distinct), arguments.uploads, chance)
    events = _events(cloud, arguments.uploads)
    deliveries = _with_losses_and_duplicates(events, chance)
    _say(f"uploads    {arguments.uploads:,} in {loading():.1f} s, not counted below")
    with _seconds() as delivering:
        refusals = _deliver(cloud, deliveries)
    distinct, rate = len(set(deliveries)), len(deliveries) / delivering()
    _say(
        f"events     {distinct:,} of {len(events):,}, {len(deliveries) - distinct:,} of them "
        f"twice, in random order: {delivering():.1f} s, {rate:,.0f} a second, "
        f"{refusals:,} refused and delivered again"
    )
    with _seconds() as scanning:
        summary = _reconcile(cloud)
    _say(f"reconcile  {summary}: {scanning():.1f} s")
    _say(f"together   {delivering() + scanning():.1f} s")
    is_equal = _compare(clients)
    _compare_with_merges(clients, rate, arguments.uploads)
    return 0 if is_equal else 1


@contextmanager
def _seconds() -> Iterator[Callable[[], float]]:
    """The seconds that the block took, once it has ended."""
    began = time.monotonic()
    took = [0.0]
    yield lambda: took[0]
    took[0] = time.monotonic() - began


def _clients(cloud: Cloud) -> Clients:
    os.environ.update({k: v for k, v in cloud.variables.items() if not k.endswith("_proxy")})
    return Clients(Settings.from_environ(os.environ))


def _models(distinct: int) -> list[bytes]:
    """Model files that differ, all honest."""
    files = []
    for constant in range(distinct):
        buffer = io.BytesIO()
        model = DummyClassifier(strategy="constant", constant=constant)
        joblib.dump(model.fit([[0]] * (constant + 1), range(constant + 1)), buffer)
        files.append(buffer.getvalue())
    return files


def _upload(cloud: Cloud, models: Sequence[bytes], uploads: int, chance: random.Random) -> None:
    """Drop so many models, some of them in the place of an earlier one."""
    versions = uploads - int(uploads * _OVERWRITTEN)
    names = [f"burst-{number // 10:05d}/v{number % 10}/model.pkl" for number in range(versions)]
    again = chance.sample(names, uploads - versions)
    address = f"{cloud.address['storage']}/upload/storage/v1/b/{_bucket(cloud)}/o"
    pool = urllib3.PoolManager(maxsize=8)

    def put(name: str, content: bytes) -> None:
        query = f"uploadType=media&name={quote(name, safe='')}"
        answer = pool.request("POST", f"{address}?{query}", body=content)
        if answer.status != 200:  # noqa: PLR2004  (OK)
            raise RuntimeError(answer.data.decode())

    for some in (names, again):  # an overwrite comes after what it overwrites
        contents = [models[chance.randrange(len(models))] for _ in some]
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(put, some, contents))


def _bucket(cloud: Cloud) -> str:
    return f"mlsys-models-{cloud.environment}"


def _events(cloud: Cloud, uploads: int) -> list[Event]:
    """All events that Cloud Storage keeps for Eventarc; an overwrite makes two."""
    outbox = Outbox(cloud.home / "storage")
    events: list[Event] = []
    while len(events) < uploads + int(uploads * _OVERWRITTEN):
        events += outbox.next_events(events[-1].id if events else 0)
    return events


def _with_losses_and_duplicates(events: Sequence[Event], chance: random.Random) -> list[Event]:
    kept = [event for event in events if chance.random() >= _LOST]
    deliveries = kept + [event for event in kept if chance.random() < _TWICE]
    chance.shuffle(deliveries)
    return deliveries


def _deliver(cloud: Cloud, deliveries: Sequence[Event]) -> int:
    """Deliver each event until it is acknowledged; how often one was refused is returned."""
    connections = local()

    def deliver(event: Event) -> int:
        if not hasattr(connections, "own"):
            connections.own = HTTPConnection("127.0.0.1", cloud.ports["register"], timeout=60)
        refusals = 0
        while not _is_acknowledged(connections.own, event):
            refusals += 1
            time.sleep(_SECONDS_BETWEEN_ATTEMPTS)
        return refusals

    with ThreadPoolExecutor(_SENDERS) as senders:
        return sum(senders.map(deliver, deliveries))


def _is_acknowledged(connection: HTTPConnection, event: Event) -> bool:
    headers = http_headers(event)
    try:
        connection.request("POST", "/", body=http_body(event), headers=headers)
        answer = connection.getresponse()
        answer.read()
    except (HTTPException, OSError):
        connection.close()  # the next request opens it again
        return False
    return answer.status in ACKNOWLEDGING


def _reconcile(cloud: Cloud) -> str:
    """Run the scan as Cloud Run does; its summary line is returned."""
    finished = subprocess.run(
        [sys.executable, "-m", "jobs", "register", f"--env={cloud.environment}"],
        cwd=REPOSITORY,
        env={**os.environ, **cloud.container_variables},
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode:
        raise RuntimeError(finished.stderr)
    return finished.stderr.strip().splitlines()[-1]


def _compare(clients: Clients) -> bool:
    """Say whether the registry has each live model of the bucket once, and nothing else."""
    registry = Registry(clients.bigquery, clients.settings.dataset)
    rows = [(m.object_name, m.generation, m.size_bytes, m.crc32c) for m in registry.models()]
    bucket = clients.storage.list_blobs(clients.settings.models_bucket)
    live = {(blob.name, blob.generation, blob.size, blob.crc32c) for blob in bucket}
    lost, strange, twice = len(live - set(rows)), len(set(rows) - live), len(rows) - len(set(rows))
    word = "equals" if not (lost or strange or twice) else "DIFFERS FROM"
    _say(
        f"registry   {word} the bucket: {len(live):,} live models, {len(rows):,} rows, "
        f"{lost:,} lost, {strange:,} that are not live, {twice:,} twice"
    )
    return word == "equals"


def _compare_with_merges(clients: Clients, ours: float, uploads: int) -> None:
    registry = Registry(clients.bigquery, clients.settings.dataset)
    theirs = merges_per_second(
        clients.bigquery, clients.settings.dataset, registry.models()[:_MERGES]
    )
    _say(
        f"MERGE      {theirs:,.1f} a second, one an event ({uploads / theirs:,.0f} s for all): "
        f"appending is {ours / theirs:,.0f} times as fast"
    )


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
