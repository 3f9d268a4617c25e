"""Makes the dataset, the tables and the views of the definitions exist in BigQuery."""

from collections.abc import Mapping, Sequence

from google.api_core.exceptions import NotFound
from google.cloud import bigquery

from deployment.definitions import Table, View

# BigQuery takes both names of a type and reports either.
_TYPE_NAMES = {"INT64": "INTEGER", "FLOAT64": "FLOAT", "BOOL": "BOOLEAN", "STRUCT": "RECORD"}


class DefinitionMismatchError(Exception):
    """A table exists that adding columns does not turn into the defined one."""


def make_dataset(client: bigquery.Client, name: str) -> bigquery.DatasetReference:
    """Make the dataset where it does not exist, and return its reference."""
    reference = bigquery.DatasetReference(client.project, name)
    client.create_dataset(reference, exists_ok=True)
    return reference


def make_table(
    client: bigquery.Client, dataset: bigquery.DatasetReference, definition: Table
) -> None:
    """Make the table, or add to an existing one the columns that it lacks.

    Raises:
        DefinitionMismatchError: when an existing table differs in anything else.
    """
    wanted = _table(dataset, definition)
    existing = _existing(client, wanted)
    if existing is None:
        client.create_table(wanted)
        return
    _require_extensible(existing, wanted)
    if len(existing.schema) < len(wanted.schema):
        existing.schema = [*existing.schema, *_added(existing, wanted)]
        client.update_table(existing, ["schema"])


def make_view(client: bigquery.Client, dataset: bigquery.DatasetReference, view: View) -> None:
    """Make the view, or give an existing one the defined query."""
    wanted = bigquery.Table(dataset.table(view.name))
    wanted.view_query = view.query
    existing = _existing(client, wanted)
    if existing is None:
        client.create_table(wanted)
    elif existing.view_query != view.query:
        existing.view_query = view.query
        client.update_table(existing, ["view_query"])


def _table(dataset: bigquery.DatasetReference, definition: Table) -> bigquery.Table:
    columns = [bigquery.SchemaField.from_api_repr(dict(column)) for column in definition.columns]
    table = bigquery.Table(dataset.table(definition.name), columns)
    if definition.partition_field:
        table.time_partitioning = bigquery.TimePartitioning(field=definition.partition_field)
    table.clustering_fields = list(definition.clustering) or None
    return table


def _existing(client: bigquery.Client, table: bigquery.Table) -> bigquery.Table | None:
    try:
        return client.get_table(table)
    except NotFound:
        return None


def _require_extensible(existing: bigquery.Table, wanted: bigquery.Table) -> None:
    differences = [*_column_differences(existing, wanted), *_layout_differences(existing, wanted)]
    if differences:
        raise DefinitionMismatchError(
            f"table {existing.full_table_id} exists and is not as defined: "
            f"{'; '.join(differences)}. Drop it, or keep this cloud's data elsewhere and begin anew"
        )


def _column_differences(existing: bigquery.Table, wanted: bigquery.Table) -> list[str]:
    defined = _shapes(wanted.schema)
    return [
        f"column {name} is {shape}, defined is {defined.get(name, 'none')}"
        for name, shape in _shapes(existing.schema).items()
        if defined.get(name) != shape
    ] + [
        f"column {column.name} is REQUIRED and missing"
        for column in _added(existing, wanted)
        if column.mode == "REQUIRED"
    ]


def _layout_differences(existing: bigquery.Table, wanted: bigquery.Table) -> list[str]:
    layouts = {
        "partition field": (_partition_field(existing), _partition_field(wanted)),
        "clustering": (existing.clustering_fields, wanted.clustering_fields),
    }
    return [
        f"{what} is {is_}, defined is {defined}"
        for what, (is_, defined) in layouts.items()
        if is_ != defined
    ]


def _added(existing: bigquery.Table, wanted: bigquery.Table) -> list[bigquery.SchemaField]:
    present = _shapes(existing.schema)
    return [column for column in wanted.schema if column.name not in present]


def _partition_field(table: bigquery.Table) -> str | None:
    return table.time_partitioning.field if table.time_partitioning else None


def _shapes(columns: Sequence[bigquery.SchemaField]) -> Mapping[str, str]:
    return {column.name: _shape(column) for column in columns}


def _shape(column: bigquery.SchemaField) -> str:
    kind = _TYPE_NAMES.get(column.field_type, column.field_type)
    inner = ", ".join(f"{name} {shape}" for name, shape in _shapes(column.fields).items())
    return f"{column.mode} {kind}" + (f"({inner})" if inner else "")
