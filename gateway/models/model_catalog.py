"""Every column of the view `model_registry`, as JSON: by model, or of one model version."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shared.clients import google_errors
from shared.registry.model_version import ModelVersion, Status
from shared.registry.references import LATEST, parse_reference
from shared.registry.registry import Registry

if TYPE_CHECKING:
    from google.cloud import bigquery

    from shared.clients import Clients

_MODEL_VERSIONS = """
SELECT *
FROM `{dataset}`.model_registry
WHERE (@model_name IS NULL OR model_name = @model_name)
  AND (@model_version IS NULL OR model_version = @model_version)
ORDER BY model_name, SAFE_CAST(SUBSTR(model_version, 2) AS INT64) DESC
"""

# They may be long, so only the description of a single version has them.
_DETAILS = {"signature", "metadata"}

type Row = dict[str, Any]


class ModelCatalog:
    """The models and model versions of one deployment's registry."""

    def __init__(self, clients: "Clients"):
        self._client = clients.bigquery
        self._dataset = clients.settings.own_dataset
        self._registry = Registry(clients.bigquery, clients.settings.dataset)

    def models(self) -> list[dict[str, Any]]:
        """Every model with its aliases and its versions, the highest first.

        A version has every column but signature and metadata, and the metadata's description.
        """
        models: dict[str, list[Row]] = {}
        for version in self._rows():
            models.setdefault(version["model_name"], []).append(version)
        return [_model(name, versions) for name, versions in models.items()]

    def version(self, name: str, number_or_alias: str) -> Row:
        """Every column of a version that a number or an alias names.

        Raises:
            InvalidArgument: when the name, number or alias is malformed.
            NotFound: when the registry has no such version.
        """
        reference = parse_reference(name, number_or_alias)
        if not isinstance(reference, ModelVersion):
            reference = self._registry.find(reference).version
        if rows := self._rows(reference.name, reference.version):
            return rows[0]
        self._registry.find(reference)  # raises NotFound, which says what to do
        return self.version(name, number_or_alias)  # it was registered between the two queries

    def _rows(self, name: str | None = None, version: str | None = None) -> Sequence[Row]:
        from google.cloud import bigquery

        config = bigquery.QueryJobConfig(
            query_parameters=[
                bigquery.ScalarQueryParameter("model_name", "STRING", name),
                bigquery.ScalarQueryParameter("model_version", "STRING", version),
            ]
        )
        with google_errors(f"reading the registry {self._dataset}"):
            query = _MODEL_VERSIONS.format(dataset=self._dataset)
            return [_to_json(row) for row in self._client.query_and_wait(query, job_config=config)]


def _to_json(row: "bigquery.Row") -> Row:
    values = {name: _to_text(value) for name, value in row.items()}
    return values | {name: _parse_json(values[name]) for name in _DETAILS}


def _to_text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _parse_json(text: str | None) -> Any:
    # Python reads and writes NaN and Infinity; JSON knows neither.
    return json.loads(text, parse_constant=str) if text else None


def _model(name: str, versions: Sequence[Row]) -> dict[str, Any]:
    return {
        "name": name,
        "aliases": _aliases(versions),
        "versions": [_summary(version) for version in versions],
    }


def _aliases(versions: Sequence[Row]) -> Mapping[str, str]:
    usable = [each for each in versions if each["status"] != Status.QUARANTINED]
    latest = {LATEST: usable[0]["model_version"]} if usable else {}
    named = {alias: each["model_version"] for each in versions for alias in each["aliases"]}
    return dict(sorted(named.items())) | latest


def _summary(version: Row) -> Row:
    description = (version["metadata"] or {}).get("description")
    summary = {name: value for name, value in version.items() if name not in _DETAILS}
    return summary | {"description": description if isinstance(description, str) else None}
