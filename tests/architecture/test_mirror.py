"""Unit tests mirror the tree: who looks for the tests of a module finds them at its path."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "tests/unit"
PACKAGES = ("mlsys", "shared", "jobs", "gateway", "runtimes", "local", "deployment")
TESTS = sorted(path.relative_to(UNIT) for path in UNIT.rglob("test_*.py"))

_EQUALITY = "runtimes/model_process/equality/test_equality"

# Tests of several modules at once, and why they stand where they do.
EXCEPTIONS = {
    "jobs/pickles/test_altered.py": "hostile models of allowed names, for all steps together",
    "jobs/pickles/test_attacks.py": "hostile files, for the scan and the loader together",
    "jobs/pickles/test_honest.py": "honest models, for the scan and the loader together",
    f"{_EQUALITY}_kinds.py": "the engine beside scikit-learn, by kind",
    f"{_EQUALITY}_labels.py": "the engine beside scikit-learn, by label",
    f"{_EQUALITY}_outputs.py": "the engine beside scikit-learn, by output",
    f"{_EQUALITY}_tables.py": "the engine beside scikit-learn, by table",
    "mlsys/test_package.py": "the package itself, which has no folder around it here",
}


def candidates(test):
    """What a test file may be of: a module, a package, a command line, a script."""
    name = test.stem.removeprefix("test_")
    names = [f"{name}.py", f"{name}/__init__.py", f"{name}.sh"]
    return [ROOT / test.parent / each for each in names + ["__main__.py"] * (name == "main")]


def is_mirrored(test):
    return str(test) in EXCEPTIONS or any(path.exists() for path in candidates(test))


@pytest.mark.parametrize("test", TESTS, ids=str)
def test_a_unit_test_stands_at_the_path_of_what_it_tests(test):
    assert test.parts[0] in PACKAGES
    assert is_mirrored(test), (
        f"none of {[str(path.relative_to(ROOT)) for path in candidates(test)]}"
    )


def test_a_test_of_nothing_is_noticed():
    assert not is_mirrored(Path("local/test_nothing.py"))
    assert not is_mirrored(Path("local/supervisor/test_ports.py"))


def test_every_exception_is_needed():
    assert set(EXCEPTIONS) <= {str(test) for test in TESTS}
    assert not [
        each for each in EXCEPTIONS if any(path.exists() for path in candidates(Path(each)))
    ]
