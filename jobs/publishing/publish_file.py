"""Publishes a model that was pickled elsewhere: a file, and a table that it was trained on."""

import json
from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from jobs.models.estimators import feature_names
from jobs.models.loading import load_estimator
from jobs.publishing.admission import require_admission
from jobs.publishing.model_metadata import described
from jobs.publishing.provenance import author
from jobs.publishing.publication import Destination, Publication
from jobs.publishing.release import release
from jobs.sandbox.inspector import Inspector
from shared.clients import Clients, google_errors
from shared.errors import InvalidArgument
from shared.registry.models import ModelFile
from shared.request.parameters import column_names
from shared.tables.catalog import table_columns
from shared.tables.selection import Selection
from shared.tables.table import TableId, require_columns

_WAIT_SECONDS = 120.0


def publish_file(asked: Namespace, clients: Clients) -> Publication:
    """Publish a file; `asked` is what `mlsys publish` was told.

    Raises:
        InvalidArgument: when the file or what is said of it cannot be used.
        FailedPrecondition: when the registry would quarantine the model, with its findings.
    """
    content, given = _content(Path(asked.file)), _given(asked)
    with Inspector() as inspector:
        require_admission(content, given, inspector, clients.settings)
        estimator = load_estimator(content, clients.settings)
        names = feature_names(estimator, given)
        rows = _training(asked.training_table, names, clients) if asked.training_table else None
        if rows is not None:
            table = {"table": asked.training_table, "rows": rows.num_rows}
            given = {"training_data": table} | given
        said = described(estimator, names, rows, given)
        wait_seconds = _WAIT_SECONDS if asked.wait else 0
        destination = Destination(asked.model_name, asked.model_version, wait_seconds)
        return release(content, said, destination, inspector, clients)


def _content(file: Path) -> bytes:
    if not file.is_file():
        raise InvalidArgument(f"{file} is not a file: name a model.pkl", reason="FILE_NOT_FOUND")
    return file.read_bytes()


def _given(asked: Namespace) -> dict[str, Any]:
    said = {
        "description": asked.description,
        "target": asked.target,
        "key_columns": list(column_names(asked.key_columns or [])),
        "metrics": dict(_metric(each) for each in asked.metric or ()),
    }
    beside = Path(asked.file).parent / ModelFile.METADATA
    return {
        "author": author(),
        **(_metadata(beside) if beside.is_file() else {}),
        **{name: value for name, value in said.items() if value},
    }


def _metric(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    try:
        return name, float(value)
    except ValueError:
        raise InvalidArgument(
            f"--metric={text}: write NAME=VALUE, e.g. --metric=accuracy=0.81",
            reason="INVALID_PARAMETERS",
        ) from None


def _metadata(file: Path) -> Mapping[str, Any]:
    try:
        content = json.loads(file.read_bytes())
    except ValueError as error:
        raise InvalidArgument(f"{file} is not JSON: {error}", reason="INVALID_METADATA") from error
    if not isinstance(content, dict):
        raise InvalidArgument(f"{file} is not a JSON object", reason="INVALID_METADATA")
    return content


def _training(table: str, names: Sequence[str], clients: Clients) -> pa.Table:
    """The features in a training table, each under the model's own name for it."""
    source = TableId.parse(table, clients.settings.project_id)
    columns = require_columns(table_columns(clients.bigquery, source, "training"), names, "feature")
    selection = Selection(source, tuple(column.name for column in columns))
    with google_errors(f"reading {source}"):
        rows = clients.bigquery.query_and_wait(selection.sql)
        found: pa.Table = rows.to_arrow(bqstorage_client=clients.bigquery_read)
    return found.rename_columns(list(names))
