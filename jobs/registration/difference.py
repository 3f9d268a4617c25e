"""What the bucket's listing knows better than the registry's log. Pure."""

from collections.abc import Iterable, Set
from dataclasses import dataclass, field, replace

from jobs.registration.changes import Change
from shared.registry.events import EventType, Generation


@dataclass(frozen=True, slots=True)
class Difference:
    """What the bucket's listing knows better than the log.

    Attributes:
        born: generations that the log does not know.
        revised: generations that have got new metadata of their object since.
        gone: generations that the log believes to be live.
        unchanged: generations that both agree on.
        doubtful: of unchanged and revised ones, those that must be inspected again.
    """

    born: list[Change]
    revised: list[Change]
    gone: list[Generation]
    unchanged: list[Change]
    doubtful: list[Change] = field(default_factory=list)

    @property
    def listed(self) -> set[str]:
        """Names of all objects of the listing."""
        changes = (*self.born, *self.revised, *self.unchanged, *self.doubtful)
        return {each.artifact.name for each in changes}

    def doubting(self, names: Set[str]) -> "Difference":
        """The same, with the known objects of these names as doubtful; an inspection tells all."""
        known = [*self.unchanged, *self.revised]
        return replace(
            self,
            unchanged=[each for each in self.unchanged if each.artifact.name not in names],
            revised=[each for each in self.revised if each.artifact.name not in names],
            doubtful=[
                replace(each, type=EventType.INSPECTED)
                for each in known
                if each.artifact.name in names
            ],
        )


def difference(believed: Iterable[Generation], listed: Iterable[Change]) -> Difference:
    """What a listing knows better than a log that was read before."""
    missing = {(each.name, each.generation): each for each in believed}
    found = Difference([], [], [], [])
    for change in listed:
        artifact = change.artifact
        known = missing.pop((artifact.name, artifact.generation), None)
        if known is None:
            found.born.append(change)
        elif known.metageneration < artifact.metageneration:
            found.revised.append(replace(change, type=EventType.METADATA_UPDATED))
        else:
            found.unchanged.append(change)
    found.gone.extend(sorted(missing.values(), key=lambda each: (each.name, each.generation)))
    return found
