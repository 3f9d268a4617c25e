"""What others install: the wheel, beside a project that has a `jobs` and a `shared` of its own."""

import os
import pickle
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import uv
from sklearn.linear_model import LogisticRegression

from tests.model_runtimes import FOLDER as RUNTIMES
from tests.unit.jobs.pickles.attacks import attacks

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.timeout(600)


def tool(*arguments):
    command = [uv.find_uv_bin(), *map(str, arguments), "--quiet"]
    subprocess.run(command, cwd=ROOT, check=True)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from the source distribution as `make wheel` does."""
    folder = tmp_path_factory.mktemp("dist")
    tool("build", "--no-build-isolation", "--python", sys.executable, "--out-dir", folder)
    assert len(list(folder.glob("mlsys-*.tar.gz"))) == 1
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """An environment that holds the wheel and what it depends on."""
    environment = tmp_path_factory.mktemp("installed") / "venv"
    tool("venv", "--python", sys.executable, environment)
    into = ("--python", environment)
    tool("pip", "sync", *into, "--require-hashes", "requirements/package.txt")
    tool("pip", "install", *into, "--no-deps", "--no-index", wheel)
    tool("pip", "check", *into)
    return environment / "bin"


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Somebody's project, with packages of the names that this repository has for its folders."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("jobs", "shared"):
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text("OWNER = 'the project'\n")
    model = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
    (folder / "model.pkl").write_bytes(pickle.dumps(model))
    (folder / "hostile.pkl").write_bytes(attacks(folder / "marker")["os.system"])
    return folder


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """Neither this repository's folder nor its environment, but its installed runtimes."""
    home = tmp_path_factory.mktemp("home")
    (home / ".cache" / "mlsys").mkdir(parents=True)
    (home / ".cache" / "mlsys" / "runtimes").symlink_to(RUNTIMES)
    return {"PATH": os.environ["PATH"], "HOME": str(home)}


@pytest.fixture
def run(installed, project, environment):
    """Run a program of the environment in the project."""

    def finished(program, *arguments):
        command = [str(installed / program), *arguments]
        return subprocess.run(
            command, cwd=project, env=environment, capture_output=True, text=True, check=False
        )

    return finished


def test_the_wheel_claims_one_name(wheel):
    names = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {name for name in names if not name.endswith(".dist-info")} == {"mlsys"}


def test_what_is_no_code_is_in_the_wheel_too(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    own = {f"mlsys/jobs/pickles/allowed_names_{part}.txt" for part in ("generated", "reviewed")}
    assert own | {"mlsys/jobs/metadata/schema.json", "mlsys/py.typed"} <= names
    assert not any("gateway/" in name or "local/" in name for name in names)


def test_help_of_the_program_and_of_a_command_says_mlsys(run):
    assert run("mlsys", "--help").stdout.startswith("usage: mlsys COMMAND")
    assert run("mlsys", "alias", "--help").stdout.startswith("usage: mlsys alias")
    assert run("python", "-m", "mlsys", "--help").stdout == run("mlsys", "--help").stdout


def test_a_model_is_inspected_without_a_cloud(run):
    finished = run("mlsys", "inspect", "model.pkl")
    assert (finished.returncode, finished.stderr) == (0, "")
    assert finished.stdout.startswith("model.pkl: approved\n")


def test_a_hostile_model_is_refused_and_not_run(run, project):
    finished = run("mlsys", "inspect", "hostile.pkl")
    assert (finished.returncode, finished.stderr) == (3, "")
    assert finished.stdout.startswith("hostile.pkl: quarantined\n")
    assert not (project / "marker").exists()


def test_a_notebook_s_imports_work_beside_the_project_s_own(run):
    program = (
        "import jobs, shared\n"
        "from mlsys import bq_get, compare, predict, publish, set_alias\n"
        "from mlsys.jobs import predict as scoring\n"
        "print(jobs.OWNER, shared.OWNER, publish.__module__, scoring.__name__)\n"
    )
    finished = run("python", "-c", program)
    assert finished.stderr == ""
    assert finished.stdout.split() == [
        *["the", "project"] * 2,
        "mlsys.publishing",
        "mlsys.jobs.predict",
    ]


def test_plots_name_the_extra_that_they_need(run):
    finished = run("python", "-c", "from mlsys import plots")
    assert "plots need matplotlib, which comes with the extra: pip install 'mlsys[notebook]'" in (
        finished.stderr
    )


def test_the_containers_command_line_is_in_the_wheel_under_its_name_there(run):
    finished = run("python", "-m", "mlsys.jobs", "reconcile", "--help")
    assert finished.stdout.startswith("usage: python -m mlsys.jobs reconcile")
