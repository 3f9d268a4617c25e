import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from jobs.__main__ import COMMANDS

ROOT = Path(__file__).parents[3]
NEEDED = [
    "--env=dev",
    "--input_table=a.b",
    "--output_table=a.c",
    "--model_name=m",
    "--model_version=v1",
]

MOVED = ["--env=dev", "--model_name=m"]
PROMOTED = [*MOVED, "--model_version=v1"]


def jobs(*arguments, **environ):
    environment = {"PATH": os.environ["PATH"], "GCP_PROJECT_ID": "my-project"} | environ
    command = [sys.executable, "-m", "jobs", *arguments]
    return subprocess.run(
        command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("arguments", "environ", "code", "sentence"),
    [
        (["score"], {}, 2, "unknown command 'score': use one of predict, "),
        (["predict"], {}, 2, "missing parameter env, input_table, output_table"),
        (["predict", "--model"], {}, 2, "--model"),
        (["predict", *NEEDED, "--env=prod"], {}, 1, "this deployment serves env=dev"),
        (["predict", *NEEDED], {"GCP_PROJECT_ID": ""}, 2, "GCP_PROJECT_ID is not set"),
        (["alias", *MOVED, "--alias=champion"], {}, 2, "one of the arguments --model_version --r"),
        (["alias", *MOVED, "--alias=latest", "--remove"], {}, 2, "'latest' is what it is"),
        (["alias", *MOVED, "--alias=v1", "--remove"], {}, 2, "'v1' is what it is"),
        (["alias", *MOVED, "--alias=Best", "--remove"], {}, 2, "'Best' is not a model version"),
        (["alias", *MOVED, "--alias=best", "--remove", "--env=prod"], {}, 1, "serves env=dev"),
        (["promote", *PROMOTED], {}, 2, "nothing cannot be promoted to dev: name another"),
        (["promote", *PROMOTED, "--from_env=dev"], {}, 2, "dev cannot be promoted to dev"),
        (["promote", *PROMOTED, "--env=staging"], {}, 1, "this deployment serves env=dev"),
        (["reconcile"], {}, 2, "--env"),
        (["reconcile", "--env=prod"], {}, 1, "this deployment serves env=dev"),
        (["register", "--env=prod"], {}, 1, "this deployment serves env=dev"),
    ],
)
def test_an_error_is_one_line_and_an_exit_code(arguments, environ, code, sentence):
    finished = jobs(*arguments, **environ)
    assert finished.returncode == code
    assert sentence in finished.stderr
    assert len(finished.stderr.splitlines()) == 1
    assert finished.stdout == ""


def test_every_command_is_a_module_and_every_module_a_command():
    modules = {path.stem for path in (ROOT / "jobs" / "commands").glob("[a-z]*.py")}
    assert set(COMMANDS) == modules
    assert all(callable(import_module(f"jobs.commands.{name}").run) for name in COMMANDS)


def test_a_former_name_runs_the_same_command():
    assert jobs("register", "--help").stdout == jobs("reconcile", "--help").stdout


def test_the_examples_of_the_help_name_the_program():
    shown = jobs("predict", "--help").stdout
    assert "  python -m jobs predict --env=dev --input_table=titanic.passengers" in shown
    assert "gcloud run jobs execute mlsys-predict-dev" in shown


@pytest.mark.parametrize("command", COMMANDS)
def test_help_does_not_import_scikit_learn(command):
    program = (
        "import runpy, sys\n"
        "try:\n    runpy.run_module('jobs', run_name='__main__')\n"
        "finally:\n    assert 'sklearn' not in sys.modules\n"
    )
    environment = {"PATH": os.environ["PATH"]}
    finished = subprocess.run(
        [sys.executable, "-c", program, command, "--help"],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert finished.stdout.startswith(f"usage: python -m jobs {command}")
    assert finished.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "word"),
    [([], "commands:"), (["--help"], "commands:"), (["predict", "--help"], "--input_table")],
)
def test_help_is_printed_without_any_setting(arguments, word):
    finished = jobs(*arguments, GCP_PROJECT_ID="")
    assert finished.returncode == 0
    assert word in finished.stdout
