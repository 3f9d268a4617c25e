"""What tasks run in these tests, and what becomes of their processes."""

import time

import psutil

from tests.contract.run.stand_in import StandIn

# Each attempt leaves a file with its process id, named by task and attempt.
REPORT = """
import os, pathlib, signal, subprocess, sys, time
def report(pid=None, kind="task"):
    name = f"{kind}-{os.environ['CLOUD_RUN_TASK_INDEX']}-{os.environ['CLOUD_RUN_TASK_ATTEMPT']}"
    pathlib.Path(name + ".new").write_text(str(pid or os.getpid()))
    os.rename(name + ".new", name)
"""
SLEEP_ONCE = REPORT + "report()\nif os.environ['CLOUD_RUN_TASK_ATTEMPT'] == '0': time.sleep(60)"
STUBBORN = REPORT + "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nreport()\ntime.sleep(60)"
WITH_CHILD = (
    REPORT
    + """
code = "import signal, time; signal.signal(15, signal.SIG_IGN); print(flush=True); time.sleep(60)"
child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
child.stdout.readline()
report(child.pid, "child")
report()
time.sleep(60)
"""
)


def pid_of(stand_in: StandIn, name: str = "task-0-0") -> int:
    """Wait until the attempt has reported its process."""
    path = stand_in.folder / name
    deadline = time.monotonic() + 20
    while not path.exists():
        assert time.monotonic() < deadline, f"{name} never started"
        time.sleep(0.01)
    return int(path.read_text())


def is_running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def ends(pid: int) -> bool:
    deadline = time.monotonic() + 5
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not is_running(pid)
