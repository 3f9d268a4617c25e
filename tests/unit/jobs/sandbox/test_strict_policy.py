import tomllib
from pathlib import Path

import pytest

from jobs.pickles.allowed_names import GENERATED
from jobs.sandbox.strict_policy import PYTHON, SKLEARN, require_strict_runtime, strict_finding
from runtimes.catalog import Runtime
from shared.errors import FailedPrecondition

ROOT = Path(__file__).parents[4]


def runtime(sklearn, python):
    return Runtime("sklearn-x", python, {"scikit-learn": sklearn})


def test_the_versions_are_those_of_the_table_and_of_this_product():
    header = GENERATED.read_text().splitlines()[1]
    assert header.startswith(f"# scikit-learn {SKLEARN}.")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["requires-python"].startswith(f">={PYTHON}")


@pytest.mark.parametrize("python", ["3.13", "3.13.5"])
def test_a_runtime_of_these_versions_can_load_strictly(python):
    assert strict_finding(runtime(f"{SKLEARN}.7", python)) is None
    require_strict_runtime(runtime(f"{SKLEARN}.7", python))


@pytest.mark.parametrize(
    ("sklearn", "python", "words"),
    [
        ("1.5.2", "3.12.1", "1.5 on 3.12"),
        ("1.9.1", "3.12", "1.9 on 3.12"),
        ("1.10", PYTHON, "1.10"),
    ],
)
def test_any_other_runtime_is_refused_with_what_to_do(sklearn, python, words):
    with pytest.raises(FailedPrecondition, match="set MLSYS_MODEL_POLICY=walled") as caught:
        require_strict_runtime(runtime(sklearn, python))
    assert f"the runtime sklearn-x has {words}" in caught.value.message
    assert caught.value.reason == "RUNTIME_NOT_STRICT"
