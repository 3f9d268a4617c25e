"""The real gcloud, gsutil and bq reach the cloud after `eval "$(python -m local env)"`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from local.cloud import Cloud

REPOSITORY = Path(__file__).parents[3]
ENV = f"{sys.executable} -m local env --home"

pytestmark = pytest.mark.cli


def shell(cloud: Cloud, command: str) -> str:
    script = f'set -e; eval "$({ENV} {cloud.home})"; {command}'
    return subprocess.run(
        ["sh", "-c", script],
        cwd=REPOSITORY,
        env={"PATH": os.environ["PATH"], "HOME": str(cloud.home / "somebody")},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


@pytest.mark.parametrize("command", ["gcloud storage ls", "gsutil ls"])
def test_the_buckets_are_listed(cloud: Cloud, command: str) -> None:
    assert "gs://mlsys-models-dev/" in shell(cloud, command).splitlines()


def test_gcloud_run_lists_the_jobs(cloud: Cloud) -> None:
    jobs = shell(cloud, "gcloud run jobs list --format='value(metadata.name)'").split()
    assert {"mlsys-predict-dev", "mlsys-registry-dev"} <= set(jobs)


def test_bq_lists_the_tables_and_leaves_the_users_own_configuration_alone(cloud: Cloud) -> None:
    listed = shell(cloud, "bq ls mlsys_dev")
    assert "model_registry_events" in listed
    assert "DAY (field: event_time)" in listed
    assert not (cloud.home / "somebody/.config/gcloud").exists()


def test_the_gateway_answers(cloud: Cloud) -> None:
    assert '"healthy"' in shell(cloud, 'curl -sf "$GATEWAY_URL/health"')


def test_where_no_cloud_runs_one_line_says_so(tmp_path: Path) -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "local", "env", "--home", tmp_path],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert printed.returncode == 1
    assert printed.stdout == ""
    assert printed.stderr == f"no local cloud runs in {tmp_path}; `make up` starts one\n"


def test_another_environment_can_be_made_beside_the_cloud_s_own(cloud: Cloud) -> None:
    environment = f'eval "$({ENV} {cloud.home} --environment staging)"'
    making = f"{sys.executable} -m local.provision"
    assert "model_registry" in shell(cloud, f"{environment}; {making}; bq ls mlsys_staging")
