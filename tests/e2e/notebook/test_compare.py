import json

import pytest
from sklearn.dummy import DummyClassifier

from local.demo.titanic import KEY, NUMBERS, TARGET, train
from mlsys import bq_get, bq_put, compare, gcs_put, gcs_put_pickle
from shared.errors import InvalidArgument, NotFound
from tests.waiting import wait_for

MODEL = "notebook-compared"
TRAINED = train()


@pytest.fixture(scope="module")
def model(notebook):
    """A registered model with a second version that always says the same."""
    bucket = notebook.settings.models_bucket
    pessimist = DummyClassifier().fit(TRAINED.unseen[NUMBERS], TRAINED.unseen[TARGET])
    metadata = json.dumps({"target": TARGET, "key_columns": [KEY]})
    for version, estimator in (("v1", TRAINED.pipeline), ("v2", pessimist)):
        gcs_put(bucket, f"{MODEL}/{version}/metadata.json", metadata, "application/json")
        gcs_put_pickle(bucket, f"{MODEL}/{version}/model.pkl", estimator)
    registry = f"SELECT 1 FROM {notebook.settings.dataset}.model_registry"
    condition = "model_name = @model AND metadata IS NOT NULL"
    wait_for(lambda: len(bq_get(f"{registry} WHERE {condition}", {"model": MODEL})) == 2)
    return MODEL


def test_a_line_compares_two_versions_on_the_same_rows(model, new_table):
    bq_put(TRAINED.unseen, new_table)
    found = compare(model, "v1", "latest", new_table, f"{new_table}_both", row_filter="Age >= 18")
    adults = TRAINED.unseen[TRAINED.unseen["Age"] >= 18]
    told = found.to_json()
    assert (told["a"], told["b"], told["rows"]) == ("v1", "latest (v2)", len(adults))
    assert told["agreeing"] == int((TRAINED.pipeline.predict(adults) == 0).sum())
    assert "they agree on" in str(found)
    assert len(bq_get(f"SELECT * FROM {new_table}_both")) == len(adults)


@pytest.mark.parametrize(
    ("a", "b", "parameters", "kind", "sentence"),
    [
        ("v1", "v1", {}, InvalidArgument, "are both"),
        ("v1", "v9", {}, NotFound, "v9"),
        ("v1", "v2", {"colour": "blue"}, InvalidArgument, "unknown parameter colour"),
    ],
)
def test_what_cannot_be_compared_is_an_error(model, new_table, a, b, parameters, kind, sentence):
    with pytest.raises(kind, match=sentence):
        compare(model, a, b, new_table, **parameters)
