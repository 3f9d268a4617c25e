import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import joblib
import pandas as pd
import pytest
import requests
from google.cloud.storage import Blob
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from jobs.__main__ import main
from jobs.publishing.upload import Destination, upload
from local.demo.titanic import CATEGORIES, KEY, NUMBERS, TARGET, passengers, train
from mlsys import bq_get, bq_put, gcs_get, gcs_list_blobs, publish
from shared.errors import Conflict, FailedPrecondition, InvalidArgument, PermissionDenied
from shared.registry.model_version import ModelVersion, Status

_numbers = count(1)
HOUSES = pd.DataFrame({"area": [50.0, 80.0, 120.0, 65.0], "rooms": [2, 3, 5, 2], "price": 1.0})


@pytest.fixture
def name(notebook):
    """The name of a model that does not exist yet."""
    return f"published-{next(_numbers)}"


@pytest.fixture
def objects(notebook, name):
    """The names of the model's objects in the bucket, without the model's own."""

    def listed():
        blobs = gcs_list_blobs(notebook.settings.models_bucket, prefix=f"{name}/")
        return [blob.name.removeprefix(f"{name}/") for blob in blobs]

    return listed


@pytest.fixture
def models_bucket(notebook):
    return notebook.storage.bucket(notebook.settings.models_bucket)


@pytest.fixture
def put(notebook, name):
    """Publish bytes without asking whether they are a model."""

    def put(content=b"not a model", version=None):
        return upload(content, {"author": "me"}, Destination(name, version), notebook)

    return put


@pytest.fixture
def break_storage(cloud):
    """Make some of the next requests to Cloud Storage fail."""
    door = f"{cloud.address['storage']}/_faults"
    yield lambda **fault: requests.post(door, json=fault, timeout=5).raise_for_status()
    requests.delete(door, timeout=5)


@pytest.fixture(scope="module")
def house_prices():
    return LinearRegression().fit(HOUSES[["area", "rooms"]], HOUSES["price"])


def metadata_of(notebook, version):
    return json.loads(gcs_get(notebook.settings.models_bucket, f"{version}/metadata.json"))


def test_one_line_publishes_a_model_that_the_registry_approves_and_describes(notebook, name):
    titanic = train()
    published = publish(
        titanic.pipeline,
        name,
        passengers(),
        target=TARGET,
        key_columns=[KEY],
        metrics={"accuracy": titanic.accuracy},
        wait_seconds=120,
    )
    assert (published.version, published.status) == (ModelVersion(name, "v1"), Status.PROVED)
    assert published.findings == ()
    row = bq_get(
        f"SELECT * FROM {notebook.settings.dataset}.model_registry WHERE model_name = @name",
        {"name": name},
    ).iloc[0]
    told = json.loads(row["metadata"])
    assert (row["generation"], row["uploader"]) == (published.generation, told["author"])
    assert told["features"] == NUMBERS + CATEGORIES
    types = {each["name"]: (each["type"], each["nullable"]) for each in told["signature"]["inputs"]}
    assert types["Age"] == ("FLOAT", True)
    assert types["Pclass"] == ("INTEGER", False)
    assert types["Sex"] == ("STRING", False)
    assert told["signature"]["outputs"] == [{"name": TARGET, "type": "INTEGER", "classes": [0, 1]}]
    assert told["baseline"]["rows"] == 1309
    assert told["baseline"]["features"]["Sex"]["values"] == {"male": 843, "female": 466}
    assert told["input_example"]["Sex"] == "female"
    assert told["metrics"] == {"accuracy": titanic.accuracy}
    assert told["library_versions"]["scikit-learn"]


def test_each_publication_is_the_next_version_even_after_one_was_deleted(
    notebook, name, put, models_bucket
):
    versions = [put().version.version for _ in range(2)]
    models_bucket.blob(f"{name}/v2/model.pkl").delete()
    models_bucket.blob(f"{name}/v2/metadata.json").delete()
    versions.append(put().version.version)
    assert versions == ["v1", "v2", "v3"]


def test_publishers_at_the_same_time_get_versions_of_their_own(put, objects):
    start = threading.Barrier(4)

    def one(_):
        start.wait()
        return put().version.version

    with ThreadPoolExecutor(4) as pool:
        versions = list(pool.map(one, range(4)))
    assert sorted(versions) == ["v1", "v2", "v3", "v4"]
    assert len(objects()) == 8


def test_a_version_that_is_taken_is_left_as_it_is(put, objects):
    put(version="v7")
    with pytest.raises(Conflict, match=r"v7 of .* is taken"):
        put(version="v7")
    assert objects() == ["v7/metadata.json", "v7/model.pkl"]


