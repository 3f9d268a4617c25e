"""The model registry: facts are appended to a log, the registry itself is a view over them.

An event says that something happened to one generation of one object. It may come twice, late, or
in any order; the view counts a fact once and lets the newest generation win, so appending is all
that there is to do. The view's SQL stands in terraform/modules/mlsys/definitions/views/.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from itertools import batched
from typing import TYPE_CHECKING, Any

from google.api_core.exceptions import Conflict as GoogleConflict

from shared.clients import google_errors
from shared.errors import NotFound, Transient
from shared.models import ModelVersion, RegisteredModel, Status

if TYPE_CHECKING:
    from google.cloud import bigquery

# BigQuery bounds a streaming insert by 10 MB; metadata.json may take 10 kB of a row.
_ROWS_PER_INSERT = 500

_FIND_MODELS = """
SELECT model_name, model_version, gcs_bucket, generation, file_size_bytes, crc32c, sha256, status,
       findings, metadata
FROM `{dataset}`.model_registry
WHERE @model_name IS NULL OR (model_name = @model_name AND model_version = @model_version)
ORDER BY model_name, SAFE_CAST(SUBSTR(model_version, 2) AS INT64)
"""

_LIVE_GENERATIONS = """
SELECT name, generation, model_name, model_version
FROM `{dataset}`.model_registry_events
WHERE bucket = @bucket
GROUP BY name, generation, model_name, model_version
HAVING LOGICAL_OR(event_type IN ('finalized', 'seen'))
   AND NOT LOGICAL_OR(event_type IN ('archived', 'deleted', 'gone'))
"""


class FactType(StrEnum):
    """What happened to a generation: the first four as events tell it, the last two as a scan."""

    FINALIZED = "finalized"
    ARCHIVED = "archived"
    DELETED = "deleted"
    METADATA_UPDATED = "metadataUpdated"
    SEEN = "seen"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A row of `model_registry_events`; the table's schema file describes each field."""

    event_type: FactType
    event_time: datetime
    recorded_at: datetime
    environment: str
    bucket: str
    name: str
    generation: int
    metageneration: int
    model_name: str | None = None
    model_version: str | None = None
    file_size_bytes: int | None = None
    crc32c: str | None = None
    sha256: str | None = None
    upload_timestamp: datetime | None = None
    uploader: str | None = None
    metadata: str | None = None
    status: Status | None = None
    findings: tuple[str, ...] = ()
    estimator: str | None = None
    sklearn_version: str | None = None
    signature: str | None = None
    alias: str | None = None

    @property
    def event_id(self) -> str:
        """Identity of the fact, the same however often it is told."""
        generation = f"{self.generation}/{self.metageneration}"
        return f"{self.bucket}/{self.name}#{generation}/{self.event_type}"

    def to_row(self) -> dict[str, Any]:
        """The fact as BigQuery's streaming insert takes it."""
        row = {"event_id": self.event_id, **asdict(self)}
        return {name: _to_json(value) for name, value in row.items()}


@dataclass(frozen=True, slots=True)
class Generation:
    """A generation of an object, and the model version that it is a file of, if any."""

    name: str
    generation: int
    model_name: str | None
    model_version: str | None


def _to_json(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


class Registry:
    """The registry of one deployment, in BigQuery."""

    def __init__(self, client: "bigquery.Client", dataset: str):
        self._client = client
        self._dataset = f"{client.project}.{dataset}"

    def append(self, facts: Iterable[Fact]) -> None:
        """Append facts to the log; returns only after BigQuery has acknowledged every one.

        Raises:
            Transient: when BigQuery is away or refuses a row; what was appended does no harm.
        """
        for batch in batched(facts, _ROWS_PER_INSERT, strict=False):
            self._insert([fact.to_row() for fact in batch])

    def _insert(self, rows: list[dict[str, Any]]) -> None:
        table = f"{self._dataset}.model_registry_events"
        with google_errors(f"appending to {table}"):
            # insertId drops most duplicates early and for free; the view drops the others.
            row_ids = [row["event_id"] for row in rows]
            errors = self._client.insert_rows_json(table, rows, row_ids=row_ids)
        if errors:
            raise Transient(f"appending to {table}: BigQuery refused rows: {errors[:3]}")

    def find(self, model: ModelVersion) -> RegisteredModel:
        """The registered model of a version.

        Raises:
            NotFound: when no live model.pkl of that version is known.
        """
        if rows := self._query_models(model.name, model.version):
            return rows[0]
        raise NotFound(
            f"model {model} is not in the registry of {self._dataset}: upload "
            f"{model}/model.pkl, or let GET /model-registry look for it",
            reason="MODEL_NOT_FOUND",
            model=str(model),
        )

    def models(self) -> Sequence[RegisteredModel]:
        """Every registered model, by name and version number."""
        return self._query_models(None, None)

    def live_generations(self, bucket: str) -> set["Generation"]:
        """Every generation of the bucket that the log believes to be live."""
        return {Generation(**row) for row in self._rows(_LIVE_GENERATIONS, bucket=bucket)}

    def _query_models(self, name: str | None, version: str | None) -> Sequence[RegisteredModel]:
        rows = self._rows(_FIND_MODELS, model_name=name, model_version=version)
        return [_registered_model(row) for row in rows]

    def _rows(self, sql: str, **parameters: str | None) -> list["bigquery.Row"]:
        from google.cloud import bigquery

        config = bigquery.QueryJobConfig(
            query_parameters=[
                bigquery.ScalarQueryParameter(name, "STRING", value)
                for name, value in parameters.items()
            ]
        )
        with google_errors(f"reading the registry {self._dataset}"):
            query = sql.format(dataset=self._dataset)
            try:
                return list(self._client.query_and_wait(query, job_config=config))
            except GoogleConflict as error:
                # The client asked again after a lost answer, and the first query stands in its way.
                raise Transient(f"reading the registry {self._dataset}: try again") from error


def _registered_model(row: "bigquery.Row") -> RegisteredModel:
    return RegisteredModel(
        version=ModelVersion(row["model_name"], row["model_version"]),
        bucket=row["gcs_bucket"],
        generation=row["generation"],
        size_bytes=row["file_size_bytes"],
        crc32c=row["crc32c"],
        sha256=row["sha256"],
        status=Status(row["status"]),
        findings=tuple(row["findings"]),
        metadata=json.loads(row["metadata"] or "{}"),
    )
