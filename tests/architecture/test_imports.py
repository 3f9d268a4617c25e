"""The import contracts hold, and each of them finds an import that breaks it."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]

# For each contract a file, and a module that it must not import.
VIOLATIONS = {
    "Both sides need shared; neither knows the other": ("gateway/__init__.py", "jobs"),
    "Jobs do not know the gateway": ("jobs/__init__.py", "gateway"),
    "What people install has no gateway in it": ("mlsys/__init__.py", "gateway"),
    "Shared rules depend on neither side": ("shared/__init__.py", "jobs"),
    "Runtimes import only errors of the product": (
        "runtimes/catalog.py",
        "shared.settings.settings",
    ),
    "Production code imports nothing that is not deployed": ("mlsys/__init__.py", "local"),
    "The local cloud imports no production code": ("local/__init__.py", "shared.errors"),
    "Layers of the local cloud": ("local/ports.py", "local.running"),
    "Stand-ins do not import the cloud around them": ("local/storage/app.py", "local.cloud"),
    "Deployment imports only settings and errors of production code": (
        "deployment/__init__.py",
        "shared.clients",
    ),
    "Nothing imports benchmarks, documentation or notebooks": ("local/__init__.py", "benchmarks"),
    "Benchmarks, documentation and notebooks do not import each other": (
        "docs/__init__.py",
        "notebooks",
    ),
    "The reference is written from jobs and shared only": (
        "docs/reference/__init__.py",
        "gateway",
    ),
    "What runs the notebooks imports the local cloud only": ("notebooks/__init__.py", "jobs"),
    "The gateway scores nothing, and reaches nothing that does": ("gateway/__init__.py", "pandas"),
    "The gateway's folders are layers": ("gateway/http/errors.py", "gateway.console"),
    "The folders of shared are layers": ("shared/tables/table.py", "shared.request"),
    "The folders of jobs are layers": ("jobs/drift/psi.py", "jobs.scoring"),
    "Modules that call themselves pure do no I/O": (
        "shared/registry/model_version.py",
        "shared.clients",
    ),
}


def results(folder):
    """KEPT or BROKEN for each contract, in a folder that has this repository's packages."""
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    linted = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return dict(
        re.findall(
            r"^(.+) (KEPT|BROKEN)(?: \(\d+ ignored imports\))?$", linted.stdout, re.MULTILINE
        )
    )


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    """A copy of every package, in which a test may plant an import for a moment."""
    folder = tmp_path_factory.mktemp("packages")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for package in CONFIG["root_packages"]:
        for path in (ROOT / package).rglob("*.py"):
            copy = folder / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy)
    return folder


def test_every_contract_is_kept(copied):
    assert results(copied) == {each["name"]: "KEPT" for each in CONFIG["contracts"]}


@pytest.mark.parametrize("contract", [each["name"] for each in CONFIG["contracts"]])
def test_an_import_that_breaks_a_contract_is_found(contract, copied):
    file, module = VIOLATIONS[contract]
    content = (copied / file).read_text()
    (copied / file).write_text(f"{content}\nimport {module}\n")
    try:
        assert results(copied)[contract] == "BROKEN"
    finally:
        (copied / file).write_text(content)
