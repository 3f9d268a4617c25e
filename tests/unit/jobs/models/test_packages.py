"""What to do about a package that a runtime lacks."""

import pytest

from jobs.models.packages import missing_package, no_estimator


@pytest.mark.parametrize(
    ("module", "installed"), [("mlxtend", "mlxtend"), ("skopt", "scikit-optimize")]
)
def test_a_package_of_estimators_is_the_operator_s_to_add(module, installed):
    found = missing_package(module, "sklearn-1.5", "1.5")
    assert f"needs the package {module}, which the runtime sklearn-1.5 lacks" in found
    assert f'make runtime SKLEARN=1.5 WITH="{installed}", commits sklearn-1.5 and' in found
    assert "mlsys reconcile --env=dev --again" in found


def test_a_module_that_nobody_knows_may_be_its_author_s_own():
    found = missing_package("my_features", "sklearn-1.5", "1.5")
    assert "if my_features is its author's own module, build a wheel" in found
    assert "docs/add-a-custom-class.md" in found
    assert 'make runtime SKLEARN=1.5 WITH="my_features"' in found


@pytest.mark.parametrize("module", ["keras", "nltk", "torch"])
def test_an_object_of_another_framework_is_no_estimator(module):
    found = missing_package(module, "sklearn-1.9", "1.9")
    assert found == f"the file needs {module}: {no_estimator(module)}"
    assert f"an object of {module} is not one" in found
    assert "make runtime" not in found


def test_what_a_script_defined_belongs_into_a_package():
    found = missing_package("__main__", "sklearn-1.5", "1.5")
    assert "script or notebook" in found
    assert "docs/add-a-custom-class.md" in found


@pytest.mark.parametrize("package", ["$(touch${IFS}x)", "`x`", 'a"b', "a b", "x" * 101, ""])
def test_a_name_that_is_no_package_stands_in_no_command(package):
    assert "make runtime" not in missing_package(package, "sklearn-1.5", "1.5")
