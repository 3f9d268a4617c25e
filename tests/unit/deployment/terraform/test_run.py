"""A plan is shown, kept beside the state, and applied as it was shown."""

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[4] / "deployment/terraform/run.sh"
KEPT = "gs://mlsys-terraform-state-staging/plans/7-1.tfplan"


@pytest.fixture
def run(programs, tmp_path):
    """Run the script on fakes; its answer is returned."""
    programs.add("terraform", "if 'show' in sys.argv: print('1 to add')")
    programs.add("gcloud")

    def _run(*arguments, **variables):
        environment = os.environ | {"GITHUB_STEP_SUMMARY": str(tmp_path / "summary"), **variables}
        return subprocess.run(
            [SCRIPT, *arguments], env=environment, capture_output=True, text=True, check=False
        )

    return _run


def verbs(programs):
    return [call[2] for call in programs.calls if call[0] == "terraform"]


def test_a_plan_is_kept_beside_the_state_and_shown(run, programs, tmp_path):
    assert run("plan", "staging", "7-1").returncode == 0
    assert verbs(programs) == ["init", "plan", "show"]
    (copied,) = programs.called("gcloud", "storage", "cp")
    assert copied == ["terraform/envs/staging/plan.tfplan", KEPT]
    assert "1 to add" in (tmp_path / "summary").read_text()


def test_what_is_applied_is_the_plan_that_was_kept(run, programs):
    assert run("apply", "staging", "7-1").returncode == 0
    assert verbs(programs) == ["init", "apply"]
    assert programs.called("terraform", "-chdir=terraform/envs/staging", "apply") == [
        ["-lock-timeout=5m", "plan.tfplan"]
    ]
    assert programs.called("gcloud", "storage", "cp") == [
        [KEPT, "terraform/envs/staging/plan.tfplan"]
    ]
    assert programs.called("gcloud", "storage", "rm") == [[KEPT]]


def test_nothing_is_kept_of_a_plan_that_failed(run, programs):
    programs.add("terraform", "sys.exit(1 if 'plan' in sys.argv else 0)")
    assert run("plan", "staging", "7-1").returncode == 1
    assert programs.called("gcloud") == []


def test_the_state_s_bucket_has_the_prefix_of_the_others(run, programs):
    run("plan", "staging", "7-1", TF_VAR_bucket_prefix="acme")
    (init,) = programs.called("terraform", "-chdir=terraform/envs/staging", "init")
    assert init == ["-backend-config=bucket=acme-terraform-state-staging"]


def test_anything_else_is_refused(run):
    refused = run("destroy", "staging", "7-1")
    assert refused.returncode == 2
    assert "plan|apply" in refused.stderr
