"""The registry for people: every column of `model_registry`, a model version a row."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shared.clients import google_errors
from shared.registry.models import ModelVersion, Status
from shared.registry.references import LATEST, parse_reference
from shared.registry.registry import Registry

if TYPE_CHECKING:
    from google.cloud import bigquery

    from shared.clients import Clients

_DESCRIBE_MODELS = """
SELECT *
FROM `{dataset}`.model_registry
WHERE (@model_name IS NULL OR model_name = @model_name)
  AND (@model_version IS NULL OR model_version = @model_version)
ORDER BY model_name, SAFE_CAST(SUBSTR(model_version, 2) AS INT64) DESC
"""

# They may be long: who wants them asks for one version.
_DETAILS = {"signature", "metadata"}

type RouteDocs = dict[str, Any]


class Registered:
    """The registry of one deployment, documented."""

    def __init__(self, clients: "Clients"):
        self._client = clients.bigquery
        self._dataset = f"{clients.bigquery.project}.{clients.settings.dataset}"
        self._registry = Registry(clients.bigquery, clients.settings.dataset)

    def models(self) -> list[dict[str, Any]]:
        """Every model with its aliases and its versions, the highest first; without details."""
        models: dict[str, list[RouteDocs]] = {}
        for version in self._descriptions():
            models.setdefault(version["model_name"], []).append(version)
        return [_model(name, versions) for name, versions in models.items()]

    def version(self, name: str, word: str) -> RouteDocs:
        """Everything that is known of the version that a number or an alias stands for.

        Raises:
            InvalidArgument: when the words can name none.
            NotFound: when there is none.
        """
        reference = parse_reference(name, word)
        if not isinstance(reference, ModelVersion):
            reference = self._registry.find(reference).version
        if found := self._descriptions(reference.name, reference.version):
            return found[0]
        self._registry.find(reference)  # says what is to do
        return self.version(name, word)  # it came between the two questions

    def _descriptions(
        self, name: str | None = None, version: str | None = None
    ) -> Sequence[RouteDocs]:
        from google.cloud import bigquery

        config = bigquery.QueryJobConfig(
            query_parameters=[
                bigquery.ScalarQueryParameter("model_name", "STRING", name),
                bigquery.ScalarQueryParameter("model_version", "STRING", version),
            ]
        )
        with google_errors(f"reading the registry {self._dataset}"):
            query = _DESCRIBE_MODELS.format(dataset=self._dataset)
            return [
                _description(row) for row in self._client.query_and_wait(query, job_config=config)
            ]


def _description(row: "bigquery.Row") -> RouteDocs:
    told = {name: _plain(value) for name, value in row.items()}
    return told | {name: _object(told[name]) for name in _DETAILS}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _object(text: str | None) -> Any:
    # Python reads and writes NaN and Infinity; JSON knows neither.
    return json.loads(text, parse_constant=str) if text else None


def _model(name: str, versions: Sequence[RouteDocs]) -> dict[str, Any]:
    return {
        "name": name,
        "aliases": _aliases(versions),
        "versions": [_summary(version) for version in versions],
    }


def _aliases(versions: Sequence[RouteDocs]) -> Mapping[str, str]:
    usable = [each for each in versions if each["status"] != Status.QUARANTINED]
    latest = {LATEST: usable[0]["model_version"]} if usable else {}
    named = {alias: each["model_version"] for each in versions for alias in each["aliases"]}
    return dict(sorted(named.items())) | latest


def _summary(version: RouteDocs) -> RouteDocs:
    description = (version["metadata"] or {}).get("description")
    summary = {name: value for name, value in version.items() if name not in _DETAILS}
    return summary | {"description": description if isinstance(description, str) else None}
