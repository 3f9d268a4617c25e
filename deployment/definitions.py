"""Reads what exists in a deployment from Terraform's definitions, with the placeholders filled."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from string import Template
from typing import Any

import yaml

REPOSITORY = Path(__file__).resolve().parents[1]
FOLDER = REPOSITORY / "terraform/modules/mlsys/definitions"
_BUCKET_PREFIX = "mlsys"  # Terraform's default; a laptop's buckets are nobody else's


@dataclass(frozen=True)
class Bucket:
    """A Cloud Storage bucket."""

    name: str
    versioning: bool
    delete_after_days: int | None = None


@dataclass(frozen=True)
class Table:
    """A BigQuery table; its columns are as in BigQuery's REST API."""

    name: str
    columns: tuple[Mapping[str, Any], ...]
    partition_field: str | None = None
    clustering: tuple[str, ...] = ()


@dataclass(frozen=True)
class View:
    """A BigQuery view."""

    name: str
    query: str


@dataclass(frozen=True)
class Job:
    """A Cloud Run Job."""

    name: str
    image: str
    command: tuple[str, ...]
    args: tuple[str, ...]
    task_count: int
    max_retries: int
    timeout_seconds: int
    cpu: str
    memory: str


@dataclass(frozen=True)
class CloudRunService:
    """A Cloud Run service, as far as a laptop is concerned: its name, image and command."""

    name: str
    image: str
    command: tuple[str, ...]


@dataclass(frozen=True)
class Trigger:
    """Which Cloud Storage events Eventarc delivers, and to which service."""

    name: str
    event_type: str
    bucket: str
    service: str


@dataclass(frozen=True)
class Delivery:
    """How long Eventarc tries to deliver an event."""

    ack_deadline_seconds: int
    first_retry_seconds: int
    longest_retry_seconds: int
    max_attempts: int


@dataclass(frozen=True)
class Schedule:
    """When Cloud Scheduler launches which Cloud Run Job, by unix-cron in UTC."""

    name: str
    job: str
    cron: str


@dataclass(frozen=True)
class Definitions:
    """Everything that a deployment consists of.

    Attributes:
        project_id: the Google Cloud project.
        region: where it runs.
        environment: dev, staging or prod.
        folder: of the definitions.
        runtimes: the names of the runtimes of models; empty, as on a laptop: all that there are.

    Raises:
        KeyError: from any attribute, when a file names a placeholder that does not exist.
    """

    project_id: str
    region: str
    environment: str
    folder: Path = field(default=FOLDER, repr=False)
    runtimes: tuple[str, ...] = ()

    @cached_property
    def variables(self) -> dict[str, str]:
        """The environment variables of every container."""
        return {name: str(value) for name, value in self._yaml("environment.yaml").items()}

    @cached_property
    def buckets(self) -> tuple[Bucket, ...]:
        """The buckets."""
        return tuple(Bucket(**bucket) for bucket in self._yaml("buckets.yaml").values())

    @cached_property
    def dataset(self) -> str:
        """The BigQuery dataset."""
        return str(self._yaml("tables.yaml")["dataset"])

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """The tables of the dataset."""
        tables = self._yaml("tables.yaml")["tables"]
        return tuple(self._table(name, **table) for name, table in tables.items())

    @cached_property
    def views(self) -> tuple[View, ...]:
        """The views of the dataset."""
        views = self._yaml("tables.yaml")["views"]
        return tuple(
            View(name, self._text(path, dataset=self.dataset)) for name, path in views.items()
        )

    @cached_property
    def jobs(self) -> tuple[Job, ...]:
        """The Cloud Run Jobs."""
        return tuple(_job(**self._yaml(path)) for path in self._paths("jobs/*.yaml"))

    @cached_property
    def services(self) -> dict[str, CloudRunService]:
        """The Cloud Run services, by the name of their file."""
        return {path.stem: _service(**self._yaml(path)) for path in self._paths("services/*.yaml")}

    @cached_property
    def triggers(self) -> tuple[Trigger, ...]:
        """The triggers of Eventarc."""
        triggers = self._yaml("triggers.yaml")
        return tuple(
            Trigger(name, trigger["type"], trigger["bucket"], trigger["service"])
            for name, trigger in triggers.items()
        )

    @cached_property
    def delivery(self) -> Delivery:
        """How the triggers' subscriptions deliver."""
        return Delivery(**self._yaml("delivery.yaml"))

    @cached_property
    def schedules(self) -> tuple[Schedule, ...]:
        """What the clock launches in every deployment."""
        return tuple(self._schedule(**each) for each in self._yaml("schedules.yaml").values())

    def _schedule(self, name: str, job: str, cron: str) -> Schedule:
        return Schedule(name, self._yaml(f"jobs/{job}.yaml")["name"], cron)

    def _table(
        self, name: str, schema: str, partition_field: str | None = None, clustering: Any = ()
    ) -> Table:
        columns = json.loads((self.folder / schema).read_text(encoding="utf-8"))
        return Table(name, tuple(columns), partition_field, tuple(clustering))

    def _paths(self, pattern: str) -> list[Path]:
        return sorted(self.folder.glob(pattern))

    def _yaml(self, path: str | Path) -> dict[str, Any]:
        parsed: dict[str, Any] = yaml.safe_load(self._text(path))
        return parsed

    def _text(self, path: str | Path, **more: str) -> str:
        return Template((self.folder / path).read_text(encoding="utf-8")).substitute(
            project_id=self.project_id,
            region=self.region,
            environment=self.environment,
            bucket_prefix=_BUCKET_PREFIX,
            runtimes=",".join(self.runtimes),
            **more,
        )


def _job(command: list[str], args: list[str], **rest: Any) -> Job:
    return Job(command=tuple(command), args=tuple(args), **rest)


def _service(name: str, image: str, command: list[str], **_sizes: Any) -> CloudRunService:
    return CloudRunService(name, image, tuple(command))


def scheduler_job(definitions: Definitions, schedule: Schedule) -> dict[str, Any]:
    """Return what `google_cloud_scheduler_job` asks the API for."""
    project, parent = definitions.project_id, location(definitions)
    account = f"mlsys-scheduler-{definitions.environment}@{project}.iam.gserviceaccount.com"
    return {
        "name": f"{parent}/jobs/{schedule.name}",
        "schedule": schedule.cron,
        "timeZone": "Etc/UTC",
        "attemptDeadline": "60s",
        "retryConfig": {"retryCount": 3},
        "httpTarget": {
            "httpMethod": "POST",
            "uri": f"https://run.googleapis.com/v2/{parent}/jobs/{schedule.job}:run",
            "oauthToken": {"serviceAccountEmail": account},
        },
    }


def location(definitions: Definitions) -> str:
    """Return the parent of all jobs."""
    return f"projects/{definitions.project_id}/locations/{definitions.region}"
