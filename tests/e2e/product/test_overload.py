"""More events at once than the service that registers has places for."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import requests

SENDERS = 160
NAME = "overload"


def deliver(cloud, version, ready):
    """Deliver an event until it is acknowledged, as Eventarc does; the statuses are returned."""
    content = {
        "bucket": "mlsys-models-dev",
        "name": f"{NAME}/v{version}/model.pkl",
        "generation": "7",
        "metageneration": "1",
        "timeCreated": "2026-01-01T00:00:00Z",
    }
    headers = {
        "ce-id": str(version),
        "ce-specversion": "1.0",
        "ce-type": "google.cloud.storage.object.v1.deleted",
        "ce-source": "//storage.googleapis.com/projects/_/buckets/mlsys-models-dev",
        "ce-time": "2026-01-01T00:00:00Z",
    }
    statuses = []
    ready.wait(timeout=60)
    while not statuses or statuses[-1] != 200:
        address = cloud.address["register"]
        answer = requests.post(address, json=content, headers=headers, timeout=120)
        statuses.append(answer.status_code)
    return statuses


def test_what_there_is_no_place_for_is_refused_and_comes_again_and_nothing_is_lost(cloud, clients):
    ready = Barrier(SENDERS)
    with ThreadPoolExecutor(SENDERS) as senders:
        told = senders.map(lambda version: deliver(cloud, version, ready), range(1, SENDERS + 1))
        counted = Counter(status for statuses in told for status in statuses)
    assert set(counted) == {200, 429}
    assert counted[200] == SENDERS
    query = (
        "SELECT COUNT(*) AS events, COUNT(DISTINCT event_id) AS different "
        f"FROM {clients.settings.dataset}.model_registry_events WHERE model_name = '{NAME}'"
    )
    (row,) = clients.bigquery.query_and_wait(query)
    assert (row["events"], row["different"]) == (SENDERS, SENDERS)
