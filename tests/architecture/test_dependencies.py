"""What is installed where."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import uv

ROOT = Path(__file__).parents[2]
GROUPS = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
# Each of these has an environment of its own, beside the product's.
OWN_ENVIRONMENTS = {"checkov", "jupyter", "lint", "peers", "terraform"}


def pinned(group):
    text = (ROOT / "requirements" / f"{group}.txt").read_text()
    return dict(re.findall(r"^([a-z0-9-]+)(?:\[[a-z,]+\])?==(\S+)", text, re.MULTILINE))


def named(requirement):
    return re.split(r"[<>=!~ ;\[]", requirement)[0]


@pytest.mark.parametrize("group", GROUPS)
def test_every_group_is_compiled(group):
    direct = {named(each) for each in GROUPS[group] if isinstance(each, str)}
    assert direct <= set(pinned(group))


@pytest.mark.parametrize("group", sorted(GROUPS.keys() - OWN_ENVIRONMENTS))
def test_every_group_has_the_versions_that_are_tested(group):
    assert pinned(group).items() <= pinned("dev").items()


@pytest.mark.parametrize("group", GROUPS)
def test_requirements_are_hashed_and_name_no_index(group):
    text = (ROOT / "requirements" / f"{group}.txt").read_text()
    assert text.count("--hash=sha256:") >= len(pinned(group))
    assert "://" not in text
    assert "--index" not in text


def test_the_gateway_runs_on_its_own_group_without_pandas_and_scikit_learn(tmp_path):
    def run(*command):
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    environment = tmp_path / "venv"
    tool = uv.find_uv_bin()
    run(tool, "venv", "--quiet", "--python", sys.executable, str(environment))
    requirements = ["--require-hashes", "requirements/gateway.txt"]
    run(tool, "pip", "sync", "--quiet", "--python", str(environment), *requirements)
    program = (
        "import importlib, pathlib, sys\n"
        "for path in pathlib.Path('gateway').glob('*.py'):\n"
        "    importlib.import_module('gateway.' + path.stem)\n"
        "from google.cloud import bigquery, run_v2, storage\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))\n"
    )
    modules = run(f"{environment}/bin/python", "-c", program).split()
    assert {"gateway", "shared", "flask"} <= set(modules)
    assert not {"pandas", "sklearn", "numpy", "pyarrow", "jobs", "local"} & set(modules)
