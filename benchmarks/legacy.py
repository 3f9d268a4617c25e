"""The legacy system's job, as a program: a query to a DataFrame, two passes, a load job."""

import json
import os
import sys
import time

import joblib
import pandas as pd

from benchmarks.passengers import FEATURES, KEY, TARGET
from shared.clients import Clients
from shared.settings.settings import Settings


def main(model: str, source: str, sink: str) -> None:
    """Score a table of BigQuery into another, and print rows and seconds as JSON."""
    pipeline = joblib.load(model)
    clients = Clients(Settings.from_environ(os.environ))
    begun = time.perf_counter()
    rows = clients.bigquery.query_and_wait(f"SELECT * FROM {source}")  # noqa: S608  (our table)
    frame = rows.to_dataframe(bqstorage_client=clients.bigquery_read)
    predictions = pd.DataFrame(
        {
            KEY: frame[KEY],
            TARGET: pipeline.predict(frame[FEATURES]),
            "PredictionProbability": pipeline.predict_proba(frame[FEATURES])[:, 1],
            "PredictionTimestamp": pd.Timestamp.now("UTC"),
            "ModelName": "titanic-survival",
            "ModelVersion": "v1",
        }
    )
    clients.bigquery.load_table_from_dataframe(predictions, sink).result()
    measured = {"rows": len(frame), "seconds": time.perf_counter() - begun}
    sys.stdout.write(json.dumps(measured) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
