from collections.abc import Iterator

import pytest

from jobs.sandbox.inspector import Inspector
from jobs.sandbox.model_processes import ModelProcesses
from jobs.sandbox.runtime_store import RuntimeStore
from local.cloud import Cloud
from local.running import Blueprint, running_cloud
from tests.model_runtimes import FOLDER


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run name the runtimes that models of all kinds are tested in."""
    parser.addoption("--runtimes", default="", help="names with commas between them, or all")


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """The one local cloud of a test session: real engines, real processes, everything provisioned.

    It starts when it is first asked for. Tests share it: let them use names of their own.
    """
    with running_cloud(Blueprint(tmp_path_factory.mktemp("cloud"))) as cloud:
        yield cloud


@pytest.fixture(scope="session")
def processes() -> Iterator[ModelProcesses]:
    """The processes that models are loaded in, in the runtimes of this repository."""
    with ModelProcesses(RuntimeStore(FOLDER)) as processes:
        yield processes


@pytest.fixture(scope="session")
def inspector(processes: ModelProcesses) -> Iterator[Inspector]:
    """An inspector that tests share: let them inspect models of their own."""
    with Inspector(processes) as inspector:
        yield inspector


class FailuresAtOnce:
    """Names each failed test as soon as it fails: a run that is ended early has told them too."""

    def __init__(self, terminal: pytest.TerminalReporter):
        self._terminal = terminal

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Write the name of a test that failed."""
        if report.failed:
            self._terminal.write_line(f"\nfailed: {report.nodeid} ({report.when})")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Have failures named by the process that prints; workers have no terminal."""
    plugins = session.config.pluginmanager
    if terminal := plugins.get_plugin("terminalreporter"):
        plugins.register(FailuresAtOnce(terminal))
