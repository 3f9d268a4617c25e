import sys
from pathlib import Path

from runtimes.import_check import import_failures


def test_packages_that_can_be_imported_are_not_told():
    assert (
        import_failures(Path(sys.executable), ["numpy", "scikit-learn", "a-package-of-a-user"])
        == []
    )


def test_a_package_that_is_missing_is_told(tmp_path):
    failures = import_failures(Path(sys.executable), ["catboost", "numpy"])
    assert failures == ["catboost does not import: No module named 'catboost'"]


def test_a_python_that_dies_is_told(tmp_path):
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nexit 139\n")
    python.chmod(0o755)
    assert import_failures(python, ["numpy"]) == ["importing numpy ends with exit code 139"]
