"""Moves an alias of a model: to a version, or away. Each move is an event of the registry's log."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from jobs.publishing.provenance import author
from shared.registry.approval import require_approval
from shared.registry.events import AliasMove, EventType, RegistryEvent
from shared.registry.models import ModelFile, ModelVersion
from shared.registry.references import ModelAlias, ModelReference
from shared.registry.registry import Registry

# BigQuery's clock ticks so.
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Moved:
    """What an alias stood for before, and what it stands for now; None for nothing."""

    alias: ModelAlias
    before: ModelVersion | None
    now: ModelVersion | None

    def __str__(self) -> str:
        before, now = _word(self.before), _word(self.now)
        if before == now:
            return f"{self.alias} stands for {now}, as before"
        return f"{self.alias} stands for {now}, before it was {before}"


def _word(version: ModelVersion | None) -> str:
    return version.version if version else "nothing"


def move_alias(
    alias: ModelAlias,
    target: ModelReference,
    registry: Registry,
    *,
    environment: str,
    now: datetime,
) -> Moved:
    """Let an alias stand for a version, or for the version that another alias stands for now.

    Raises:
        NotFound: when that version is not registered.
        FailedPrecondition: when it is not approved.
        Transient: when BigQuery is away; asking again is safe.
    """
    model = registry.find(target)
    require_approval(model, environment)
    last = registry.last_move(alias)
    if _standing(last) != model.version:
        time = _after(last, now)
        move = AliasMove(model.version, model.bucket, model.generation, time, is_standing=True)
        registry.append([_event(alias, move, environment, now)])
    return Moved(alias, _standing(last), model.version)


def remove_alias(
    alias: ModelAlias, registry: Registry, *, environment: str, now: datetime
) -> Moved:
    """Let an alias stand for nothing.

    Raises:
        Transient: when BigQuery is away; asking again is safe.
    """
    last = registry.last_move(alias)
    if last and last.is_standing:
        move = replace(last, time=_after(last, now), is_standing=False)
        registry.append([_event(alias, move, environment, now)])
    return Moved(alias, _standing(last), None)


def _standing(last: AliasMove | None) -> ModelVersion | None:
    return last.version if last and last.is_standing else None


def _after(last: AliasMove | None, now: datetime) -> datetime:
    """Now, or right after the last move where its clock was ahead of ours: the last one counts."""
    return max(now, last.time + _TICK) if last else now


def _event(alias: ModelAlias, move: AliasMove, environment: str, now: datetime) -> RegistryEvent:
    return RegistryEvent(
        event_type=EventType.ALIASED if move.is_standing else EventType.UNALIASED,
        event_time=move.time,
        recorded_at=now,
        environment=environment,
        bucket=move.bucket,
        name=move.version.object_name(ModelFile.MODEL),
        generation=move.generation,
        metageneration=0,
        model_name=move.version.name,
        model_version=move.version.version,
        alias=alias.alias,
        uploader=author(),
    )
