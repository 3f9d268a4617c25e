from dataclasses import fields
from pathlib import Path
from string import Template

import pytest
import yaml

from shared.errors import InvalidArgument, PermissionDenied
from shared.settings.settings import Settings

ROOT = Path(__file__).parents[4]
LOCAL = {
    "STORAGE_EMULATOR_HOST": "http://127.0.0.1:1",
    "BIGQUERY_EMULATOR_HOST": "http://127.0.0.1:1",
}
VARIABLES = {field.metadata["variable"] for field in fields(Settings)}


def test_one_variable_is_enough():
    settings = Settings.from_environ({"GCP_PROJECT_ID": "my-project"})
    assert settings.models_bucket == "mlsys-models-dev"
    assert settings.dataset == "mlsys_dev"
    assert settings.runs_bucket == "mlsys-runs-dev"
    assert settings.predict_job.endswith("/jobs/mlsys-predict-dev")


def test_every_environment_has_its_own_bucket_and_dataset():
    settings = Settings.from_environ({"GCP_PROJECT_ID": "my-project", "MLSYS_ENV": "prod"})
    assert (settings.models_bucket, settings.dataset) == ("mlsys-models-prod", "mlsys_prod")


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [({}, "GCP_PROJECT_ID is not set"), ({"MLSYS_ENV": "test"}, "MLSYS_ENV is 'test'")],
)
def test_a_wrong_environment_is_an_error(environ, sentence):
    with pytest.raises(InvalidArgument, match=sentence):
        Settings.from_environ(environ)


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"MLSYS_MODEL_POLICY": "open"}, "set it to one of walled, strict"),
        ({"MLSYS_ALLOWED_PICKLE_NAMES": "os.system"}, "names 'os.system': write each like module:"),
        ({"MLSYS_MODEL_WALL": "off"}, "only a local cloud may load models without the wall"),
        ({"MLSYS_MODEL_WALL": "off", **LOCAL, "K_SERVICE": "s"}, "only a local cloud may"),
    ],
)
def test_a_wrong_policy_is_an_error(environ, sentence):
    with pytest.raises(InvalidArgument, match=sentence):
        Settings.from_environ({"GCP_PROJECT_ID": "my-project", **environ})


def test_models_are_loaded_behind_the_wall_and_whatever_they_name_unless_it_is_said():
    settings = Settings.from_environ({"GCP_PROJECT_ID": "my-project"})
    assert (settings.needs_wall, settings.is_strict) == (True, False)
    said = {"MLSYS_MODEL_WALL": "off", "MLSYS_MODEL_POLICY": "strict"}
    settings = Settings.from_environ({"GCP_PROJECT_ID": "my-project", **LOCAL, **said})
    assert (settings.needs_wall, settings.is_strict) == (False, True)


def test_a_request_for_another_deployment_is_rejected():
    settings = Settings.from_environ({"GCP_PROJECT_ID": "my-project"})
    settings.require_own_environment("dev")
    with pytest.raises(PermissionDenied, match="this deployment serves env=dev"):
        settings.require_own_environment("prod")
    with pytest.raises(InvalidArgument, match="use one of dev, staging, prod"):
        settings.require_own_environment("production")


def test_every_variable_of_a_container_is_a_setting():
    definition = ROOT / "terraform/modules/mlsys/definitions/environment.yaml"
    values = {"environment": "dev", "project_id": "p", "region": "r", "bucket_prefix": "b"}
    values["runtimes"] = "sklearn-1.9,sklearn-1.8"
    environment = yaml.safe_load(Template(definition.read_text()).substitute(values))
    assert set(environment) <= VARIABLES
    settings = Settings.from_environ(environment)
    assert settings.project_id == "p"
    assert settings.runtimes == ("sklearn-1.9", "sklearn-1.8")


def test_the_example_names_every_variable_that_a_user_may_set():
    lines = (ROOT / ".env.example").read_text().splitlines()
    named = {line.lstrip("# ").partition("=")[0] for line in lines if "=" in line}
    given_by_cloud_run = {name for name in VARIABLES if name.startswith(("CLOUD_RUN_", "K_"))}
    assert named == VARIABLES - (given_by_cloud_run - {"CLOUD_RUN_ENDPOINT"})
