"""Writes the record of a committed run: one row of `prediction_runs`."""

from dataclasses import asdict
from typing import Any

from google.cloud import bigquery

from jobs.prediction.bigquery_jobs import run_once
from shared.clients import Clients, google_errors
from shared.runs.documents import RunRecord
from shared.tables.catalog import table_columns
from shared.tables.table import TableId

_INSERT_RUN = "INSERT INTO `{dataset}`.prediction_runs ({columns}) VALUES ({values})"


def insert_run_record(record: RunRecord, clients: Clients) -> None:
    """Insert the row of a run, once, however often this is called.

    It is a DML statement with a job id of the run, so it does not count as one of the 1,500 load
    jobs a day.

    Raises:
        Transient: when BigQuery is away.
    """
    dataset = clients.settings.own_dataset
    table = TableId(clients.bigquery.project, clients.settings.dataset, "prediction_runs")
    # A table of an older release lacks columns; they are left out rather than failing the run.
    columns = {column.name for column in table_columns(clients.bigquery, table, "record")}
    known = {name: value for name, value in asdict(record).items() if value is not None}
    values = {name: value for name, value in known.items() if name in columns}
    statement = _INSERT_RUN.format(
        dataset=dataset,
        columns=", ".join(f"`{name}`" for name in values),
        values=", ".join(f"@{name}" for name in values),
    )
    config = bigquery.QueryJobConfig(query_parameters=_parameters(values))

    def submit(job_id: str) -> bigquery.QueryJob:
        return clients.bigquery.query(statement, job_config=config, job_id=job_id, job_retry=None)

    with google_errors("recording the run in prediction_runs"):
        run_once(clients.bigquery, f"mlsys-{record.run_id}-record", submit)


_PARAMETER_TYPES = {"str": "STRING", "int": "INT64", "float": "FLOAT64", "datetime": "TIMESTAMP"}


def _parameters(values: dict[str, Any]) -> list[bigquery.ScalarQueryParameter]:
    return [_parameter(name, value) for name, value in values.items()]


def _parameter(name: str, value: Any) -> bigquery.ScalarQueryParameter:
    if isinstance(value, dict):
        # The client serialises it; text would become a JSON string.
        return bigquery.ScalarQueryParameter(name, "JSON", value)  # type: ignore[arg-type]
    return bigquery.ScalarQueryParameter(name, _PARAMETER_TYPES[type(value).__name__], value)
