"""The program `mlsys`."""

import os
import subprocess
import sys
from dataclasses import fields
from importlib import import_module
from pathlib import Path

import pytest

from gateway.launching.launch_options import LaunchOptions
from jobs.__main__ import COMMANDS
from mlsys.__main__ import main
from mlsys.commands.predict import command_parser

ROOT = Path(__file__).parents[3]
TABLES = ["--input_table=a.b", "--output_table=a.c"]
PREDICTION = ["predict", "--env=dev", "--model_name=m", "--model_version=v1", *TABLES]
NOWHERE = {"GATEWAY_URL": "http://127.0.0.1:9"}


def mlsys(*arguments, folder=ROOT, **environ):
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environ}
    command = [sys.executable, "-m", "mlsys", *arguments]
    return subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, check=False
    )


def test_help_has_an_example_of_every_command():
    shown = mlsys("--help").stdout
    assert mlsys().stdout == shown
    assert all(f"  mlsys {name} " in shown for name in COMMANDS)
    assert "source <(mlsys completion bash)" in shown


@pytest.mark.parametrize("name", [*COMMANDS, "completion"])
def test_the_help_of_a_command_names_the_program(name):
    finished = mlsys(name, "--help")
    assert finished.stdout.startswith(f"usage: mlsys {name} ")
    assert "python -m" not in finished.stdout
    assert finished.stderr == ""


def test_a_former_name_runs_the_same_command():
    assert mlsys("register", "--help").stdout == mlsys("reconcile", "--help").stdout


def examples(text):
    """The command lines of a help text, as words."""
    joined = text.replace("\\\n", " ")
    lines = [line.strip() for line in joined.splitlines() if line.startswith("  mlsys ")]
    return [line.split() for line in lines if "…" not in line and "(" not in line]


def test_the_examples_of_the_help_can_be_parsed():
    lines = examples(mlsys("--help").stdout)
    assert len(lines) >= len(COMMANDS)
    for _, name, *words in lines:
        prose = next((n for n, word in enumerate(words) if word in {"append", "also", "one"}), None)
        module = "mlsys" if name in {"predict", "completion"} else "jobs"
        parser = import_module(f"{module}.commands.{name}").command_parser(name)
        parser.parse_args(words[:prose])


@pytest.mark.parametrize(
    ("arguments", "environ", "code", "sentence"),
    [
        (["score"], {}, 2, "unknown command 'score': use one of predict, "),
        (["predict"], NOWHERE, 2, "missing parameter env, input_table, output_table"),
        (["predict", "--no_wait"], {}, 1, "--no_wait is for the gateway, and GATEWAY_URL is not"),
        ([*PREDICTION, "--tasks=3"], {}, 1, "--tasks is for the gateway, and GATEWAY_URL is not"),
        (PREDICTION, {}, 2, "GCP_PROJECT_ID is not set"),
        (PREDICTION, NOWHERE, 75, "the gateway at http://127.0.0.1:9 gives no answer"),
        (["completion"], {}, 2, "the following arguments are required: shell"),
        (["inspect", "none.pkl"], {}, 2, "none.pkl is not a file"),
    ],
)
def test_an_error_is_one_line_and_an_exit_code(arguments, environ, code, sentence):
    finished = mlsys(*arguments, **environ)
    assert finished.returncode == code
    assert sentence in finished.stderr
    assert len(finished.stderr.splitlines()) == 1
    assert finished.stdout == ""


def test_settings_are_read_from_a_file_env_above_the_working_folder(tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    (tmp_path / ".env").write_text("GATEWAY_URL=http://127.0.0.1:9\n")
    finished = mlsys(*PREDICTION, folder=folder)
    assert "the gateway at http://127.0.0.1:9 gives no answer" in finished.stderr


def test_every_launch_option_of_the_gateway_is_an_argument():
    known = {action.dest for action in command_parser("predict")._actions}
    assert {field.name for field in fields(LaunchOptions)} <= known


def test_a_prediction_through_the_gateway_does_not_import_scikit_learn():
    program = (
        "import sys\nfrom mlsys.__main__ import main\n"
        f"main({PREDICTION}, {NOWHERE})\n"
        "assert not {'sklearn', 'pandas', 'pyarrow'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True)


def test_main_returns_the_exit_code(capsys):
    assert main(["predict", "--model"], {}) == 2
    assert "--model" in capsys.readouterr().err
