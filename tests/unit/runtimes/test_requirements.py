import re
from datetime import date

import pytest

from runtimes.requirements import (
    PACKAGES,
    excluded_packages,
    package,
    requirement,
    requirements,
    resolution_options,
    template,
    with_requirement,
)
from shared.errors import InvalidArgument

TEMPLATE = template("1.5", date(2025, 6, 1))
OLD_TEMPLATE = template("0.23", date(2021, 9, 1))


@pytest.mark.parametrize("text", [TEMPLATE, OLD_TEMPLATE])
def test_the_template_asks_for_every_package_and_for_the_last_patch_of_the_minor(text):
    assert {package(each) for each in requirements(text)} - {"setuptools"} == set(PACKAGES)
    assert re.search(r"^scikit-learn==[0-9.]+\.\*$", text, re.MULTILINE)


def test_before_there_was_an_xgboost_without_code_for_gpus_the_template_asks_for_the_other():
    assert "xgboost-cpu" in {each.name for each in requirements(TEMPLATE)}
    assert "xgboost-cpu" not in {each.name for each in requirements(OLD_TEMPLATE)}


def test_an_old_runtime_has_a_pyarrow_and_a_joblib_that_are_newer_than_its_time():
    assert resolution_options(OLD_TEMPLATE) == [
        "--exclude-newer=2021-09-01T23:59:59Z",
        "--exclude-newer-package=pyarrow=2024-08-01T23:59:59Z",
        "--exclude-newer-package=joblib=2023-12-01T23:59:59Z",
    ]
    assert "joblib=" not in template("1.2", date(2023, 12, 1))


@pytest.mark.parametrize(
    "line",
    [
        "",
        "# numpy==1.0",
        "    --hash=sha256:00",
        "    # via pandas",
        "-c ../other.txt",
        "--no-index",
    ],
)
def test_a_line_that_is_no_requirement_asks_for_nothing(line):
    assert requirement(line) is None


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("numpy==2.2.6 \\", "numpy==2.2.6"),
        ("numpy  # a comment", "numpy"),
        ("a==1 ; sys_platform == 'linux' \\", 'a==1; sys_platform == "linux"'),
        ("./my_package-1.0.post1-py3-none-any.whl \\", "my-package==1.0.post1"),
        (
            "wheels/a-1-cp39-cp39-linux_x86_64.whl ; python_version < '4'",
            'a==1; python_version < "4"',
        ),
    ],
)
def test_a_requirement_is_read_and_a_wheel_s_path_is_its_name_and_version(line, asked):
    assert str(requirement(line)) == asked


@pytest.mark.parametrize("line", ["two words", "./no-version.whl", "==1.0"])
def test_a_line_that_cannot_be_read_is_refused(line):
    with pytest.raises(InvalidArgument, match=r"is not a requirement: write name==version"):
        requirement(line)


def test_what_is_added_stands_at_the_end():
    assert with_requirement(TEMPLATE, "mypkg>=1") == f"{TEMPLATE}mypkg>=1\n"


def test_another_version_of_what_is_there_takes_its_place_and_keeps_where_it_is_wanted():
    text = with_requirement("a\nXGBoost-CPU; sys_platform == 'linux' # why\nb\n", "xgboost==3.1.0")
    assert text == 'a\nXGBoost-CPU==3.1.0; sys_platform == "linux" # why\nb\n'
    assert with_requirement("a[x]>=1\n", "A==2") == "A==2\n"


def test_a_new_wheel_takes_the_place_of_the_old_one():
    text = with_requirement("./a-1.0-py3-none-any.whl\nb\n", "./a-1.1-py3-none-any.whl")
    assert text == "./a-1.1-py3-none-any.whl\nb\n"


@pytest.mark.parametrize("added", ["", "-c other.txt", "two words"])
def test_what_is_no_requirement_is_not_added(added):
    with pytest.raises(InvalidArgument):
        with_requirement(TEMPLATE, added)


def test_the_day_binds_all_packages_but_those_of_an_exact_version():
    assert resolution_options(TEMPLATE) == ["--exclude-newer=2025-06-01T23:59:59Z"]
    text = f"{TEMPLATE}# exclude-newer-package: pyarrow=2026-01-01\nmypkg==1.0\nother>=2\n"
    assert resolution_options(text) == [
        "--exclude-newer=2025-06-01T23:59:59Z",
        "--exclude-newer-package=pyarrow=2026-01-01T23:59:59Z",
        "--exclude-newer-package=mypkg=false",
    ]


def test_without_a_day_nothing_binds():
    assert resolution_options("numpy==1.0\n") == []


def test_charts_and_code_for_gpus_are_left_out_unless_they_are_asked_for():
    assert {"matplotlib", "nvidia-nccl-cu12"} < set(excluded_packages(TEMPLATE))
    assert "matplotlib" not in excluded_packages(f"{TEMPLATE}Matplotlib>=3\n")
