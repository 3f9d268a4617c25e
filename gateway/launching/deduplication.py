"""Deduplication: equal requests without a key, within a short window, are one launch.

Browsers, proxies and people repeat GET requests. Duplicates share the object
`_deduplication/{key}.json`, which holds the run id of the window's first request.
"""

from datetime import datetime, timedelta

from shared.runs.documents import DeduplicationDocument
from shared.runs.folder import RunFolder, deduplication_name


def deduplicated_run_id(
    folder: RunFolder, key: str, proposal: str, *, now: datetime, window_seconds: int
) -> str:
    """The run id that equal requests within a window share: that of the first request.

    Args:
        folder: holds the shared documents.
        key: the same for equal requests.
        proposal: the run id when this is the window's first request.
        now: the time of this request, with its zone.
        window_seconds: 0 turns deduplication off.

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
