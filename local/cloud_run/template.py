"""What an execution runs: container and template, and what a caller overrides of them; pure."""

from dataclasses import dataclass, field, replace

from local.google_json import InvalidArgumentError


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """What one task runs."""

    image: str = ""
    name: str = ""
    command: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    limits: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """How the executions of a job look; the limits are those of Cloud Run's quotas page.

    Raises:
        InvalidArgumentError: A number is out of Cloud Run's range.
    """

    container: Container
    task_count: int = 1
    parallelism: int = 0
    max_retries: int = 3
    timeout_seconds: float = 600
    service_account: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    annotations: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _require_range("task_count", self.task_count, 1, 10_000)
        _require_range("parallelism", self.parallelism, 0, 10_000)
        _require_range("max_retries", self.max_retries, 0, 10)
        _require_range("timeout", self.timeout_seconds, 0.001, 168 * 3600)


def _require_range(name: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        rule = f"must be between {least} and {most}"
        raise InvalidArgumentError(f"Violation in template.{name}: {value} {rule}.")


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