def test_a_version_whose_model_was_dropped_by_hand_is_not_claimed(
    put, name, models_bucket, objects
):
    models_bucket.blob(f"{name}/v1/model.pkl").upload_from_string(b"somebody's")
    with pytest.raises(Conflict):
        put(version="v1")
    assert objects() == ["v1/model.pkl"]


def test_a_refused_upload_leaves_nothing_behind(put, objects, break_storage):
    break_storage(method="POST", path="uploadType=resumable", status=403)
    with pytest.raises(PermissionDenied):
        put(content=bytes(9_000_000))  # so much is not sent in one request
    assert objects() == []
    assert put().version.version == "v1"


def test_a_lost_answer_does_not_make_a_publisher_lose_to_himself(put, objects, break_storage):
    break_storage(method="POST", path="uploadType", status=503, after=True)
    assert put().version.version == "v1"
    assert objects() == ["v1/metadata.json", "v1/model.pkl"]


def test_an_interrupted_publication_takes_back_its_claim(put, objects, monkeypatch):
    upload_from_string = Blob.upload_from_string

    def interrupted(blob, *arguments, **options):
        if blob.name.endswith("model.pkl"):
            raise KeyboardInterrupt
        upload_from_string(blob, *arguments, **options)

    monkeypatch.setattr(Blob, "upload_from_string", interrupted)
    with pytest.raises(KeyboardInterrupt):
        put()
    assert objects() == []


def test_a_killed_publisher_costs_a_number_and_nothing_else(put, name, models_bucket):
    models_bucket.blob(f"{name}/v1/metadata.json").upload_from_string("{}")
    assert put().version.version == "v2"


def test_what_the_registry_would_quarantine_is_refused_before_anything_is_uploaded(name, objects):
    unsafe = make_pipeline(FunctionTransformer(os.path.abspath), LinearRegression())
    unsafe[-1].fit([[1.0]], [1.0])
    with pytest.raises(FailedPrecondition, match=r"nothing was published.*cannot predict"):
        publish(unsafe, name, metadata={"features": ["x"]})
    assert objects() == []


def test_a_model_without_feature_names_takes_the_frame_s_columns(notebook, name):
    nameless = LinearRegression().fit(HOUSES[["area", "rooms"]].to_numpy(), HOUSES["price"])
    published = publish(nameless, name, HOUSES, target="price")
    assert metadata_of(notebook, published.version)["features"] == ["area", "rooms"]
    with pytest.raises(InvalidArgument, match=r"fitted on 2 features.*give it 3"):
        publish(nameless, name, HOUSES)


def test_a_frame_that_the_model_was_not_fitted_on_is_refused(name, house_prices, objects):
    with pytest.raises(InvalidArgument, match="lacks the features rooms"):
        publish(house_prices, name, HOUSES.drop(columns="rooms"))
    assert objects() == []


def test_a_pickle_made_elsewhere_is_published_by_a_command(
    notebook, cloud, name, new_table, house_prices, tmp_path, capsys
):
    bq_put(HOUSES, new_table)
    joblib.dump(house_prices, tmp_path / "model.pkl")
    (tmp_path / "metadata.json").write_text('{"description": "prices", "target": "cost"}')
    arguments = [
        str(tmp_path / "model.pkl"),
        "--env=dev",
        f"--model_name={name}",
        f"--training_table={new_table}",
        "--target=price",
        "--metric=r2=0.5",
        "--wait",
    ]
    assert main(["publish", *arguments], {**os.environ, **cloud.variables}) == 0
    assert f"{name}/v1: gs://" in (printed := capsys.readouterr().out)
    assert "approved" in printed
    told = metadata_of(notebook, f"{name}/v1")
    assert (told["description"], told["target"], told["metrics"]) == (
        "prices",
        "price",
        {"r2": 0.5},
    )
    assert [each["type"] for each in told["signature"]["inputs"]] == ["FLOAT", "INTEGER"]
    assert told["baseline"]["features"]["rooms"]["max"] == 5
    assert told["training_data"] == {"table": new_table, "rows": 4}


def test_the_command_says_what_is_wrong(cloud, name, tmp_path, capfd):
    (tmp_path / "model.pkl").write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    arguments = [str(tmp_path / "model.pkl"), "--env=dev", f"--model_name={name}"]
    environ = {**os.environ, **cloud.variables}
    assert main(["publish", *arguments], environ) == 1
    assert "nothing was published, the registry would refuse it" in capfd.readouterr().err
    assert main(["publish", "no-such-file", *arguments[1:]], environ) == 2
    assert main(["publish", *arguments, "--metric=good"], environ) == 2
