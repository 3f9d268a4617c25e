import json
import os

import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_iris
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from jobs.__main__ import main
from local.demo.titanic import KEY, TARGET, passengers

CATEGORIES = ["Pclass", "Sex"]


def by_sex():
    columns = make_column_transformer((OneHotEncoder(), CATEGORIES), remainder="drop")
    return make_pipeline(columns, LogisticRegression())


@pytest.fixture(scope="module")
def two_versions(models_bucket, registered, titanic):
    """A model whose first version knows seven features and whose second knows but two."""
    name = models_bucket.drop(titanic.pipeline, titanic.metadata)
    simple = by_sex().fit(passengers()[CATEGORIES], passengers()[TARGET])
    models_bucket.drop(simple, {"target": TARGET, "key_columns": [KEY]}, model=name, version="v2")
    registered(name, "model_version = 'v1' AND metadata IS NOT NULL")
    registered(name, "model_version = 'v2' AND metadata IS NOT NULL")
    return name, (titanic.pipeline, simple)


@pytest.fixture
def compare(cloud, capsys):
    """Run `python -m jobs compare`, as in a shell after `eval "$(make -s env)"`."""

    def run(name, table, *arguments, a="v1", b="v2", code=0):
        asked = [f"--model_name={name}", f"--input_table={table}", f"--a={a}", f"--b={b}"]
        environ = {**os.environ, **cloud.variables}
        assert main(["compare", "--env=dev", *asked, *arguments], environ) == code
        printed = capsys.readouterr()
        return printed.out if code == 0 else printed.err

    return run


def test_both_versions_score_the_same_rows_and_the_truth_judges_them(
    compare, two_versions, warehouse, titanic, tmp_path
):
    name, pipelines = two_versions
    table, sink = warehouse.new_table(titanic.unseen), warehouse.new_table()
    picture = tmp_path / "both.png"
    told = json.loads(
        compare(name, table, f"--output_table={sink}", f"--picture={picture}", "--json")
    )
    said = [pipeline.predict(titanic.unseen) for pipeline in pipelines]
    agreeing = int((said[0] == said[1]).sum())
    assert (told["rows"], told["agreeing"]) == (len(titanic.unseen), agreeing)
    for side, labels in zip("ab", said, strict=True):
        accuracy = float((labels == titanic.unseen[TARGET]).mean())
        assert told["truth"]["metrics"]["accuracy"][side] == pytest.approx(accuracy)
    assert told["truth"]["metrics"]["log loss"]["a"] > 0
    columns = f"{KEY}, {TARGET}, {TARGET}_a, {TARGET}_b, Agree, ModelVersion_b"
    rows = warehouse.rows(sink, columns)
    expected = pd.DataFrame(
        {
            "key": titanic.unseen[KEY],
            "truth": titanic.unseen[TARGET],
            "a": said[0],
            "b": said[1],
            "agree": said[0] == said[1],
            "version": "v2",
        }
    ).sort_values("key")
    assert rows == list(expected.itertuples(index=False, name=None))
    assert picture.stat().st_size > 10_000


def test_a_person_reads_where_they_differ(compare, two_versions, warehouse, titanic):
    name, _ = two_versions
    told = compare(name, warehouse.new_table(titanic.unseen), b="latest")
    assert f"{name}: a = v1, b = latest (v2)" in told
    assert "they agree on" in told
    assert "a says 1, b says 0:" in told
    assert "beside the truth in Survived, known for 328 rows" in told
    assert "they differ most often where\n" in told
    assert "rows on which they differ most:" in told


def test_without_the_truth_there_is_agreement_and_no_metric(compare, two_versions, passengers):
    name, _ = two_versions
    told = json.loads(compare(name, passengers, "--row_filter=Age > 30", "--json"))
    assert 0 < told["rows"] < 328
    assert told["truth"]["metrics"] == {}
    assert told["output_table"] is None


def test_no_rows_are_compared_too(compare, two_versions, warehouse, titanic):
    name, _ = two_versions
    assert "on 0 rows of" in compare(name, warehouse.new_table(titanic.unseen[:0]))


def test_regressions_are_compared_by_their_errors(
    compare, models_bucket, registered, warehouse, tmp_path
):
    frame = pd.DataFrame({"x": range(50), "y": [2.0 * x + x % 7 for x in range(50)]})
    name = models_bucket.drop(LinearRegression().fit(frame[["x"]], frame["y"]), {"target": "y"})
    other = Ridge(alpha=1e4).fit(frame[["x"]], frame["y"])
    models_bucket.drop(other, {"target": "y"}, model=name, version="v2")
    registered(name, "model_version = 'v2' AND metadata IS NOT NULL")
    picture = tmp_path / "both.svg"
    told = json.loads(compare(name, warehouse.new_table(frame), "--json", f"--picture={picture}"))
    metrics = told["truth"]["metrics"]
    error = float((other.predict(frame[["x"]]) - frame["y"]).abs().mean())
    assert metrics["mean absolute error"]["b"] == pytest.approx(error)
    assert metrics["root mean squared error"]["a"] < metrics["root mean squared error"]["b"]
    assert 0 <= told["agreeing"] < 50
    assert picture.exists()


def test_models_of_many_classes_are_compared_by_their_labels(
    compare, models_bucket, registered, warehouse, tmp_path
):
    data, target = load_iris(return_X_y=True, as_frame=True)
    data.columns = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
    species = target.map({0: "setosa", 1: "versicolor", 2: "virginica"})
    name = models_bucket.drop(
        LogisticRegression(max_iter=1000).fit(data, species), {"target": "species"}
    )
    narrow = LogisticRegression(max_iter=1000).fit(data[["sepal_width"]], species)
    models_bucket.drop(narrow, {"target": "species"}, model=name, version="v2")
    registered(name, "model_version = 'v2' AND metadata IS NOT NULL")
    table = warehouse.new_table(data.assign(species=species))
    told = json.loads(compare(name, table, "--json", f"--picture={tmp_path / 'both.png'}"))
    assert sum(each["rows"] for each in told["predictions"]) == 150
    assert list(told["truth"]["metrics"]) == ["accuracy"]
    assert told["truth"]["only_a_right"] > told["truth"]["only_b_right"]


def test_what_cannot_be_compared_is_refused(compare, two_versions, passengers, warehouse):
    name, _ = two_versions
    assert "are both" in compare(name, passengers, b="v1", code=2)
    assert "is not in the registry" in compare(name, passengers, b="v9", code=1)
    wrong = warehouse.new_table(pd.DataFrame({"Pclass": [1], "Sex": ["male"], TARGET: ["yes"]}))
    assert "lacks the feature columns Age" in compare(name, wrong, code=1)
