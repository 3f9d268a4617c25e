"""What Terraform cannot set is set by the real gcloud, against as much of Google as it asks."""

import os
import shutil
import subprocess
import sys

import pytest

from tests.contract.deployment.pubsub import PROJECT, REGION, TOPIC, PubSub, serve

pytestmark = pytest.mark.cli


@pytest.fixture
def deployed():
    return PubSub()


@pytest.fixture
def delivery(deployed, tmp_path):
    if not shutil.which("gcloud"):
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("gcloud is not installed")
    with serve(deployed.app()) as url:
        environment = os.environ | {
            "CLOUDSDK_CONFIG": str(tmp_path),
            "CLOUDSDK_AUTH_DISABLE_CREDENTIALS": "true",
            "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING": "true",
            "CLOUDSDK_API_ENDPOINT_OVERRIDES_PUBSUB": url,
            "CLOUDSDK_API_ENDPOINT_OVERRIDES_EVENTARC": url,
            "CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER": url,
            "GCP_PROJECT_ID": PROJECT,
            "GCP_REGION": REGION,
        }

        def run(task):
            command = [sys.executable, "-m", "deployment.eventarc_delivery", task, "--env=dev"]
            return subprocess.run(
                command, env=environment, capture_output=True, text=True, check=False
            )

        yield run


def test_the_real_gcloud_sets_what_eventarc_s_subscriptions_lack_and_nobody_else_s(
    deployed, delivery
):
    ran = delivery("apply")
    assert ran.returncode == 0, ran.stderr
    # gcloud says itself what it has done.
    assert all(line.startswith("Updated subscription") for line in ran.stderr.splitlines())
    for name in deployed.triggers.values():
        subscription = deployed.subscriptions[name]
        assert subscription["ackDeadlineSeconds"] == 600
        assert subscription["retryPolicy"] == {"minimumBackoff": "10s", "maximumBackoff": "600s"}
        assert subscription["deadLetterPolicy"] == {
            "deadLetterTopic": TOPIC,
            "maxDeliveryAttempts": 20,
        }
        assert "pushEndpoint" in subscription["pushConfig"]
    assert {name for name, _ in deployed.updates} == set(deployed.triggers.values())
