"""What a caller changes for one execution, and the template that results; pure."""

from dataclasses import dataclass, field, replace

from local.run.errors import InvalidArgumentError
from local.run.resources import Container, Template


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerOverride:
    """Changes to one container: `args` replace, `environment` is merged."""

    name: str = ""
    args: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    clear_args: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """Changes to one execution; None leaves the job's value."""

    containers: tuple[ContainerOverride, ...] = ()
    task_count: int | None = None
    timeout_seconds: float | None = None


def overridden(template: Template, overrides: Overrides) -> Template:
    """Return the template of an execution.

    Raises:
        InvalidArgumentError: A value is out of range, or a container is not the job's.
    """
    container = template.container
    for override in overrides.containers:
        container = _overridden_container(container, override)
    count, timeout = overrides.task_count, overrides.timeout_seconds
    return replace(
        template,
        container=container,
        task_count=template.task_count if count is None else count,
        timeout_seconds=template.timeout_seconds if timeout is None else timeout,
    )


def _overridden_container(container: Container, override: ContainerOverride) -> Container:
    if override.name and override.name != container.name:
        raise InvalidArgumentError(
            f"Violation in overrides: no container is named {override.name!r}."
        )
    args = override.args or (() if override.clear_args else container.args)
    environment = container.environment | override.environment
    return replace(container, args=args, environment=environment)
