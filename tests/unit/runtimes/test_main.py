import os
import shlex
import subprocess
from datetime import date
from pathlib import Path

import pytest

from runtimes.__main__ import main
from runtimes.requirements import PACKAGES
from tests.unit.runtimes.wheels import MINOR, write_runtime, write_wheel

REPOSITORY = Path(__file__).parents[3]
TODAY = date(2026, 11, 28)


@pytest.fixture
def run(definitions, tmp_path):
    options = [f"--root={tmp_path / 'runtimes'}", f"--definitions={definitions}"]
    return lambda *arguments: main([*options, *arguments], TODAY)


def python(tmp_path, name, program):
    interpreter = tmp_path / "runtimes" / name / "bin/python"
    ran = subprocess.run([interpreter, "-c", program], capture_output=True, text=True, check=True)
    return ran.stdout.strip()


def test_a_new_runtime_with_a_wheel_of_one_s_own_is_written_compiled_and_installed(
    run, links, tmp_path, capsys
):
    for name in {*PACKAGES, "xgboost-cpu"} - {"scikit-learn"}:
        write_wheel(links, name)
    write_wheel(links, "scikit-learn", "2.0.3")
    wheel = write_wheel(tmp_path / "mine", "mypkg", requires=["numpy"], code="NAME = 'mine'\n")
    assert run("add", "2.0", f"--python={MINOR}", f"--with=dill==1.0 {wheel}") == 0
    assert python(tmp_path, "sklearn-2.0", "import mypkg, numpy; print(mypkg.NAME)") == "mine"
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "compiling sklearn-2.0"
    assert printed[-1] == f"sklearn-2.0 is in {tmp_path / 'runtimes/sklearn-2.0'}"
    run()
    assert f"sklearn-2.0  {MINOR}    2.0.3 " in capsys.readouterr().out


def test_every_runtime_is_installed_or_those_that_are_named(run, links, definitions, tmp_path):
    for minor in ("0.1", "0.2", "0.3"):
        write_runtime(definitions, minor, write_wheel(links, "tiny"))

    def installed():
        return {path.name for path in (tmp_path / "runtimes").glob("sklearn-*")}

    assert run("install", "sklearn-0.2") == 0
    assert installed() == {"sklearn-0.2"}
    assert run("install") == 0
    assert installed() == {"sklearn-0.1", "sklearn-0.2", "sklearn-0.3"}


def test_an_error_is_told_and_is_the_exit_code(run, capsys):
    assert run("install", "sklearn-9.9") == 1
    assert "no runtime 'sklearn-9.9'" in capsys.readouterr().err
    assert run("lock", "sklearn-9.9") == 1


@pytest.mark.parametrize(
    ("target", "command"),
    [
        (["runtime"], []),
        (["runtimes"], ["install"]),
        (
            ["runtime", "SKLEARN=1.5", "WITH=mypkg==1.0 ./my.whl"],
            ["add", "1.5", "--python=", "--with=mypkg==1.0 ./my.whl"],
        ),
        (
            ["runtime", "SKLEARN=0.23", "PYTHON=3.8", "DATE=2021-05-01"],
            ["add", "0.23", "--python=3.8", "--date=2021-05-01", "--with="],
        ),
    ],
)
def test_make_runs_it(target, command):
    asked = ["make", "--dry-run", "--old-file=setup", *target]
    # Without the variables of the make that may have started the tests.
    environment = {"PATH": os.environ["PATH"]}
    ran = subprocess.run(
        asked, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=True
    )
    assert shlex.split(ran.stdout) == [".venv/bin/python", "-m", "runtimes", *command]
