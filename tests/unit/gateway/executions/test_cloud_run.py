from types import SimpleNamespace

import pytest
from google.cloud import run_v2

from gateway.executions.cloud_run import (
    CloudRun,
    argument_of,
    arguments_of,
    resource_id,
    run_id_of,
)
from shared.errors import NotFound
from shared.settings.settings import Settings

CLOUD_RUN = CloudRun(SimpleNamespace(settings=Settings.from_environ({"GCP_PROJECT_ID": "p-12345"})))


def execution(*arguments):
    template = {"containers": [{"args": list(arguments)}]}
    return run_v2.Execution(name="projects/p/jobs/j/executions/j-abc", template=template)


def test_the_run_of_an_execution_is_its_argument_else_its_own_id():
    assert run_id_of(execution("--env=dev", "--run_id=monday")) == "monday"
    assert run_id_of(execution("--env=dev")) == "j-abc"


def test_arguments_have_names_and_repeated_ones_are_joined():
    one = execution("--key_columns=a", "--row_filter=x = 1", "--key_columns=b", "word")
    assert arguments_of(one) == {"key_columns": "a, b", "row_filter": "x = 1"}
    assert argument_of(one, "--row_filter=") == "x = 1"
    assert argument_of(one, "--as_of=") == ""


@pytest.mark.parametrize("job", ["mlsys-predict-dev", "mlsys-registry-dev"])
def test_an_execution_of_this_deployment_has_a_full_name(job):
    name = CLOUD_RUN.name_of(f"{job}-x7k2p")
    assert name == f"projects/p-12345/locations/europe-west1/jobs/{job}/executions/{job}-x7k2p"
    assert resource_id(name) == f"{job}-x7k2p"


@pytest.mark.parametrize(
    "execution_id",
    ["", "mlsys-predict-dev", "mlsys-predict-dev-", "mlsys-predict-prod-abc", "../x", "other-abc"],
)
def test_no_other_id_reaches_cloud_run(execution_id):
    with pytest.raises(NotFound) as caught:
        CLOUD_RUN.name_of(execution_id)
    assert caught.value.reason == "EXECUTION_NOT_FOUND"
