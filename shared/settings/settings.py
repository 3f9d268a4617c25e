"""The settings of a deployment; no other module of the product reads the environment."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from shared.errors import InvalidArgument, PermissionDenied
from shared.settings.gateway import GatewaySettings, auth_mode
from shared.settings.variables import value_of, variable

ENVIRONMENTS = ("dev", "staging", "prod")

_RUNTIME = re.compile(r"sklearn-\d+\.\d+", re.ASCII)
_PICKLE_NAME = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*", re.ASCII)
MODEL_POLICIES = ("walled", "strict")


@dataclass(frozen=True, slots=True)
class Settings(GatewaySettings):
    """A deployment's settings. A default may contain `{env}`, the deployment's environment.

    An empty endpoint is Google's own.
    """

    environment: str = variable("MLSYS_ENV", "the environment that this deployment serves", "dev")
    project_id: str = variable("GCP_PROJECT_ID", "the Google Cloud project; required")
    region: str = variable(
        "GCP_REGION", "the region of the jobs and of BigQuery's data", "europe-west1"
    )
    models_bucket_dev: str = variable(
        "GCS_BUCKET_MODELS_DEV",
        "the bucket of the models, in dev",
        "mlsys-models-dev",
    )
    models_bucket_staging: str = variable(
        "GCS_BUCKET_MODELS_STAGING", "the same in staging", "mlsys-models-staging"
    )
    models_bucket_prod: str = variable(
        "GCS_BUCKET_MODELS_PROD", "the same in prod", "mlsys-models-prod"
    )
    runs_bucket: str = variable(
        "GCS_BUCKET_RUNS", "the bucket that holds the state of the runs", "mlsys-runs-{env}"
    )
    dataset: str = variable("BQ_DATASET", "the dataset of the registry", "mlsys_{env}")
    model_policy: str = variable(
        "MLSYS_MODEL_POLICY",
        "which models are loaded: walled (any, behind the wall) or strict (of exact names only)",
        "walled",
    )
    allowed_pickle_names: tuple[str, ...] = variable(
        "MLSYS_ALLOWED_PICKLE_NAMES",
        "under the policy strict, more classes and functions that a model may use, as module:name "
        "with commas between them",
        (),
    )
    runtimes: tuple[str, ...] = variable(
        "MLSYS_RUNTIMES",
        "the runtimes of this deployment, e.g. sklearn-1.8,sklearn-1.9; by default all that are "
        "installed",
        (),
    )
    runtimes_folder: str = variable(
        "MLSYS_RUNTIMES_FOLDER",
        "where the runtimes of models are installed; in an image /opt/runtimes, else a folder of "
        "the user's cache, in which missing ones are installed",
    )
    installs_runtimes: str = variable(
        "MLSYS_INSTALL_RUNTIMES",
        "yes: install a runtime when the first model asks for it; for a laptop, not for an image",
    )
    model_wall: str = variable(
        "MLSYS_MODEL_WALL",
        "off: load models without the wall, where the system builds none; on a local cloud only",
        "on",
    )
    batch_seconds: int = variable(
        "MLSYS_BATCH_SECONDS", "how long a model may take to score a batch of rows", 900
    )
    storage_endpoint: str = variable(
        "STORAGE_EMULATOR_HOST", "URL of an emulator of Cloud Storage, e.g. http://127.0.0.1:9000"
    )
    bigquery_endpoint: str = variable(
        "BIGQUERY_EMULATOR_HOST", "URL of an emulator of BigQuery, e.g. http://127.0.0.1:9050"
    )
    bigquery_storage_endpoint: str = variable(
        "BIGQUERY_STORAGE_ENDPOINT",
        "host:port of an emulator of the BigQuery Storage API, plain gRPC",
    )
    cloud_run_endpoint: str = variable(
        "CLOUD_RUN_ENDPOINT", "URL of an emulator of the Cloud Run API, e.g. http://127.0.0.1:9070"
    )
    gateway_url: str = variable(
        "GATEWAY_URL", "URL of the gateway, for notebooks, e.g. http://127.0.0.1:8080"
    )
    execution: str = variable(
        "CLOUD_RUN_EXECUTION", "the execution's id; set by Cloud Run in a job"
    )
    task_index: int = variable(
        "CLOUD_RUN_TASK_INDEX", "the index of the task; set by Cloud Run in a job", 0
    )
    task_count: int = variable(
        "CLOUD_RUN_TASK_COUNT", "the number of tasks; set by Cloud Run in a job", 1
    )
    task_attempt: int = variable(
        "CLOUD_RUN_TASK_ATTEMPT", "how often the task was retried; set by Cloud Run in a job", 0
    )
    service: str = variable("K_SERVICE", "the service's name; set by Cloud Run in a service")

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """The settings in a process's environment.

        Raises:
            InvalidArgument: when a required variable is missing or a value is malformed.
        """
        environment = environ.get("MLSYS_ENV") or "dev"
        values: dict[str, Any] = {
            each.name: value_of(each, environ, environment) for each in fields(cls)
        }
        return cls(**values)._validated()

    def _validated(self) -> "Settings":
        if self.environment not in ENVIRONMENTS:
            raise InvalidArgument(
                f"MLSYS_ENV is {self.environment!r}: set it to one of {', '.join(ENVIRONMENTS)}"
            )
        if not self.project_id:
            raise InvalidArgument(
                "GCP_PROJECT_ID is not set: set it to the Google Cloud project "
                '(on the local cloud: eval "$(make -s env)")'
            )
        _require_all(
            "MLSYS_ALLOWED_PICKLE_NAMES", self.allowed_pickle_names, _PICKLE_NAME, "module:name"
        )
        _require_all("MLSYS_RUNTIMES", self.runtimes, _RUNTIME, "sklearn-1.9")
        if self.model_policy not in MODEL_POLICIES:
            raise InvalidArgument(
                f"MLSYS_MODEL_POLICY is {self.model_policy!r}: set it to one of "
                f"{', '.join(MODEL_POLICIES)}"
            )
        if not self.needs_wall and not self.is_local:
            raise InvalidArgument(
                "MLSYS_MODEL_WALL is off: only a local cloud may load models without the wall"
            )
        return self

    @property
    def is_strict(self) -> bool:
        """Whether only models made of exact names are loaded."""
        return self.model_policy == "strict"

    @property
    def needs_wall(self) -> bool:
        """Whether models are loaded behind the wall only."""
        return self.model_wall != "off"

    @property
    def is_local(self) -> bool:
        """Whether this is a local cloud: on no Cloud Run, and its endpoints are not Google's."""
        return bool(self.storage_endpoint and self.bigquery_endpoint) and not self.service

    @property
    def models_bucket(self) -> str:
        """The bucket of this deployment's models."""
        return str(getattr(self, f"models_bucket_{self.environment}"))

    @property
    def own_dataset(self) -> str:
        """The dataset of the registry and of the record of runs, as project.dataset."""
        return f"{self.project_id}.{self.dataset}"

    @property
    def runs_in_cloud(self) -> bool:
        """Whether this process runs on Cloud Run, where Cloud Logging collects its output."""
        return bool(self.execution or self.service)

    @property
    def auth_mode(self) -> str:
        """How the gateway authenticates callers: iam, app, key or none.

        Raises:
            InvalidArgument: when the setting contradicts where the gateway runs.
        """
        endpoints = (self.storage_endpoint, self.bigquery_endpoint, self.cloud_run_endpoint)
        return auth_mode(self, on_cloud_run=bool(self.service), endpoints=endpoints)

    @property
    def predict_job(self) -> str:
        """Full name of the Cloud Run Job that predicts."""
        return self._job("mlsys-predict")

    @property
    def registry_job(self) -> str:
        """Full name of the Cloud Run Job that reconciles the registry."""
        return self._job("mlsys-registry")

    def _job(self, name: str) -> str:
        location = f"projects/{self.project_id}/locations/{self.region}"
        return f"{location}/jobs/{name}-{self.environment}"

    def require_own_environment(self, environment: str) -> None:
        """Require that a request is for this deployment.

        Raises:
            InvalidArgument: when the environment is none of dev, staging and prod.
            PermissionDenied: when it is another deployment's.
        """
        if environment not in ENVIRONMENTS:
            raise InvalidArgument(
                f"env is {environment!r}: use one of {', '.join(ENVIRONMENTS)}",
                reason="INVALID_ENVIRONMENT",
                env=environment,
            )
        if environment != self.environment:
            raise PermissionDenied(
                f"env={environment} is not served here: this deployment serves "
                f"env={self.environment}",
                reason="WRONG_ENVIRONMENT",
                env=environment,
            )


def _require_all(
    variable: str, values: tuple[str, ...], rule: re.Pattern[str], example: str
) -> None:
    for value in values:
        if not rule.fullmatch(value):
            raise InvalidArgument(
                f"{variable} names {value!r}: write each like {example}, with commas between them"
            )
