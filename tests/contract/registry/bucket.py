import base64
import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count

import google_crc32c

from jobs.registration.object_changes import Change, event_of
from jobs.registration.upload_inspection import inspect_metadata
from shared.registry.events import EventType
from shared.registry.model_version import Artifact, ModelFile, Status

BIRTH = datetime(2026, 1, 1, tzinfo=UTC)
RECORDING = BIRTH + timedelta(days=1)


@dataclass
class Bucket:
    """A bucket in memory: what Cloud Storage keeps of each object, and what its events tell."""

    name: str
    versioned: bool
    live: dict = field(default_factory=dict)
    contents: dict = field(default_factory=dict)
    told: list = field(default_factory=list)
    _ticks: count = field(default_factory=lambda: count(1))

    def put(self, name, content):
        self.delete(name)
        generation = next(self._ticks)
        self.contents[name, generation] = content
        checksum = base64.b64encode(google_crc32c.Checksum(content).digest()).decode()
        self.live[name] = Artifact(
            bucket=self.name,
            name=name,
            generation=generation,
            metageneration=1,
            size_bytes=len(content),
            crc32c=checksum,
            created_at=BIRTH + timedelta(seconds=generation),
        )
        self._tell(EventType.FINALIZED, self.live[name])

    def relabel(self, name):
        if old := self.live.get(name):
            self.live[name] = replace(old, metageneration=old.metageneration + 1)
            self._tell(EventType.METADATA_UPDATED, self.live[name])

    def delete(self, name):
        if old := self.live.pop(name, None):
            self._tell(EventType.ARCHIVED if self.versioned else EventType.DELETED, old)
            if not self.versioned:
                del self.contents[name, old.generation]

    def purge(self, name):
        """Delete the noncurrent generations of an object, as a lifecycle rule does."""
        current = self.live.get(name)
        for each, generation in list(self.contents):
            if each == name and not (current and current.generation == generation):
                artifact = Artifact(self.name, name, generation, 1, 0, "", BIRTH)
                del self.contents[name, generation]
                self._tell(EventType.DELETED, artifact)

    def listing(self):
        return [Change(EventType.SEEN, each.created_at, each) for each in self.live.values()]

    def event(self, change):
        """The event that a change is, with what the object's bytes tell where it still has some."""
        event = event_of(change, environment="dev", now=RECORDING)
        artifact = change.artifact
        if not (change.is_live and event.model_name):
            return event
        content = self.contents.get((artifact.name, artifact.generation))
        if content is None:
            return replace(event, status=Status.UNINSPECTED, findings=("it is gone",))
        checksum = hashlib.sha256(content).hexdigest()
        if artifact.name.endswith(ModelFile.MODEL):
            return replace(event, sha256=checksum, status=Status.APPROVED)
        noted = inspect_metadata(content)
        return replace(event, sha256=checksum, metadata=noted.metadata, findings=noted.findings)

    def _tell(self, event_type, artifact):
        time = BIRTH + timedelta(seconds=next(self._ticks))
        self.told.append(Change(event_type, time, artifact))
