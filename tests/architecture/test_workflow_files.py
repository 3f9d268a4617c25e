"""What GitHub's own checks and the linters do not ask of our workflows."""

import re
import subprocess
import sys

import pytest
import yaml

from deployment.images.image import REPOSITORY

FOLDER = REPOSITORY / ".github/workflows"
WORKFLOWS = sorted(FOLDER.glob("*.yml"))
ON = True  # what YAML 1.1 makes of the key `on`
each_workflow = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)


def workflow(path):
    return yaml.safe_load(path.read_text())


@each_workflow
def test_nothing_is_permitted_that_a_job_does_not_ask_for(path):
    assert workflow(path)["permissions"] == {}


@each_workflow
def test_every_action_is_pinned_to_a_commit_and_says_its_version(path):
    used = re.findall(r"uses: (?!\$/)(.*)", path.read_text())
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each) for each in used)


@each_workflow
def test_no_script_holds_what_somebody_else_may_have_written(path):
    steps = [step for job in workflow(path)["jobs"].values() for step in job.get("steps", [])]
    assert not [step for step in steps if "${{" in step.get("run", "")]


@pytest.mark.parametrize("name", ["pr", "staging", "prod"])
def test_the_required_check_needs_every_other_job(name):
    jobs = workflow(FOLDER / f"{name}.yml")["jobs"]
    needs = jobs["all-green"]["needs"]
    needed = {needs} if isinstance(needs, str) else set(needs)
    assert needed == jobs.keys() - {"all-green"}
    assert jobs["all-green"]["if"] == "always()"


@pytest.mark.parametrize("environment", ["staging", "prod"])
def test_staging_and_prod_are_deployed_by_hand_and_from_main(environment):
    described = workflow(FOLDER / f"{environment}.yml")
    assert described[ON] == {"workflow_dispatch": None}
    deploying = described["jobs"][environment]
    assert deploying["if"] == "github.ref == 'refs/heads/main'"
    assert deploying["with"] == {"environment": environment}


def test_credentials_are_asked_for_in_an_environment_only():
    for path in WORKFLOWS:
        for job in workflow(path)["jobs"].values():
            asks = job.get("permissions", {}).get("id-token") == "write"
            assert not asks or "environment" in {**job, **job.get("with", {})}


def test_what_deploys_needs_python_alone():
    modules = ("images", "changed_paths", "required_check", "smoke", "release")
    for module in modules:
        command = [sys.executable, "-I", "-S", "-c", f"import deployment.{module}"]
        program = f"import sys; sys.path.insert(0, {str(REPOSITORY)!r}); {command.pop()}"
        subprocess.run([*command, program], check=True)


def test_every_program_of_ours_that_a_workflow_names_exists():
    text = "".join(path.read_text() for path in WORKFLOWS)
    modules = set(re.findall(r"python3? -m deployment\.(\w+)", text))
    assert modules == {"images", "changed_paths", "required_check", "release"}
    scripts = set(re.findall(r"run: (deployment/\S+)", text))
    assert scripts
    assert all((REPOSITORY / script).exists() for script in scripts)
    makefile = (REPOSITORY / "Makefile").read_text()
    targets = set(re.findall(r"run: make ([a-z-]+)", text))
    assert targets
    assert all(f"\n{target}:" in makefile for target in targets)
