"""The legacy system's registry: one MERGE for each event."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from google.cloud import bigquery

from shared.registry.model_version import RegisteredModel

# https://cloud.google.com/bigquery/quotas#dml_statements: of more, all but two wait.
_STATEMENTS_AT_A_TIME = 2

_CREATE = """
CREATE TABLE `{table}` (
  model_name STRING, model_version STRING, generation INT64, file_size_bytes INT64,
  crc32c STRING, sha256 STRING
)
"""

_MERGE = """
MERGE `{table}` AS old
USING (SELECT @model_name AS model_name, @model_version AS model_version) AS new
ON old.model_name = new.model_name AND old.model_version = new.model_version
WHEN MATCHED AND old.generation < @generation THEN UPDATE SET
  generation = @generation, file_size_bytes = @size_bytes, crc32c = @crc32c, sha256 = @sha256
WHEN NOT MATCHED THEN INSERT
  (model_name, model_version, generation, file_size_bytes, crc32c, sha256)
  VALUES (@model_name, @model_version, @generation, @size_bytes, @crc32c, @sha256)
"""


def merges_per_second(
    client: bigquery.Client, dataset: str, models: Sequence[RegisteredModel]
) -> float:
    """How many events a second are registered by a MERGE each, into a table that starts empty.

    It favours the MERGE: nothing is read from the bucket, nothing is delivered, none is refused.
    """
    table = f"{client.project}.{dataset}.merged_registry"
    client.query_and_wait(_CREATE.format(table=table))
    statement = _MERGE.format(table=table)

    def merge(model: RegisteredModel) -> None:
        config = bigquery.QueryJobConfig(query_parameters=_parameters(model))
        client.query_and_wait(statement, job_config=config)

    began = time.monotonic()
    with ThreadPoolExecutor(_STATEMENTS_AT_A_TIME) as pool:
        list(pool.map(merge, models))
    seconds = time.monotonic() - began
    client.delete_table(table)
    return len(models) / seconds


def _parameters(model: RegisteredModel) -> list[bigquery.ScalarQueryParameter]:
    names = ("generation", "size_bytes", "crc32c", "sha256")
    values = {"model_name": model.version.name, "model_version": model.version.version}
    values |= {name: getattr(model, name) for name in names}
    return [
        bigquery.ScalarQueryParameter(name, "INT64" if isinstance(value, int) else "STRING", value)
        for name, value in values.items()
    ]
