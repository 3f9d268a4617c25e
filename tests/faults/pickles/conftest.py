from collections.abc import Callable

import pytest

from jobs.models.inspection_result import InspectionConditions
from jobs.sandbox.inspector import Inspector
from jobs.sandbox.model_processes import ModelProcesses


def pytest_addoption(parser):
    parser.addoption("--fuzz-seconds", type=float, help="how long to mutate models")


@pytest.fixture(scope="session")
def strict_processes(processes):
    """The processes of a deployment with the policy `strict`."""
    with ModelProcesses(processes.store, is_strict=True) as strict:
        yield strict


@pytest.fixture(scope="session")
def strict_inspector(strict_processes):
    with Inspector(strict_processes) as inspector:
        yield inspector


@pytest.fixture(params=["walled", "strict"])
def inspect(request) -> Callable:
    """Inspects the bytes of a file, by either policy."""
    if request.param == "walled":
        inspector = request.getfixturevalue("inspector")
        return lambda content: inspector.inspect(content, InspectionConditions())
    inspector = request.getfixturevalue("strict_inspector")
    return lambda content: inspector.inspect(content, InspectionConditions(is_strict=True))
