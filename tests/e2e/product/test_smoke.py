"""The smoke test of a deployment, on the deployment that the local cloud is."""

import sys

import pytest


@pytest.fixture
def smoke(cloud, command_line, request_for):
    """Run it as a deployment does, with some options changed."""

    def run(**changes):
        request = request_for()
        options = {
            "env": "dev",
            "project": cloud.project,
            "region": cloud.region,
            "input_table": request.input_table,
            "output_table": request.output_table,
            "model": f"{request.model_name}/v1",
            "gateway_url": cloud.address["gateway"],
        }
        given = [f"--{name}={value}" for name, value in (options | changes).items()]
        command = (sys.executable, "-m", "deployment.smoke", *given)
        return command_line(*command, check=False), request

    return run


@pytest.mark.cli
def test_a_deployment_that_works_passes_and_leaves_one_run_s_rows(smoke, warehouse):
    finished, request = smoke()
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.splitlines() == [
        "healthy in dev",
        "a dry run finds model and table",
        f"328 rows are predicted in {request.output_table}",
    ]
    assert warehouse.count(request.output_table) == 328


@pytest.mark.cli
@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"env": "prod"}, "not healthy in prod"),
        ({"gateway_url": "http://127.0.0.1:1"}, "gave no answer"),
        ({"model": "no-such-model/v1"}, "the dry run failed"),
    ],
)
def test_a_deployment_that_does_not_work_fails_with_what_is_wrong(smoke, changes, complaint):
    finished, _ = smoke(**changes)
    assert finished.returncode == 1
    assert complaint in finished.stderr
