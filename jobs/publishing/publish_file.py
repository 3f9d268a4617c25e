"""Publishes a model.pkl from a file, with metadata derived from its training table."""

import json
from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from jobs.models.inspection_result import InspectionConditions
from jobs.models.signature import feature_names
from jobs.publishing.model_metadata import metadata_of
from jobs.publishing.provenance import author
from jobs.publishing.publish_model import publish_model, require_approvable
from jobs.publishing.upload import Destination, Publication
from jobs.sandbox.inspector import Inspector
from jobs.sandbox.model_processes import ModelProcesses
from shared.clients import Clients, google_errors
from shared.errors import InvalidArgument
from shared.registry.model_version import ModelFile
from shared.registry.signature import InputColumn
from shared.request.parameters import column_names
from shared.tables.catalog import table_columns
from shared.tables.column_names import feature_column_names
from shared.tables.selection import Selection
from shared.tables.table import TableId, require_columns

_WAIT_SECONDS = 120.0


def publish_file(options: Namespace, clients: Clients) -> Publication:
    """Publish a file with the options of `python -m jobs publish`.

    Raises:
        InvalidArgument: when the file or an option is invalid.
        FailedPrecondition: when the registry would quarantine the model, with the findings.
    """
    content, given = _content(Path(options.file)), _given(options)
    with (
        ModelProcesses.of(clients.settings) as processes,
        Inspector(processes) as inspector,
    ):
        require_approvable(content, given, inspector, clients.settings)
        model = inspector.describe(content, InspectionConditions.of(clients.settings, given))
        names = feature_names(model, given)
        rows = _training(options.training_table, names, clients) if options.training_table else None
        if rows is not None:
            table = {"table": options.training_table, "rows": rows.num_rows}
            given = {"training_data": table} | given
        metadata = metadata_of(model, names, rows, given)
        wait_seconds = _WAIT_SECONDS if options.wait else 0
        destination = Destination(options.model_name, options.model_version, wait_seconds)
        return publish_model(content, metadata, destination, inspector, clients)


def _content(file: Path) -> bytes:
    if not file.is_file():
        raise InvalidArgument(f"{file} is not a file: name a model.pkl", reason="FILE_NOT_FOUND")
    return file.read_bytes()


def _given(options: Namespace) -> dict[str, Any]:
    named = {
        "description": options.description,
        "target": options.target,
        "key_columns": list(column_names(options.key_columns or [])),
        "metrics": dict(_metric(each) for each in options.metric or ()),
    }
    file = Path(options.file).parent / ModelFile.METADATA
    return {
        "author": author(),
        **(_metadata(file) if file.is_file() else {}),
        **{name: value for name, value in named.items() if value},
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
    """The features in a training table, named as the model names them."""
    source = TableId.parse(table, clients.settings.project_id)
    existing = table_columns(clients.bigquery, source, "training")
    found = feature_column_names(
        [InputColumn(name) for name in names], [each.name for each in existing]
    )
    columns = require_columns(existing, found, "feature")
    selection = Selection(source, tuple(column.name for column in columns))
    with google_errors(f"reading {source}"):
        rows = clients.bigquery.query_and_wait(selection.sql)
        table_rows: pa.Table = rows.to_arrow(bqstorage_client=clients.bigquery_read)
    return table_rows.rename_columns(list(names))
