"""Deduplication: equal requests without a key, within a short window, are one launch.

Browsers, proxies and people repeat GET requests. Duplicates share the object
`_deduplication/{digest}.json`, which holds the run id of the window's first request.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from shared import google_exceptions
from shared.clients import google_errors
from shared.runs.folder import RunFolder


def deduplicated_run_id(
    folder: RunFolder, name: str, proposal: str, *, now: datetime, window_seconds: int
) -> str:
    """The run id that equal requests within a window share: that of the first request.

    Args:
        folder: holds the shared objects.
        name: the same for equal requests.
        proposal: the run id when this is the window's first request.
        now: the time of this request, with its zone.
        window_seconds: 0 turns deduplication off.

    Raises:
        Transient: when Cloud Storage is away.
    """
    if not window_seconds:
        return proposal
    blob = folder.blob(f"{name}.json")
    document = {"run_id": proposal, "at": now.isoformat()}
    with google_errors("looking for a duplicate of the request"):
        while True:
            generation, standing = _standing(blob)
            if standing and not _is_over(standing, now, window_seconds):
                return str(standing["run_id"])
            try:
                blob.upload_from_string(
                    json.dumps(document),
                    content_type="application/json",
                    if_generation_match=generation,
                )
            except google_exceptions.PreconditionFailed:
                continue  # another duplicate was first, or this very write was retried
            return proposal


def _standing(blob: Any) -> tuple[int, Mapping[str, str] | None]:
    """Generation and content of the object, 0 and None when there is none."""
    try:
        content = blob.bucket.blob(blob.name)
        text = content.download_as_bytes()
    except google_exceptions.NotFound:
        return 0, None
    return int(content.generation), json.loads(text)


def _is_over(document: Mapping[str, str], now: datetime, window_seconds: int) -> bool:
    age = now - datetime.fromisoformat(document["at"])
    return abs(age) > timedelta(seconds=window_seconds)
