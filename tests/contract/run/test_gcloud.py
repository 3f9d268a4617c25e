"""The real `gcloud run jobs`, which speaks v1 and prefixes the region to the host."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from google.api_core.exceptions import NotFound

from tests.contract.run.stand_in import PARENT, StandIn

pytestmark = pytest.mark.cli

type Gcloud = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def gcloud(stand_in: StandIn, tmp_path: Path) -> Gcloud:
    program = shutil.which("gcloud")
    if not program:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("gcloud is not installed")
    environment = os.environ | {
        "CLOUDSDK_CONFIG": str(tmp_path),
        "CLOUDSDK_AUTH_DISABLE_CREDENTIALS": "true",
        "CLOUDSDK_CORE_PROJECT": "demo",
        "CLOUDSDK_CORE_DISABLE_PROMPTS": "1",
        "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING": "true",
        "CLOUDSDK_RUN_REGION": "europe-west1",
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN": "http://run.local/",
        "http_proxy": stand_in.url,
        "no_proxy": "127.0.0.1,localhost",
    }

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [program, "run", "jobs", *arguments]
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=60, check=False
        )

    return run


@pytest.fixture
def greeter(stand_in: StandIn, job: str) -> str:
    """A job made through v2, to be driven through v1."""
    stand_in.create_job(job, "import os, sys; print(sys.argv[1:], os.environ.get('A'))")
    return job


def test_a_job_is_created_updated_described_listed_and_deleted(
    stand_in: StandIn, gcloud: Gcloud, job: str
) -> None:
    create = gcloud(
        *("create", job, "--image=image", "--command=echo", "--args=hello,you"),
        *("--set-env-vars=A=b", "--tasks=2", "--max-retries=1", "--task-timeout=5m"),
    )
    assert create.returncode == 0, create.stderr
    assert gcloud("update", job, "--tasks=5").returncode == 0
    described = gcloud("describe", job).stdout
    assert "hello you" in described
    assert "Task Timeout: 5m" in described
    assert "Tasks:        5" in described
    assert job in gcloud("list", "--format=value(metadata.name)").stdout.split()
    assert gcloud("delete", job).returncode == 0
    with pytest.raises(NotFound):
        stand_in.jobs.get_job(name=f"{PARENT}/jobs/{job}")


def test_execute_and_wait_ends_0_when_the_execution_succeeded(
    stand_in: StandIn, gcloud: Gcloud, greeter: str
) -> None:
    options = ("--args=--x=1,--y", "--update-env-vars=A=b", "--tasks=3", "--task-timeout=60s")
    executed = gcloud("execute", greeter, *options, "--wait", "--format=value(metadata.name)")
    assert executed.returncode == 0, executed.stderr
    assert "has successfully completed" in executed.stderr
    log = (stand_in.folder / "state/logs" / executed.stdout.strip() / "2.log").read_text()
    assert "['--x=1', '--y'] b" in log
    table = gcloud("executions", "list", f"--job={greeter}").stdout
    assert executed.stdout.strip() in table
    assert "3 / 3" in table
    tasks = gcloud("executions", "tasks", "list", f"--execution={executed.stdout.strip()}").stdout
    assert tasks.count("Succeeded") == 3


def test_execute_and_wait_ends_1_when_the_execution_failed(
    stand_in: StandIn, gcloud: Gcloud, job: str
) -> None:
    stand_in.create_job(job, "raise SystemExit(3)")
    executed = gcloud("execute", job, "--wait")
    assert executed.returncode == 1
    assert "The execution failed" in executed.stderr


def test_an_execution_is_cancelled_and_described_as_such(
    stand_in: StandIn, gcloud: Gcloud, job: str
) -> None:
    stand_in.create_job(job, "import time; time.sleep(60)")
    name = gcloud("execute", job, "--async", "--format=value(metadata.name)").stdout.strip()
    cancelled = gcloud("executions", "cancel", name)
    assert cancelled.returncode == 0, cancelled.stderr
    described = gcloud("executions", "describe", name).stdout
    assert "1 task cancelled" in described
    assert "Cancelled by user." in described


def test_execute_of_an_unknown_job_says_so(gcloud: Gcloud) -> None:
    executed = gcloud("execute", "nope")
    assert executed.returncode == 1
    assert "Resource 'nope' of kind 'JOB' in region 'europe-west1'" in executed.stderr
