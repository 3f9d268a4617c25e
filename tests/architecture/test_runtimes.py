"""The folders of runtimes/ and the page about them say the same, and nothing that is not pinned."""

import re
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version

from runtimes.catalog import DEFAULT_RUNTIME, FOLDER, minor_of, read_catalog
from runtimes.listing import COLUMNS
from runtimes.requirements import PACKAGES, excluded_packages, package, requirements

ROOT = Path(__file__).parents[2]
FOLDERS = sorted(FOLDER.glob("sklearn-*"))
CATALOG = read_catalog(FOLDER)
each_folder = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
each_runtime = pytest.mark.parametrize("runtime", CATALOG, ids=lambda runtime: runtime.name)


def pins(path):
    return {package(each): str(each.specifier) for each in requirements(path.read_text())}


def test_there_is_a_runtime_for_every_minor_and_for_every_major_of_xgboost():
    minors = {"0.22", "0.23", "0.24", *(f"1.{minor}" for minor in range(10))}
    assert minors <= {minor_of(each.name) for each in CATALOG}
    assert {Version(each.versions["xgboost"]).major for each in CATALOG} >= {1, 2, 3}
    assert DEFAULT_RUNTIME in {each.name for each in CATALOG}


@each_folder
def test_a_runtime_has_its_three_files(folder):
    names = {path.name for path in folder.iterdir()}
    assert {".python-version", "requirements.in", "requirements.txt"} <= names
    assert re.fullmatch(r"3\.\d+\n", (folder / ".python-version").read_text())


@each_folder
def test_every_package_is_pinned_by_hashes_and_no_index_is_named(folder):
    text = (folder / "requirements.txt").read_text()
    pinned = list(requirements(text))
    assert all(str(each.specifier).startswith("==") for each in pinned)
    entries = re.split(r"^(?=[^\s#])", text, flags=re.MULTILINE)
    hashed = [entry for entry in entries if "--hash=sha256:" in entry]
    assert len(hashed) == len(pinned)
    assert "://" not in text
    assert "--index" not in text


@each_folder
def test_all_that_is_asked_for_is_compiled(folder):
    asked = (folder / "requirements.in").read_text()
    compiled = list(requirements((folder / "requirements.txt").read_text()))
    for each in requirements(asked):
        names = [pin for pin in compiled if canonicalize_name(pin.name) == each.name.lower()]
        assert names, each
        versions = [next(iter(pin.specifier)).version for pin in names]
        assert all(each.specifier.contains(version) for version in versions), each


@each_folder
def test_a_runtime_has_every_package_of_the_list(folder):
    assert set(PACKAGES) <= set(pins(folder / "requirements.txt"))


@each_runtime
def test_a_runtime_is_named_by_the_minor_of_its_scikit_learn(runtime):
    version = Version(runtime.versions["scikit-learn"])
    assert f"{version.major}.{version.minor}" == minor_of(runtime.name)


@each_folder
def test_a_runtime_has_nothing_for_gpus_and_charts_that_it_does_not_ask_for(folder):
    excluded = excluded_packages((folder / "requirements.in").read_text())
    assert {"matplotlib", "nvidia-nccl-cu12"} & set(excluded)
    assert not set(excluded) & pins(folder / "requirements.txt").keys()


@each_runtime
def test_pyarrow_does_not_run_code_that_a_file_names(runtime):
    assert Version(runtime.versions["pyarrow"]) >= Version("14.0.1")


@pytest.mark.parametrize("group", ["jobs", "package"])
def test_the_default_runtime_has_the_versions_of_the_product(group):
    product = pins(ROOT / "requirements" / f"{group}.txt")
    default = pins(FOLDER / DEFAULT_RUNTIME / "requirements.txt")
    shared = product.keys() & default.keys()
    assert {"numpy", "pandas", "pyarrow"} <= shared
    differing = {name for name in shared if product[name] != default[name]}
    assert differing == set(), f"run `make runtime SKLEARN={minor_of(DEFAULT_RUNTIME)}`"


def test_the_page_has_the_versions_of_every_runtime():
    page = (ROOT / "docs/runtimes.md").read_text()
    rows = []
    for each in CATALOG:
        versions = pins(FOLDER / each.name / "requirements.txt")
        shown = " | ".join(versions[name].removeprefix("==") for name in COLUMNS)
        rows.append(f"| `{each.name}` | {each.python} | {shown} |")
    assert f"| runtime | Python | {' | '.join(COLUMNS.values())} | MB |" in page
    # Another table has a runtime's layers.
    shown = re.findall(r"^(\| `sklearn-.* \| .*) \| \d+ \|$", page, re.MULTILINE)
    assert [f"{row} |" for row in shown if row.count("|") > len(COLUMNS)] == rows
