"""What an environment's list of runtimes promises holds in its image and in its containers."""

import os
import re
import subprocess

import pytest

from deployment.deployed_runtimes import TERRAFORM, deployed_runtimes, runtimes_file
from deployment.images.image import REPOSITORY
from jobs.sandbox.runtime_store import RuntimeStore
from runtimes.catalog import DEFAULT_RUNTIME, FOLDER, read_catalog
from runtimes.installation import interpreter, is_installed
from shared.errors import FailedPrecondition
from shared.settings.settings import ENVIRONMENTS, Settings

KNOWN = {each.name for each in read_catalog(FOLDER)}
each_environment = pytest.mark.parametrize("environment", ENVIRONMENTS)


@each_environment
def test_an_environment_names_runtimes_that_there_are_and_the_default(environment):
    names = deployed_runtimes(environment)
    assert set(names) <= KNOWN
    assert DEFAULT_RUNTIME in names


@each_environment
def test_terraform_loads_the_list_by_itself_and_has_no_other(environment):
    assert runtimes_file(environment).endswith(".auto.tfvars.json")
    root = TERRAFORM / "envs" / environment
    assert "runtimes              = var.runtimes" in (root / "main.tf").read_text()
    for variables in (root / "variables.tf", TERRAFORM / "modules/mlsys/variables.tf"):
        (body,) = re.findall(r'variable "runtimes" \{(.*?)\n\}', variables.read_text(), re.DOTALL)
        assert "default" not in body


def test_a_deployment_refuses_a_runtime_that_it_does_not_name(tmp_path):
    environ = {"GCP_PROJECT_ID": "p", "MLSYS_RUNTIMES_FOLDER": str(tmp_path)}
    environ |= {"MLSYS_INSTALL_RUNTIMES": "yes", "MLSYS_RUNTIMES": "sklearn-1.9"}
    store = RuntimeStore.of(Settings.from_environ(environ))
    with pytest.raises(FailedPrecondition, match=r"adds sklearn-1\.5 to Terraform's runtimes"):
        store.interpreter("sklearn-1.5")


def test_the_image_marks_a_runtime_as_the_product_does(tmp_path):
    dockerfile = (REPOSITORY / "Dockerfile.runtime").read_text()
    (marking,) = re.findall(r" && (\{ sha256sum .*?)\n\n", dockerfile, re.DOTALL)
    root = tmp_path / "runtimes"
    python = interpreter(DEFAULT_RUNTIME, root)
    python.parent.mkdir(parents=True)
    python.touch()
    assert not is_installed(DEFAULT_RUNTIME, root)
    subprocess.run(
        ["sh", "-c", marking.replace("/opt/runtimes", str(root))],
        cwd=FOLDER / DEFAULT_RUNTIME,
        env={**os.environ, "RUNTIME": DEFAULT_RUNTIME},
        check=True,
    )
    assert is_installed(DEFAULT_RUNTIME, root)
