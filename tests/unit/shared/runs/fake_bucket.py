from dataclasses import dataclass, field
from itertools import count

from google.api_core.exceptions import NotFound, PreconditionFailed

_generations = count(1)


@dataclass
class FakeBucket:
    """A bucket in memory, as far as a run's folder speaks to it.

    Attributes:
        lost_answers: so many of the next writes are carried out, their answers get lost, and the
            client retries them.
    """

    name: str = "mlsys-runs-dev"
    objects: dict = field(default_factory=dict)
    lost_answers: int = 0

    def blob(self, name):
        return FakeBlob(self, name)

    def list_blobs(self, prefix):
        return [_described(self, name) for name in sorted(self.objects) if name.startswith(prefix)]


@dataclass
class FakeBlob:
    bucket: FakeBucket
    name: str
    generation: int | None = None
    metadata: dict | None = None

    def download_as_bytes(self):
        if self.name not in self.bucket.objects:
            raise NotFound(self.name)
        self.generation, content, self.metadata = self.bucket.objects[self.name]
        return content

    def upload_from_string(self, content, content_type="text/plain", if_generation_match=None):
        assert content_type in {"application/json", "text/plain"}
        standing = self.bucket.objects.get(self.name, (0,))[0]
        if if_generation_match not in {None, standing}:
            raise PreconditionFailed(self.name)
        text = content.encode() if isinstance(content, str) else content
        self.bucket.objects[self.name] = (next(_generations), text, self.metadata)
        if self.bucket.lost_answers:
            self.bucket.lost_answers -= 1
            self.upload_from_string(content, content_type, if_generation_match)


def _described(bucket, name):
    generation, _, metadata = bucket.objects[name]
    return FakeBlob(bucket, name, generation, metadata)
