"""The lines of a runtime's requirements.in and requirements.txt. Pure.

Fields of requirements.in are comments, so that uv and pip read the file as it is:

    # exclude-newer: 2022-12-01
    # exclude-newer-package: pyarrow=2024-08-01

A version that is pinned exactly (`mypkg==1.0`) may be newer than these days.
"""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import PurePosixPath

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

from shared.errors import InvalidArgument

# What every runtime has; xgboost-cpu is XGBoost without code for GPUs, which only Linux has.
PACKAGES = (
    "scikit-learn",
    "numpy",
    "scipy",
    "pandas",
    "joblib",
    "threadpoolctl",
    "pyarrow",
    "xgboost",
    "lightgbm",
    "catboost",
    "imbalanced-learn",
    "category-encoders",
    "cloudpickle",
    "dill",
)

# Hundreds of megabytes that no prediction needs: XGBoost's for many GPUs, CatBoost's for charts.
_EXCLUDED = (
    "graphviz",
    "matplotlib",
    "nvidia-nccl-cu12",
    "nvidia-nccl-cu13",
    "plotly",
)
_SAME_PACKAGE = {"xgboost-cpu": "xgboost"}
# There is an xgboost-cpu, and a PyArrow with all fixes of its reader, since this day.
_SAFE_DAY = date(2024, 8, 1)
_XGBOOST = """\
xgboost-cpu; sys_platform == 'linux' # XGBoost without code for GPUs
xgboost; sys_platform != 'linux'
"""
_OLD_XGBOOST = """\
xgboost # with code for GPUs: there is no xgboost-cpu of its time
setuptools # XGBoost before 1.7 imports it without saying so
"""
_NEWER_PYARROW = f"""\
# PyArrow before 14.0.1 runs code that an Arrow file names: a newer one, which NumPy 1 allows.
# exclude-newer-package: pyarrow={_SAFE_DAY}
"""
# joblib aligns the arrays of its files since 1.2; of this day is the last one for Python 3.7.
_JOBLIB_DAY = date(2023, 12, 1)
_NEWER_JOBLIB = f"""\
# joblib before 1.2 cannot read the arrays that later ones align in a file.
# exclude-newer-package: joblib={_JOBLIB_DAY}
"""
_FIELD = re.compile(r"^# (exclude-newer(?:-package)?): (\S+)$", re.MULTILINE)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}$")
_COMMENT = re.compile(r"(?:^|\s+)#.*$")


def template(minor: str, day: date) -> str:
    """The requirements.in of a new runtime.

    Args:
        minor: of scikit-learn, e.g. "1.5".
        day: no package is newer.
    """
    is_old = day < _SAFE_DAY
    lines = [f"{name}\n" for name in PACKAGES]
    lines[0] = f"scikit-learn=={minor}.*\n"
    lines[PACKAGES.index("xgboost")] = _OLD_XGBOOST if is_old else _XGBOOST
    return (
        f"# Models that were fitted with scikit-learn {minor}: see docs/runtimes.md.\n"
        f"# After a change: make runtime SKLEARN={minor}\n"
        f"# exclude-newer: {day}\n"
        f"{_NEWER_PYARROW if is_old else ''}{_NEWER_JOBLIB if day < _JOBLIB_DAY else ''}"
        f"{''.join(lines)}"
    )


def requirement(line: str) -> Requirement | None:
    """What a line asks for; None for one that asks for nothing: a comment, a hash, an option.

    A wheel's path asks for the wheel's name and version: `./mypkg-1.0-py3-none-any.whl`.

    Raises:
        InvalidArgument: when it is neither a requirement nor a path of a wheel.
    """
    text = _COMMENT.sub("", line).removesuffix("\\").rstrip()
    if not text or text[0].isspace() or text[0] == "-":
        return None
    try:
        path, _, marker = text.partition(";")
        if path.rstrip().endswith(".whl"):
            name, version, *_ = parse_wheel_filename(PurePosixPath(path.rstrip()).name)
            text = f"{name}=={version}" + (f"; {marker}" if marker else "")
        return Requirement(text)
    except (InvalidRequirement, InvalidWheelFilename) as error:
        raise InvalidArgument(
            f"{line.strip()!r} is not a requirement: write name==version, or the path of a wheel",
            reason="INVALID_REQUIREMENT",
            detail=str(error),
        ) from error


def requirements(text: str) -> Iterator[Requirement]:
    """What all lines of a file ask for, in their order."""
    for line in text.splitlines():
        if asked := requirement(line):
            yield asked


def package(asked: Requirement) -> str:
    """The normalised name of a requirement's package, e.g. xgboost for XGBoost's xgboost-cpu."""
    name = canonicalize_name(asked.name)
    return _SAME_PACKAGE.get(name, name)


def with_requirement(text: str, added: str) -> str:
    """A requirements.in that asks for one more thing, or for another version of what it has.

    A version is changed in place, and so the markers of the line stay.

    Raises:
        InvalidArgument: when what is added is no requirement.
    """
    if (asked := requirement(added)) is None:
        raise InvalidArgument(f"{added!r} is not a requirement", reason="INVALID_REQUIREMENT")
    lines, found = [], False
    for line in text.splitlines():
        present = requirement(line)
        if present and package(present) == package(asked):
            found = True
            lines.append(_changed(line, present, added, asked))
        else:
            lines.append(line)
    return "\n".join([*lines, *([] if found else [added]), ""])


def _changed(line: str, present: Requirement, added: str, asked: Requirement) -> str:
    """The line of a requirement, with what is asked for of its package now."""
    if asked.marker or not present.marker or added.endswith(".whl"):
        return added
    before = _COMMENT.sub("", line)
    extras = f"[{','.join(sorted(asked.extras))}]" if asked.extras else ""
    return f"{present.name}{extras}{asked.specifier}; {present.marker}{line[len(before) :]}"


def resolution_options(text: str) -> list[str]:
    """The options of `uv pip compile` for the fields of a requirements.in."""
    fields = _FIELD.findall(text)
    # A day ends at another time in each time zone, unless it is said in which.
    options = [f"--{name}={_DAY.sub(r'\g<0>T23:59:59Z', value)}" for name, value in fields]
    if not any(name == "exclude-newer" for name, _ in fields):
        return options
    exact = [asked for asked in requirements(text) if _is_exact(asked)]
    return options + [f"--exclude-newer-package={asked.name}=false" for asked in exact]


def _is_exact(asked: Requirement) -> bool:
    return any(each.operator == "==" and "*" not in each.version for each in asked.specifier)


def excluded_packages(text: str) -> list[str]:
    """The packages that others ask for, and that a runtime lacks unless its file names them."""
    named = {canonicalize_name(asked.name) for asked in requirements(text)}
    return [name for name in _EXCLUDED if name not in named]
