"""The difference between the registry's log and the bucket's listing. Pure."""

from collections.abc import Iterable, Set
from dataclasses import dataclass, field, replace

from jobs.registration.object_changes import Change
from shared.registry.events import EventType, Generation


@dataclass(frozen=True, slots=True)
class BucketDiff:
    """What the log lacks, given the bucket's listing.

    Attributes:
        new: generations that the log does not have.
        updated: generations whose object metadata has changed since.
        gone: generations that are live in the log and not in the bucket.
        unchanged: generations that are equal in both.
        to_reinspect: generations that the log has and that must be inspected again.
    """

    new: list[Change]
    updated: list[Change]
    gone: list[Generation]
    unchanged: list[Change]
    to_reinspect: list[Change] = field(default_factory=list)

    @property
    def listed(self) -> set[str]:
        """The names of all objects in the listing."""
        changes = (*self.new, *self.updated, *self.unchanged, *self.to_reinspect)
        return {each.artifact.name for each in changes}

    def with_reinspection(self, names: Set[str]) -> "BucketDiff":
        """The same difference, with the logged objects of these names in `to_reinspect`.

        They are in no other list, because the event of an inspection holds all attributes.
        """
        logged = [*self.unchanged, *self.updated]
        return replace(
            self,
            unchanged=[each for each in self.unchanged if each.artifact.name not in names],
            updated=[each for each in self.updated if each.artifact.name not in names],
            to_reinspect=[
                replace(each, type=EventType.INSPECTED)
                for each in logged
                if each.artifact.name in names
            ],
        )


def bucket_diff(logged: Iterable[Generation], listed: Iterable[Change]) -> BucketDiff:
    """The difference between the log's live generations and a listing that was made later."""
    missing = {(each.name, each.generation): each for each in logged}
    diff = BucketDiff([], [], [], [])
    for change in listed:
        artifact = change.artifact
        known = missing.pop((artifact.name, artifact.generation), None)
        if known is None:
            diff.new.append(change)
        elif known.metageneration < artifact.metageneration:
            diff.updated.append(replace(change, type=EventType.METADATA_UPDATED))
        else:
            diff.unchanged.append(change)
    diff.gone.extend(sorted(missing.values(), key=lambda each: (each.name, each.generation)))
    return diff
