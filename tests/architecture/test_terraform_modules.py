"""Terraform's modules describe what they take and give, and keep what was applied before."""

import re

import pytest

from tests.architecture.terraform_modules import MODULE, declarations, is_declared

MODULES = sorted({path.parent for path in MODULE.parent.glob("*/*.tf")})
JOB = 'module.jobs["predict"].google_cloud_run_v2_job.job'


def bodies(kind, folder):
    pattern = rf'^{kind} "(\w+)" \{{(.*?)^\}}'
    return re.findall(pattern, declarations(folder), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("folder", MODULES, ids=lambda folder: folder.name)
def test_every_variable_has_a_type_and_a_description(folder):
    variables = bodies("variable", folder)
    assert variables
    for argument in ("type", "description"):
        missing = [name for name, body in variables if not re.search(rf"\n  {argument} +=", body)]
        assert missing == []


@pytest.mark.parametrize("folder", MODULES, ids=lambda folder: folder.name)
def test_every_output_has_a_description(folder):
    outputs = bodies("output", folder)
    assert outputs
    assert [name for name, body in outputs if "\n  description = " not in body] == []


def test_a_moved_resource_is_declared_where_it_went_and_no_longer_where_it_was():
    moves = re.findall(
        r"^moved \{\n  from = (\S+)\n  to   = (\S+)\n\}", declarations(), re.MULTILINE
    )
    assert len(moves) == declarations().count("moved {")
    assert ("google_cloud_run_v2_job.predict", JOB) in moves
    assert [old for old, _ in moves if is_declared(old)] == []
    assert [new for _, new in moves if not is_declared(new)] == []


@pytest.mark.parametrize(
    "address",
    [
        "google_cloud_run_v2_job.predict",
        "module.job.google_cloud_run_v2_job.job",
        'module.jobs["predict"].google_cloud_run_v2_job.predict',
    ],
)
def test_an_address_that_no_module_declares_is_noticed(address):
    assert is_declared(JOB)
    assert not is_declared(address)
