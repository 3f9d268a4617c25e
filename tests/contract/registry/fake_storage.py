from contextlib import contextmanager
from types import SimpleNamespace

from google.api_core.exceptions import NotFound

from jobs.models.inspection_result import InspectionResult
from shared.registry.model_version import Status
from shared.settings.settings import Settings


class FakeStorage:
    """Cloud Storage's client over one bucket in memory, as far as registration speaks to it."""

    def __init__(self, bucket):
        self._bucket = bucket

    def bucket(self, _name):
        return self

    def blob(self, name, generation=None):
        return FakeBlob(self._bucket, name, generation)

    def get_blob(self, name):
        live = self._bucket.live.get(name)
        return _described(live) if live else None

    def list_blobs(self, _name):
        return [_described(live) for _, live in sorted(self._bucket.live.items())]


class FakeBlob:
    def __init__(self, bucket, name, generation):
        live = bucket.live.get(name)
        self._key = (name, generation or (live and live.generation))
        self._contents = bucket.contents

    def download_as_bytes(self, end=None):
        if self._key not in self._contents:
            raise NotFound(f"{self._key} is not there")
        return self._contents[self._key][: None if end is None else end + 1]


def _described(live):
    return SimpleNamespace(
        bucket=SimpleNamespace(name=live.bucket),
        name=live.name,
        generation=live.generation,
        metageneration=live.metageneration,
        size=live.size_bytes,
        crc32c=live.crc32c,
        time_created=live.created_at,
        metadata=None,
    )


class FakeInspector:
    """Approves every model, and says what its metadata.json said when it was inspected."""

    @contextmanager
    def admit(self, _size_bytes):
        yield

    def inspect(self, _content, conditions):
        return InspectionResult(status=Status.APPROVED, findings=(noted(conditions.metadata),))


def noted(metadata):
    return f"inspected beside {sorted(metadata.items())}"


def clients_of(bucket):
    settings = Settings.from_environ({"GCP_PROJECT_ID": "p", "GCS_BUCKET_MODELS_DEV": bucket.name})
    return SimpleNamespace(storage=FakeStorage(bucket), settings=settings)
