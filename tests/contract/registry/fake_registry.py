import json

from shared.errors import NotFound
from shared.registry.events import AliasMove, EventType, Generation
from shared.registry.model_version import ModelFile, ModelVersion, RegisteredModel, Status
from shared.registry.references import LATEST

BORN = {EventType.FINALIZED, EventType.SEEN}
GONE = {EventType.ARCHIVED, EventType.DELETED, EventType.GONE}


class FakeRegistry:
    """The registry's rule in memory: a set of events, of which the newest live generation wins."""

    def __init__(self):
        self._facts = {}

    def append(self, events):
        for event in events:
            known = self._facts.get(event.event_id)
            if known is None or known.recorded_at < event.recorded_at:
                self._facts[event.event_id] = event

    def models(self):
        newest = {each.name: each for each in self._live()}
        files = [each for each in newest.values() if each.name.endswith(f"/{ModelFile.MODEL}")]
        models = [_model(each, newest.get(_beside(each))) for each in files]
        return sorted(models, key=lambda each: (each.version.name, int(each.version.version[1:])))

    def find(self, reference):
        found = [each for each in self.models() if self._is_meant(each, reference)]
        if not found:
            raise NotFound(f"{reference} is not in the registry, or stands for no version of it")
        return found[-1]

    def live_generations(self, bucket):
        metagenerations = {}
        for each in self._facts.values():
            key = (each.name, each.generation)
            metagenerations[key] = max(metagenerations.get(key, 0), each.metageneration)
        return {
            Generation(
                each.name,
                each.generation,
                metagenerations[each.name, each.generation],
                each.model_name,
                each.model_version,
            )
            for each in self._live()
            if each.bucket == bucket
        }

    def _live(self):
        """The inspections of all live generations, the newest last."""
        events = self._facts.values()
        gone = {(f.bucket, f.name, f.generation) for f in events if f.event_type in GONE}
        born = {(f.bucket, f.name, f.generation) for f in events if f.event_type in BORN}
        seen = (f for f in events if f.event_type in {*BORN, EventType.INSPECTED})
        live = (f for f in seen if (f.bucket, f.name, f.generation) in born - gone)
        return sorted(live, key=lambda each: (each.generation, each.recorded_at))

    def _is_meant(self, model, reference):
        if isinstance(reference, ModelVersion):
            return model.version == reference
        if model.version.name != reference.name:
            return False
        if reference.alias == LATEST:
            return model.status is not Status.QUARANTINED
        last = self.last_move(reference)
        return last is not None and last.is_standing and last.version == model.version

    def last_move(self, alias):
        moves = [
            event
            for event in self._facts.values()
            if (event.model_name, event.alias) == (alias.name, alias.alias)
        ]
        for last in sorted(moves, key=lambda each: each.event_time)[-1:]:
            version = ModelVersion(last.model_name, last.model_version)
            is_standing = last.event_type is EventType.ALIASED
            return AliasMove(version, last.bucket, last.generation, last.event_time, is_standing)
        return None


def _beside(event):
    return ModelVersion(event.model_name, event.model_version).object_name(ModelFile.METADATA)


def _model(event, notes):
    return RegisteredModel(
        version=ModelVersion(event.model_name, event.model_version),
        bucket=event.bucket,
        generation=event.generation,
        size_bytes=event.file_size_bytes,
        crc32c=event.crc32c,
        sha256=event.sha256,
        status=event.status,
        findings=event.findings + (notes.findings if notes else ()),
        metadata=json.loads(notes.metadata or "{}") if notes else {},
        signature=json.loads(event.signature or "{}"),
    )
