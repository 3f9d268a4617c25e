"""The real `gcloud scheduler` makes, lists, changes, runs and deletes jobs."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.contract.scheduler.stand_in import LOCATION, StandIn, Target
from tests.waiting import wait_for

pytestmark = pytest.mark.cli

type Gcloud = Callable[..., str]


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
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDSCHEDULER": stand_in.url,
    }

    def run(verb: str, *arguments: str) -> str:
        finished = subprocess.run(
            [program, "scheduler", "jobs", *verb.split(), *arguments, "--location=europe-west1"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert finished.returncode == 0, finished.stderr
        return finished.stdout

    return run


def test_a_job_is_created_listed_updated_paused_run_and_deleted(
    stand_in: StandIn, target: Target, gcloud: Gcloud
) -> None:
    gcloud(
        *("create http", "nightly", "--schedule=0 3 * * *", "--time-zone=Europe/Berlin"),
        *(f"--uri={target.url}", "--message-body={}", "--headers=Content-Type=application/json"),
        *("--max-retry-attempts=3", "--min-backoff=30s", "--attempt-deadline=60s"),
        *("--oidc-service-account-email=scheduler@demo.iam.gserviceaccount.com",),
    )
    listed = gcloud("list")
    assert "nightly" in listed
    assert "0 3 * * * (Europe/Berlin)" in listed
    assert "ENABLED" in listed

    gcloud("update http", "nightly", "--schedule=5 4 * * *", '--message-body={"a": 1}')
    gcloud("pause", "nightly")
    kept = stand_in.job(f"{LOCATION}/jobs/nightly")
    assert kept["state"] == "PAUSED"
    assert "scheduleTime" not in kept

    gcloud("run", "nightly")  # also when it is paused
    wait_for(lambda: target.calls)
    ((method, path, headers, body),) = target.calls
    assert (method, path, body) == ("POST", "/called", b'{"a": 1}')
    assert headers["Content-Type"] == "application/json"
    assert headers["X-CloudScheduler-JobName"] == "nightly"

    gcloud("resume", "nightly")
    described = gcloud("describe", "nightly")
    assert "state: ENABLED" in described
    assert "schedule: 5 4 * * *" in described
    gcloud("delete", "nightly")
    assert stand_in.job(f"{LOCATION}/jobs/nightly")["error"]["status"] == "NOT_FOUND"
