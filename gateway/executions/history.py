"""The committed runs in the table `prediction_runs`, which are kept for ever."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from shared.clients import google_errors
from shared.runs.documents import RunRecord
from shared.tables.table import TableId

if TYPE_CHECKING:
    from google.cloud import bigquery

_RUN_OF = """
SELECT *
FROM `{dataset}`.prediction_runs
WHERE execution_id = @execution_id OR run_id = @run_id
ORDER BY finished_at DESC
LIMIT 1
"""

_RUNS_OF_MODEL = """
SELECT *
FROM `{dataset}`.prediction_runs
WHERE model_name = @model_name AND model_version = @model_version
ORDER BY finished_at DESC
LIMIT 50
"""

_ROWS_OF_RUNS = """
SELECT run_id, `rows`
FROM `{dataset}`.prediction_runs
WHERE run_id IN UNNEST(@run_ids)
"""

_COMMITS_INTO = """
SELECT COUNT(*) AS commits
FROM `{dataset}`.prediction_runs
WHERE output_table = @output_table AND finished_at >= TIMESTAMP(@since)
"""

_DAY = timedelta(days=1)


class History:
    """The committed runs of one deployment."""

    def __init__(self, client: "bigquery.Client", dataset: str):
        self._client = client
        self._dataset = f"{client.project}.{dataset}"

    def run_of(self, execution_id: str, run_id: str) -> RunRecord | None:
        """The record of an execution's run, None when the run was not committed."""
        records = self._records(_RUN_OF, execution_id=execution_id, run_id=run_id)
        return records[0] if records else None

    def commits_of_a_day(self, table: TableId, now: datetime) -> int:
        """The number of runs that were committed into a table in the last 24 hours.

        Each was one load job. BigQuery also counts loads that are not this deployment's, so this is
        a lower bound.
        """
        since = (now - _DAY).isoformat()
        rows = self._rows(_COMMITS_INTO, output_table=str(table), since=since)
        return int(rows[0]["commits"])

    def runs_of_model(self, name: str, version: str) -> list[RunRecord]:
        """The last 50 runs of a model version, newest first."""
        return self._records(_RUNS_OF_MODEL, model_name=name, model_version=version)

    def rows_of_runs(self, run_ids: Sequence[str]) -> dict[str, int]:
        """The number of committed rows by run id; runs that were not committed are left out."""
        if not run_ids:
            return {}
        found = self._rows(_ROWS_OF_RUNS, run_ids=list(run_ids))
        return {run["run_id"]: run["rows"] for run in found}

    def _records(self, sql: str, **parameters: str | list[str]) -> list[RunRecord]:
        uri = f"a row of {self._dataset}.prediction_runs"
        return [RunRecord.from_row(row, uri=uri) for row in self._rows(sql, **parameters)]

    def _rows(self, sql: str, **parameters: str | list[str]) -> list[dict[str, Any]]:
        # Imported at the first query, so that other requests do not wait for it.
        from google.cloud import bigquery  # noqa: PLC0415

        config = bigquery.QueryJobConfig(
            query_parameters=[
                bigquery.ArrayQueryParameter(name, "STRING", value)
                if isinstance(value, list)
                else bigquery.ScalarQueryParameter(name, "STRING", value)
                for name, value in parameters.items()
            ]
        )
        with google_errors("reading prediction_runs"):
            found = self._client.query_and_wait(
                sql.format(dataset=self._dataset), job_config=config
            )
            return [dict(row) for row in found]
