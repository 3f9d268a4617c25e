"""The model registry: a log of events, and a view over the log.

An event describes a change of one generation of one object. Events may arrive twice, late, or in
any order; the view counts an event once and uses the newest generation, so the code only appends.
The view's SQL is in terraform/modules/mlsys/definitions/views/.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from shared import google_exceptions
from shared.clients import google_errors
from shared.errors import NotFound, Transient
from shared.registry.events import AliasMove, EventType, Generation, RegistryEvent
from shared.registry.model_version import ModelVersion, RegisteredModel, Status
from shared.registry.references import LATEST, ModelAlias, ModelReference
from shared.registry.signature import ModelSignature

if TYPE_CHECKING:
    from google.cloud import bigquery

# https://cloud.google.com/bigquery/quotas#streaming_inserts: 10 MB a request, better 500 rows;
# a metadata.json may take 1 MB of a row.
_ROWS_PER_INSERT = 500
_BYTES_PER_INSERT = 8_000_000
# Together shorter than Eventarc's acknowledgement deadline, so that no event is delivered again
# while it is being appended.
_INSERT_SECONDS = 15
_RETRY_SECONDS = 30

_FIND_MODELS = """
SELECT model_name, model_version, gcs_bucket, generation, file_size_bytes, crc32c, sha256, status,
       findings, metadata, signature, runtime
FROM `{dataset}`.model_registry
WHERE (@model_name IS NULL OR model_name = @model_name)
  AND (@model_version IS NULL OR model_version = @model_version)
  AND (@alias IS NULL OR @alias IN UNNEST(aliases))
ORDER BY model_name, SAFE_CAST(SUBSTR(model_version, 2) AS INT64)
"""

_LIVE_GENERATIONS = """
SELECT name, generation, MAX(metageneration) AS metageneration, model_name, model_version
FROM `{dataset}`.model_registry_events
WHERE bucket = @bucket
GROUP BY name, generation, model_name, model_version
HAVING LOGICAL_OR(event_type IN ('finalized', 'seen'))
   AND NOT LOGICAL_OR(event_type IN ('archived', 'deleted', 'gone'))
"""

# The view, which resolves aliases, uses the same order.
_LAST_MOVE = """
SELECT model_version, bucket, generation, event_time, event_type
FROM `{dataset}`.model_registry_events
WHERE model_name = @model_name AND alias = @alias
ORDER BY event_time DESC, event_id DESC
LIMIT 1
"""


class Registry:
    """The registry of one deployment, in BigQuery."""

    def __init__(self, client: "bigquery.Client", dataset: str):
        """`dataset` is in the client's project, or names another project: `project.dataset`."""
        self._client = client
        self._dataset = dataset if "." in dataset else f"{client.project}.{dataset}"

    def append(self, events: Iterable[RegistryEvent]) -> None:
        """Append events to the log; returns after BigQuery has acknowledged all of them.

        Raises:
            Transient: when BigQuery is unavailable or rejects a row. The append can be repeated,
                because the view drops duplicates.
        """
        for rows in _requests(event.to_row() for event in events):
            self._insert(rows)

    def _insert(self, rows: list[dict[str, Any]]) -> None:
        from google.cloud.bigquery import DEFAULT_RETRY

        table = f"{self._dataset}.model_registry_events"
        with google_errors(f"appending to {table}"):
            # BigQuery drops most duplicates by insertId; the view drops the others.
            row_ids = [row["event_id"] for row in rows]
            errors = self._client.insert_rows_json(
                table,
                rows,
                row_ids=row_ids,
                retry=DEFAULT_RETRY.with_timeout(_RETRY_SECONDS),
                timeout=_INSERT_SECONDS,
            )
        if errors:
            raise Transient(f"appending to {table}: BigQuery refused rows: {errors[:3]}")

    def find(self, reference: ModelReference) -> RegisteredModel:
        """The registered model of a version, or of the version that an alias names now.

        Raises:
            NotFound: when the registry has no model.pkl of that version, or the alias names none.
        """
        if isinstance(reference, ModelVersion):
            return self._version(reference)
        if found := self._candidates(reference):
            return found[-1]
        raise NotFound(
            f"{reference} stands for no registered version: name one (v1, v2, …), or let "
            "mlsys alias say which it is",
            reason="ALIAS_NOT_FOUND",
            alias=str(reference),
        )

    def _version(self, model: ModelVersion) -> RegisteredModel:
        if rows := self._query_models(model.name, version=model.version):
            return rows[0]
        raise NotFound(
            f"model {model} is not in the registry of {self._dataset}: upload "
            f"{model}/model.pkl, or let GET /model-registry look for it",
            reason="MODEL_NOT_FOUND",
            model=str(model),
        )

    def _candidates(self, alias: ModelAlias) -> Sequence[RegisteredModel]:
        if alias.alias != LATEST:
            return self._query_models(alias.name, alias=alias.alias)
        rows = self._query_models(alias.name)
        return [row for row in rows if row.status is not Status.QUARANTINED]

    def models(self) -> Sequence[RegisteredModel]:
        """Every registered model, by name and version number."""
        return self._query_models(None)

    def live_generations(self, bucket: str) -> set[Generation]:
        """Every generation in a bucket that is live according to the log."""
        return {Generation(**row) for row in self._rows(_LIVE_GENERATIONS, bucket=bucket)}

    def last_move(self, alias: ModelAlias) -> AliasMove | None:
        """The last change of an alias, None when the log has none of that name."""
        for row in self._rows(_LAST_MOVE, model_name=alias.name, alias=alias.alias):
            version = ModelVersion(alias.name, row["model_version"])
            is_standing = row["event_type"] == EventType.ALIASED
            return AliasMove(
                version, row["bucket"], row["generation"], row["event_time"], is_standing
            )
        return None

    def _query_models(
        self, name: str | None, *, version: str | None = None, alias: str | None = None
    ) -> Sequence[RegisteredModel]:
        rows = self._rows(_FIND_MODELS, model_name=name, model_version=version, alias=alias)
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
            except google_exceptions.Conflict as error:
                # The client retried after a lost response, and the first query has the same job id.
                raise Transient(f"reading the registry {self._dataset}: try again") from error


def _requests(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """The rows, in groups of at most one request's size."""
    group: list[dict[str, Any]] = []
    size = 0
    for row in rows:
        length = len(json.dumps(row))
        if len(group) == _ROWS_PER_INSERT or (group and size + length > _BYTES_PER_INSERT):
            yield group
            group, size = [], 0
        group.append(row)
        size += length
    if group:
        yield group


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
        signature=_signature(row["signature"]),
        runtime=row.get("runtime"),
    )


def _signature(text: str | None) -> ModelSignature | None:
    content = json.loads(text or "{}")
    return ModelSignature.from_json(content) if content else None
