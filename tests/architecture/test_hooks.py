"""A commit with something wrong in it is refused, by the hooks that `make hooks` installs."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
CONFIG = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
HOOKS = [hook for repository in CONFIG["repos"] for hook in repository["hooks"]]

_TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0" * 2
_KEY = "-----BEGIN RSA " + "PRIVATE KEY-----\n"
_NOTEBOOK = """{
 "cells": [
  {
   "cell_type": "code",
   "execution_count": 7,
   "id": "cell-01",
   "metadata": {},
   "outputs": [],
   "source": ["x"]
  }
 ],
 "metadata": {},
 "nbformat": 4,
 "nbformat_minor": 5
}
"""
# A hook, and a file with nothing wrong but what that hook is for.
BAD = {
    "trailing-whitespace": ("a.md", "a \n"),
    "end-of-file": ("b.md", "b"),
    "line-endings": ("c.md", "c\r\nc\n"),
    "byte-order-marker": ("d.md", "\ufeffd\n"),
    "merge-conflict": ("e.md", "<<<<<<< HEAD\ne\n=======\nf\n>>>>>>> main\n"),
    "case-conflict": ("readme.md", "another README\n"),
    "large-files": ("large.bin", "\0" * 600_000),
    "executables": ("run", "echo\n"),
    "scripts": ("run.sh", "#!/bin/sh\necho\n"),
    "json": ("f.json", "{'a': 1}\n"),
    "toml": ("g.toml", "a = \n"),
    "yaml": ("h.yaml", "a:   1\n"),
    "shell": ("i.sh", "#!/bin/sh\nrm $1/x\n"),
    "private-key": ("key.pem", _KEY),
    "secrets": ("token.md", f"token = {_TOKEN}\n"),
    "notebooks": ("j.ipynb", _NOTEBOOK),
    "ruff": ("k.py", '"""K."""\n\nimport os\n'),
    "ruff-format": ("l.py", '"""L."""\n\nL = {  "a":1 }\n'),
    "terraform": ("terraform/m.tf", "locals {\n  a   = 1\n}\n"),
}
EXECUTABLE = {"run", "i.sh"}


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    """A clone with the hooks installed; the tools are this repository's."""
    folder = tmp_path_factory.mktemp("clone") / "mlsys"
    git(ROOT, "clone", "--quiet", "--no-local", "--depth=1", f"file://{ROOT}", str(folder))
    for name in (".pre-commit-config.yaml", ".secrets.baseline", "pyproject.toml"):
        (folder / name).write_bytes((ROOT / name).read_bytes())
    for name in (".venv", ".tools"):
        (folder / name).symlink_to(ROOT / name)
    subprocess.run(
        [".venv/bin/pre-commit", "install"], cwd=folder, check=True, env=_environment(folder)
    )
    return folder


def _environment(folder):
    """Nothing of the caller's git, which may be in a hook of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return kept | {"PRE_COMMIT_HOME": str(folder.parent / "cache")}


def git(folder, *arguments):
    name = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.com")
    command = ["git", *name, *arguments]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env=_environment(folder)
    )


@pytest.fixture(scope="module")
def refusal(scratch):
    """What is said of one commit with every bad file."""
    for name, content in BAD.values():
        (scratch / name).write_text(content, newline="")
        (scratch / name).chmod(0o755 if name in EXECUTABLE else 0o644)
        git(scratch, "add", "--force", name)
    committed = git(scratch, "commit", "--message=everything at once")
    assert committed.returncode != 0
    return committed.stdout + committed.stderr


@pytest.mark.parametrize("hook", [hook["id"] for hook in HOOKS])
def test_a_commit_with_something_wrong_in_it_is_refused_by(hook, refusal):
    assert f"- hook id: {hook}\n" in refusal


def test_a_good_commit_passes(scratch):
    git(scratch, "reset", "--quiet", "--hard")
    (scratch / "note.md").write_text("Good.\n")
    git(scratch, "add", "note.md")
    committed = git(scratch, "commit", "--message=good")
    assert committed.returncode == 0, committed.stdout + committed.stderr


def test_hooks_are_run_by_the_pinned_environment_alone():
    assert [repository["repo"] for repository in CONFIG["repos"]] == ["local"]
    assert all(hook["language"] == "system" for hook in HOOKS)
    assert all(re.match(r"\.(venv|tools/\w+)/bin/", hook["entry"]) for hook in HOOKS)


def test_no_secret_is_excused_but_by_a_word_on_its_own_line():
    baseline = yaml.safe_load((ROOT / ".secrets.baseline").read_text())
    assert baseline["results"] == {}
