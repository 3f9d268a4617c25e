from shared.errors import NotFound
from shared.models import ModelVersion, RegisteredModel
from shared.registry import FactType, Generation

BORN = {FactType.FINALIZED, FactType.SEEN}
GONE = {FactType.ARCHIVED, FactType.DELETED, FactType.GONE}


class FakeRegistry:
    """The registry's rule in memory: a set of facts, of which the newest live generation wins."""

    def __init__(self):
        self._facts = {}

    def append(self, facts):
        for fact in facts:
            self._facts.setdefault(fact.event_id, fact)

    def models(self):
        live = [each for each in self._live() if each.name.endswith("/model.pkl")]
        newest = {each.name: each for each in sorted(live, key=lambda each: each.generation)}
        return [self._model(each) for _, each in sorted(newest.items())]

    def find(self, model):
        found = [each for each in self.models() if each.version == model]
        if not found:
            raise NotFound(f"model {model} is not in the registry")
        return found[0]

    def live_generations(self, bucket):
        return {
            Generation(each.name, each.generation, each.model_name, each.model_version)
            for each in self._live()
            if each.bucket == bucket
        }

    def _live(self):
        facts = self._facts.values()
        gone = {(f.bucket, f.name, f.generation) for f in facts if f.event_type in GONE}
        born = (f for f in facts if f.event_type in BORN)
        return [f for f in born if (f.bucket, f.name, f.generation) not in gone]

    def _model(self, fact):
        return RegisteredModel(
            version=ModelVersion(fact.model_name, fact.model_version),
            bucket=fact.bucket,
            generation=fact.generation,
            size_bytes=fact.file_size_bytes,
            crc32c=fact.crc32c,
            sha256=fact.sha256,
            status=fact.status,
        )
