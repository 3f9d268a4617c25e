"""The command `python -m jobs inspect` on honest and hostile files."""

import json
import os
import pickle

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from jobs.__main__ import main
from jobs.pickles.limits import LIMITS
from runtimes.catalog import DEFAULT_RUNTIME
from tests.model_runtimes import VARIABLES
from tests.unit.jobs.pickles.attacks import attacks
from tests.unit.jobs.sandbox.models import naming


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    model = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
    (folder / "honest.pkl").write_bytes(pickle.dumps(model))
    model.feature_names_in_ = np.array(["n\udc80"], dtype=object)
    (folder / "strange.pkl").write_bytes(pickle.dumps(model))
    (folder / "hostile.pkl").write_bytes(attacks(folder / "marker")["os.system"])
    (folder / "own.pkl").write_bytes(naming("own_models", "Double"))
    (folder / "empty.pkl").touch()
    with (folder / "huge.pkl").open("wb") as huge:
        os.truncate(huge.fileno(), LIMITS.upload_bytes + 1)
    beside = folder / "beside"
    beside.mkdir()
    (beside / "model.pkl").write_bytes((folder / "honest.pkl").read_bytes())
    (beside / "metadata.json").write_text('{"metrics": 3}')
    return folder


@pytest.fixture
def inspect(files, capsys, monkeypatch):
    monkeypatch.chdir(files)

    def run(*arguments, **environ):
        code = main(["inspect", *arguments], VARIABLES | environ)
        return code, capsys.readouterr().out

    return run


def test_an_honest_file_is_approved_and_described(inspect):
    code, output = inspect("honest.pkl")
    assert code == 0
    assert output.startswith("honest.pkl: approved\n")
    assert "sklearn.linear_model._logistic.LogisticRegression" in output
    assert f"runtime       {DEFAULT_RUNTIME}\n" in output


def test_a_finding_of_the_metadata_is_printed_with_an_approved_model(inspect):
    code, output = inspect("beside/model.pkl")
    assert code == 0
    assert output.startswith("beside/model.pkl: approved\n")
    assert "output" in output
    assert "metrics" in output
    code, output = inspect("--json", "beside/model.pkl")
    document = json.loads(output)
    assert (code, document["status"]) == (0, "approved")
    assert any("metrics" in finding for finding in document["findings"])
    assert document["signature"]["outputs"][0]["classes"] == [0, 1]


def test_one_hostile_file_among_others_decides_the_exit_code(inspect, files):
    code, output = inspect("honest.pkl", "hostile.pkl")
    assert code == 3
    assert "hostile.pkl: quarantined" in output
    assert "- it names os.system, which no model needs" in output
    assert not (files / "marker").exists()


def test_the_policy_of_the_environment_decides(inspect, files):
    strict = {"MLSYS_MODEL_POLICY": "strict"}
    assert inspect("honest.pkl", **strict)[0] == 0
    code, output = inspect("own.pkl", **strict)
    assert code == 3
    assert "MLSYS_ALLOWED_PICKLE_NAMES" in output
    assert "needs the package own_models" in inspect("own.pkl")[1]


def test_json_prints_one_object_per_file(inspect):
    code, output = inspect("--json", "honest.pkl", "empty.pkl", "huge.pkl", "strange.pkl")
    documents = [json.loads(line) for line in output.splitlines()]
    assert code == 3
    assert [each["status"] for each in documents] == [
        "approved",
        "quarantined",
        "quarantined",
        "quarantined",
    ]
    assert documents[0]["runtime"] == DEFAULT_RUNTIME
    assert documents[1]["findings"][0].startswith("the file cannot be loaded: ")
    assert documents[2]["sha256"] is None
    # No column of a table can have such a name.
    assert documents[3]["signature"]["inputs"][0]["name"] == "n?"


@pytest.mark.parametrize("arguments", [["nothing.pkl"], ["."], [], ["--wrong"], ["/proc/self/mem"]])
def test_a_file_that_cannot_be_read_is_a_wrong_argument(inspect, arguments):
    assert inspect(*arguments) == (2, "")
