"""The program that a container of the job image runs, on this machine's runtimes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deployment.images.image import REPOSITORY
from deployment.images.runtime_check import problems
from runtimes.catalog import DEFAULT_RUNTIME
from runtimes.installation import install, interpreter

PROGRAM = (REPOSITORY / "deployment/images/runtime_check.py").read_text()


@pytest.mark.timeout(900)  # where the runtime is not installed yet
def test_a_runtime_fits_a_model_and_the_model_is_approved():
    root = REPOSITORY / ".runtimes"
    install(DEFAULT_RUNTIME, root, print)
    checked = subprocess.run(
        [sys.executable, "-c", PROGRAM, DEFAULT_RUNTIME],
        cwd=REPOSITORY,
        env={**os.environ, "MLSYS_RUNTIMES_FOLDER": str(root)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    assert checked.stdout == f"{DEFAULT_RUNTIME}: its model is approved\n"


def test_a_runtime_that_does_not_run_is_a_problem(tmp_path: Path):
    python = interpreter(DEFAULT_RUNTIME, tmp_path)
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\nexit 3\n")
    python.chmod(0o755)
    importing, fitting = problems(DEFAULT_RUNTIME, tmp_path)
    assert importing.endswith("ends with exit code 3")
    assert fitting == "fitting a model ended with exit code 3"
