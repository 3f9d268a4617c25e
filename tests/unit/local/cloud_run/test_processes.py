import subprocess
import sys
from collections.abc import Iterator
from uuid import uuid4

import psutil
import pytest

from local.cloud_run.processes import kill_lost
from local.cloud_run.tasks import ProcessIdentity


@pytest.fixture
def variables() -> dict[str, str]:
    return {"CLOUD_RUN_EXECUTION": f"job-{uuid4().hex}", "CLOUD_RUN_TASK_INDEX": "0"}


@pytest.fixture
def orphan(variables: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-c", "import time; print(flush=True); time.sleep(60)"]
    with subprocess.Popen(
        command, env=variables, stdout=subprocess.PIPE, start_new_session=True
    ) as process:
        assert process.stdout
        process.stdout.readline()
        yield process
        process.kill()


def test_a_process_that_was_written_down_is_killed(
    orphan: subprocess.Popen[bytes], variables: dict[str, str]
) -> None:
    kill_lost(ProcessIdentity(orphan.pid, psutil.Process(orphan.pid).create_time()), variables)
    assert orphan.wait(timeout=5) == -9


def test_a_process_that_was_not_written_down_is_known_by_its_environment(
    orphan: subprocess.Popen[bytes], variables: dict[str, str]
) -> None:
    kill_lost(None, variables)
    assert orphan.wait(timeout=5) == -9


def test_a_stranger_with_the_same_id_is_left_alone(
    orphan: subprocess.Popen[bytes], variables: dict[str, str]
) -> None:
    kill_lost(ProcessIdentity(orphan.pid, created=1.0), variables)
    assert orphan.poll() is None
