"""The step after `terraform apply`, with a gcloud that remembers what it was asked."""

import json
import os
import sys
from pathlib import Path

import pytest

from deployment.eventarc_delivery import _main as delivery
from tests.contract.deployment.pubsub import AGENT, PROJECT, TOPIC, PubSub

FAKE = Path(__file__).with_name("fake_gcloud.py")
DRIFTS = {
    "ackDeadlineSeconds": 60,
    "retryPolicy": None,
    "deadLetterPolicy": {"deadLetterTopic": "_deleted-topic_", "maxDeliveryAttempts": 20},
}


@pytest.fixture
def cloud(tmp_path, monkeypatch):
    """The fake's cloud: what Eventarc and Terraform have made, as a dictionary in a file."""
    made = PubSub()
    state = {
        "calls": [],
        "triggers": [
            {"name": f"x/triggers/{name}", "transport": {"pubsub": {"subscription": each}}}
            for name, each in made.triggers.items()
        ],
        "subscriptions": made.subscriptions,
        "policies": made.policies,
    }
    path = tmp_path / "cloud.json"
    path.write_text(json.dumps(state))
    gcloud = tmp_path / "gcloud"
    gcloud.write_text(f"#!{sys.executable} -IS\n{FAKE.read_text()}")
    gcloud.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("FAKE_CLOUD", str(path))
    monkeypatch.setenv("GCP_PROJECT_ID", PROJECT)
    return path


@pytest.fixture
def settled(cloud):
    """The same after `make deploy-settings`."""
    assert delivery(["apply", "--env=dev"]) == 0
    return cloud


def state(cloud):
    return json.loads(cloud.read_text())


def updates(cloud):
    return [call for call in state(cloud)["calls"] if " update " in call]


def subscriptions(cloud):
    names = [each["transport"]["pubsub"]["subscription"] for each in state(cloud)["triggers"]]
    return [state(cloud)["subscriptions"][name] for name in names]


def alter(cloud, change):
    altered = state(cloud)
    change(altered)
    cloud.write_text(json.dumps(altered))


def test_a_fresh_deployment_is_found_to_differ_and_is_not_touched(cloud, capsys):
    assert delivery(["check", "--env=dev"]) == 1
    printed = capsys.readouterr().out
    assert "ackDeadlineSeconds is 10, and should be 600" in printed
    assert "deadLetterPolicy is None, and should be" in printed
    assert updates(cloud) == []


def test_applying_sets_the_four_subscriptions_of_the_triggers_and_no_other(cloud):
    assert delivery(["apply", "--env=dev"]) == 0
    assert len(updates(cloud)) == 4
    assert "somebody-elses" not in " ".join(updates(cloud))
    for each in subscriptions(cloud):
        assert each["ackDeadlineSeconds"] == 600
        assert each["deadLetterPolicy"]["deadLetterTopic"] == TOPIC
    assert delivery(["check", "--env=dev"]) == 0


def test_applying_twice_changes_nothing_the_second_time(settled, capsys):
    cloud = settled
    before = len(updates(cloud))
    capsys.readouterr()
    assert delivery(["apply", "--env=dev"]) == 0
    assert len(updates(cloud)) == before
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("setting", DRIFTS)
def test_drift_is_found_and_only_what_drifted_is_mended(settled, setting):
    cloud = settled
    drifted = subscriptions(cloud)[2]["name"]
    alter(cloud, lambda of: of["subscriptions"][drifted].update({setting: DRIFTS[setting]}))
    before = len(updates(cloud))
    assert delivery(["check", "--env=dev"]) == 1
    assert delivery(["apply", "--env=dev"]) == 0
    (mended,) = updates(cloud)[before:]
    assert drifted in mended


def test_a_grant_without_which_dead_letters_stay_where_they_are_is_missed(settled, capsys):
    alter(settled, lambda of: of["policies"].pop(TOPIC))
    assert delivery(["check", "--env=dev"]) == 1
    said = f"{TOPIC}: {AGENT.partition(':')[2]} lacks roles/pubsub.publisher: run terraform apply"
    assert said in capsys.readouterr().out


def test_a_missing_trigger_is_named(cloud, capsys):
    alter(cloud, lambda of: of["triggers"].pop(0))
    assert delivery(["apply", "--env=dev"]) == 2
    assert "trigger mlsys-finalized-dev or its subscription is missing" in capsys.readouterr().out
    assert updates(cloud) == []


def test_what_gcloud_says_of_a_failure_is_passed_on(cloud, capfd):
    fake = cloud.with_name("gcloud")
    fake.write_text("#!/bin/sh\necho 'ERROR: (gcloud) PERMISSION_DENIED' >&2\nexit 1\n")
    assert delivery(["check", "--env=dev"]) == 2
    assert "PERMISSION_DENIED" in capfd.readouterr().err


def test_without_gcloud_it_says_what_to_install(cloud, monkeypatch, capsys):
    monkeypatch.setenv("PATH", "/nonexistent")
    assert delivery(["check", "--env=dev"]) == 2
    assert "gcloud is not installed" in capsys.readouterr().out


def test_without_a_project_it_says_what_to_set(cloud, monkeypatch, capsys):
    monkeypatch.delenv("GCP_PROJECT_ID")
    assert delivery(["check", "--env=dev"]) == 2
    assert "GCP_PROJECT_ID is not set" in capsys.readouterr().out
