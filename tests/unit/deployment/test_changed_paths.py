"""What a pull request deploys."""

import subprocess

import pytest

from deployment import changed_paths as changes
from deployment.changed_paths import changed_parts, changed_paths, outputs


@pytest.mark.parametrize(
    ("path", "images", "terraform"),
    [
        ("README.md", False, False),
        ("tests/unit/shared/registry/test_model_version.py", False, False),
        ("local/cloud.py", False, False),
        ("shared/registry/model_version.py", True, False),
        ("jobs/pickles/scan.py", True, False),
        ("gateway/app.py", True, False),
        ("requirements/gateway.txt", True, False),
        ("requirements/dev.txt", False, False),
        ("Dockerfile.job", True, False),
        ("Dockerfile.runtime", True, False),
        ("requirements/build.txt", True, False),
        ("runtimes/model_process/session.py", True, False),
        ("runtimes/sklearn-1.9/requirements.txt", True, False),
        ("pyproject.toml", True, False),
        ("terraform/envs/dev/main.tf", False, True),
        ("terraform/envs/dev/runtimes.auto.tfvars.json", True, True),
        ("terraform/envs/prod/runtimes.auto.tfvars.json", False, True),
        ("terraform/modules/mlsys/definitions/jobs/predict.yaml", False, True),
        ("deployment/release.py", True, True),
        (".github/workflows/deploy.yml", True, True),
        (".github/workflows/pr.yml", False, False),
        ("sharedness.md", False, False),
    ],
)
def test_a_path_belongs_to_what_is_made_of_it(path, images, terraform):
    assert changed_parts([path]) == {"images": images, "terraform": terraform}


def test_when_nothing_changed_nothing_is_deployed():
    parts = changed_parts([])
    assert outputs(parts, may_deploy=True) == {
        "images": False,
        "terraform": False,
        "deploys": False,
    }


def test_a_fork_deploys_nothing_whatever_it_changed():
    parts = changed_parts(["shared/registry/model_version.py", "terraform/envs/dev/main.tf"])
    assert outputs(parts, may_deploy=True)["deploys"]
    assert not any(outputs(parts, may_deploy=False).values())


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository with a commit on main, and one on a branch that left before main's second."""

    def git(*command):
        who = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
        done = subprocess.run(
            ["git", *who, *command], cwd=tmp_path, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def commit(name):
        (tmp_path / name).write_text("x")
        git("add", ".")
        git("commit", "--quiet", "--no-gpg-sign", f"--message={name}")

    git("init", "--quiet", "--initial-branch=main")
    commit("first")
    git("branch", "work")
    commit("mains own")
    base = git("rev-parse", "HEAD")
    git("checkout", "--quiet", "work")
    commit("shared ä.py")
    monkeypatch.setattr(changes, "REPOSITORY", tmp_path)
    return base


def test_what_main_did_meanwhile_is_no_change_of_the_branch(repository):
    assert changed_paths(repository) == ["shared ä.py"]


def test_without_a_base_everything_is_deployed(repository, capsys):
    assert changed_paths("0" * 40) is None
    changes._main([f"--base={'0' * 40}", "--may_deploy=true"])
    assert capsys.readouterr().out == "images=true\nterraform=true\ndeploys=true\n"


def test_the_outputs_are_lines_that_github_reads(repository, capsys):
    changes._main([f"--base={repository}", "--may_deploy=true"])
    assert capsys.readouterr().out == "images=false\nterraform=false\ndeploys=false\n"
