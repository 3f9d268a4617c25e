import pytest

from jobs.sandbox.model_processes import ModelProcesses
from jobs.sandbox.runtime_store import RuntimeStore
from tests.zoo.fitted import RUNTIMES
from tests.zoo.runtimes import chosen_runtimes


def pytest_generate_tests(metafunc):
    if "runtime" in metafunc.fixturenames:
        names = chosen_runtimes(metafunc.config.getoption("--runtimes"))
        metafunc.parametrize("runtime", names)


@pytest.fixture(scope="session")
def processes():
    """Processes of models, in the runtimes of this folder."""
    with ModelProcesses(RuntimeStore(RUNTIMES, installs=True)) as processes:
        yield processes


@pytest.fixture
def unasked(processes):
    """Such processes in which no inspection has imported the libraries of a model."""
    with ModelProcesses(processes.store) as unasked:
        yield unasked
