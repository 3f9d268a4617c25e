import pytest

from jobs.sandbox.inspector import Inspector


def pytest_addoption(parser):
    parser.addoption("--fuzz-seconds", type=float, help="how long to mutate models")


@pytest.fixture(scope="session")
def inspector():
    with Inspector() as inspector:
        yield inspector
