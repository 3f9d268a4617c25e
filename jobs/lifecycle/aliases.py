"""Sets and removes aliases of model versions, each by an event in the registry's log."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from jobs.publishing.provenance import author
from shared.registry.approval import require_approval
from shared.registry.events import AliasMove, EventType, RegistryEvent
from shared.registry.model_version import ModelFile, ModelVersion
from shared.registry.references import ModelAlias, ModelReference
from shared.registry.registry import Registry

# The resolution of BigQuery's TIMESTAMP.
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class AliasChange:
    """The version of an alias before and after a change; None when the alias is not set."""

    alias: ModelAlias
    before: ModelVersion | None
    now: ModelVersion | None

    def __str__(self) -> str:
        before, now = _text(self.before), _text(self.now)
        if before == now:
            return f"{self.alias} stands for {now}, as before"
        return f"{self.alias} stands for {now}, before it was {before}"


def _text(version: ModelVersion | None) -> str:
    return version.version if version else "nothing"


def move_alias(
    alias: ModelAlias,
    target: ModelReference,
    registry: Registry,
    *,
    environment: str,
    now: datetime,
) -> AliasChange:
    """Set an alias to a version, or to the current version of another alias.

    Raises:
        NotFound: when the version is not registered.
        FailedPrecondition: when the version is not approved.
        Transient: when BigQuery is unavailable; a retry is safe.
    """
    model = registry.find(target)
    require_approval(model, environment)
    last = registry.last_move(alias)
    if _version_of(last) != model.version:
        time = _after(last, now)
        move = AliasMove(model.version, model.bucket, model.generation, time, is_standing=True)
        registry.append([_event(alias, move, environment, now)])
    return AliasChange(alias, _version_of(last), model.version)


def remove_alias(
    alias: ModelAlias, registry: Registry, *, environment: str, now: datetime
) -> AliasChange:
    """Remove an alias.

    Raises:
        Transient: when BigQuery is unavailable; a retry is safe.
    """
    last = registry.last_move(alias)
    if last and last.is_standing:
        move = replace(last, time=_after(last, now), is_standing=False)
        registry.append([_event(alias, move, environment, now)])
    return AliasChange(alias, _version_of(last), None)


def _version_of(last: AliasMove | None) -> ModelVersion | None:
    return last.version if last and last.is_standing else None


def _after(last: AliasMove | None, now: datetime) -> datetime:
    """Now, or the tick after the last move if its clock was ahead: the latest move is in force."""
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
