"""Deduplication: an equal request within a short window, without a key, is the same launch.

Browsers, proxies and people repeat a GET. Duplicates share one small document,
`_deduplication/{key}.json`, which names the run id of the window's first request.
"""

from datetime import datetime, timedelta

from shared.runs.documents import DeduplicationDocument
from shared.runs.folder import RunFolder, deduplication_name


def deduplicated_run_id(
    folder: RunFolder, key: str, proposal: str, *, now: datetime, window_seconds: int
) -> str:
    """The run id that duplicates within this window share: that of the first request.

    Raises:
        DataLoss: when the document of an earlier request cannot be read.
        Transient: when Cloud Storage is away.
    """
    if not window_seconds:
        return proposal
    name = deduplication_name(key)
    document = DeduplicationDocument(run_id=proposal, at=now)
    while True:
        generation, standing = folder.read_with_generation(name)
        if standing and abs(now - standing.at) <= timedelta(seconds=window_seconds):
            return standing.run_id
        if folder.replace(name, document, generation=generation):
            return proposal
        # Another duplicate was first, or this very write was retried: the next turn reads which.
