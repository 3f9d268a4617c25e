"""Models of ten years of scikit-learn, dropped into one bucket in one go, and scored from table to
table: no setting is touched, and every bit is the author's.
"""

import io
import json
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import requests
from google.cloud import bigquery

from shared.tables.column_names import legal_name
from tests.waiting import wait_for
from tests.zoo.fitted import differences, zoo
from tests.zoo.runtimes import chosen_runtimes

UPLOADS_AT_A_TIME = 8
# At least one of each runtime: texts, boosters, categories, and names that BigQuery does not allow.
SCORED = (
    ("sklearn-0.22", "columns-by-name"),
    ("sklearn-0.22", "texts-by-tfidf"),
    ("sklearn-0.22", "xgboost-booster-of-several-classes"),
    ("sklearn-1.2", "lgbm-classifier"),
    ("sklearn-1.2", "encoded-by-target"),
    ("sklearn-1.5", "catboost-classifier-of-categories"),
    ("sklearn-1.5", "columns-by-dtype"),
    ("sklearn-1.9", "xgb-classifier-of-categories"),
    ("sklearn-1.9", "hist-gradient-boosting"),
)
pytestmark = pytest.mark.timeout(900)


def name_of(runtime, kind):
    return f"zoo-{runtime}-{kind}"


@pytest.fixture(scope="module")
def models(request):
    """The whole zoo, by runtime and kind."""
    names = chosen_runtimes(request.config.getoption("--runtimes"))
    return {(runtime, model.kind): model for runtime in names for model in zoo(runtime)}


@pytest.fixture(scope="module")
def rows(models, models_bucket, clients):
    """The registry's rows of the whole zoo, which was dropped in one go, by the model's name."""

    def drop(key):
        folder = f"{name_of(*key)}/v1"
        models_bucket.put(f"{folder}/metadata.json", json.dumps(models[key].metadata))
        models_bucket.put(f"{folder}/model.pkl", models[key].content)

    with ThreadPoolExecutor(UPLOADS_AT_A_TIME) as uploads:
        list(uploads.map(drop, models))
    query = (
        "SELECT model_name, status, runtime, findings "
        f"FROM {clients.settings.dataset}.model_registry WHERE STARTS_WITH(model_name, 'zoo-')"
    )

    def look():
        found = {row["model_name"]: row for row in clients.bigquery.query_and_wait(query)}
        return found if len(found) == len(models) else None

    return wait_for(look, seconds=600)


def test_every_model_is_proved_in_its_runtime(models, rows):
    found = {
        key: (row["status"], row["runtime"], row["findings"])
        for key, row in ((key, rows[name_of(*key)]) for key in models)
    }
    assert found == {key: ("proved", key[0], []) for key in models}


def table_of(clients, dataset, key, batch):
    """A table of the rows of a batch, with their numbers, under names that BigQuery allows."""
    names = [legal_name(name) for name in batch.schema.names]
    numbers = pa.array(range(batch.num_rows))
    content = io.BytesIO()
    pq.write_table(pa.Table.from_arrays([numbers, *batch.columns], ["row", *names]), content)
    content.seek(0)
    table = f"{dataset}.{legal_name(name_of(*key))}"
    config = bigquery.LoadJobConfig(source_format=bigquery.SourceFormat.PARQUET)
    clients.bigquery.load_table_from_file(content, table, job_config=config).result()
    return table


def launched(cloud, parameters):
    answer = requests.get(f"{cloud.address['gateway']}/predict", params=parameters, timeout=60)
    assert answer.status_code == 202, answer.text
    return answer.json()["status_url"]


def finished(cloud, status_url):
    def look():
        status = requests.get(cloud.address["gateway"] + status_url, timeout=60).json()
        return status if status["state"] not in {"QUEUED", "RUNNING"} else None

    return wait_for(look, seconds=600)


def test_tables_are_scored_with_the_author_s_bits(cloud, clients, warehouse, models, rows):
    outputs, runs = {}, {}
    scored = [key for key in SCORED if key in models]
    for key in scored:
        table = table_of(clients, warehouse.dataset, key, models[key].rows)
        outputs[key] = f"{table}_predictions"
        parameters = {"env": "dev", "model_name": name_of(*key), "model_version": "v1"}
        parameters |= {"input_table": table, "output_table": outputs[key], "key_columns": "row"}
        runs[key] = launched(cloud, parameters)
    states = {key: finished(cloud, run) for key, run in runs.items()}
    assert {key: state["state"] for key, state in states.items()} == dict.fromkeys(
        scored, "SUCCEEDED"
    ), states
    found = {key: answers_in(clients, outputs[key], models[key]) for key in scored}
    assert found == {key: [""] * len(answers) for key, answers in found.items()}


def answers_in(clients, table, model):
    """How each column of answers in an output table differs from the author's."""
    query = f"SELECT * FROM {table} ORDER BY `row`"
    written = clients.bigquery.query_and_wait(query).to_arrow()
    assert written["row"].to_pylist() == list(range(model.rows.num_rows))
    targets = model.metadata.get("targets") or [model.metadata["target"]]
    columns = [*targets, *(["PredictionProbability"] if model.probabilities else [])]
    said = [*model.predictions, *model.probabilities]
    return [
        differences(expected, written[name].to_pylist())
        for name, expected in zip(columns, said, strict=True)
    ]
