import platform

import pytest

from runtimes.catalog import find_runtime, read_catalog
from shared.errors import NotFound
from tests.unit.runtimes.wheels import write_runtime, write_wheel

PINS = """\
numpy==2.2.6 \\
    --hash=sha256:00 \\
    --hash=sha256:01
    # via pandas
scikit-learn==1.5.2 \\
    --hash=sha256:02
"""


def define(folder, minor, pins, python="3.11"):
    name = write_runtime(folder, minor, python=python)
    (folder / name / "requirements.txt").write_text(pins)


def test_a_runtime_has_the_versions_that_it_pins(definitions):
    define(definitions, "1.5", PINS)
    (runtime,) = read_catalog(definitions)
    assert (runtime.name, runtime.python) == ("sklearn-1.5", "3.11")
    assert dict(runtime.versions) == {"numpy": "2.2.6", "scikit-learn": "1.5.2"}


def test_runtimes_are_in_the_order_of_scikit_learn_s_versions(definitions):
    for minor in ("1.10", "0.24", "2.0", "1.9"):
        define(definitions, minor, PINS)
    names = [each.name for each in read_catalog(definitions)]
    assert names == ["sklearn-0.24", "sklearn-1.9", "sklearn-1.10", "sklearn-2.0"]


def test_the_versions_are_those_for_this_machine_and_the_runtime_s_python(definitions):
    pins = (
        "a==1 ; python_full_version < '3.10'\n"
        "a==2 ; python_full_version >= '3.10'\n"
        f"b==1 ; platform_machine == '{platform.machine()}'\n"
        "c==1 ; platform_machine == 'another'\n"
    )
    define(definitions, "1.0", pins, python="3.9")
    define(definitions, "1.5", pins, python="3.11")
    assert [each.versions for each in read_catalog(definitions)] == [
        {"a": "1", "b": "1"},
        {"a": "2", "b": "1"},
    ]


def test_xgboost_without_gpus_is_xgboost(definitions):
    define(definitions, "1.5", "xgboost-cpu==3.0.2 \\\n    --hash=sha256:00\n")
    assert read_catalog(definitions)[0].versions == {"xgboost": "3.0.2"}


def test_a_wheel_beside_the_requirements_has_the_version_of_its_name(definitions, tmp_path):
    write_runtime(definitions, "1.5", write_wheel(tmp_path, "my-package", "1.2"))
    assert read_catalog(definitions)[0].versions == {"my-package": "1.2"}


def test_what_is_not_compiled_is_no_runtime_yet(definitions):
    (definitions / "sklearn-1.5").mkdir()
    (definitions / "sklearn-1.5" / "requirements.in").write_text("numpy\n")
    assert read_catalog(definitions) == ()


def test_a_runtime_is_found_by_its_name_and_a_wrong_name_is_told_the_right_ones(definitions):
    define(definitions, "1.5", PINS)
    assert find_runtime("sklearn-1.5", definitions).python == "3.11"
    with pytest.raises(NotFound, match=r"no runtime 'sklearn-1.55': there are sklearn-1.5"):
        find_runtime("sklearn-1.55", definitions)
