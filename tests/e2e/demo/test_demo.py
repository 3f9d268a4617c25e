import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[3]


def processes_of(home):
    """Processes whose command line or environment names a cloud's home."""
    found = []
    for process in psutil.process_iter():
        try:
            words = [*process.cmdline(), *process.environ().values()]
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            continue
        if process.pid != os.getpid() and any(str(home) in word for word in words):
            found.append(process)
    return found


def test_the_demo_runs_the_whole_product_and_leaves_nothing_running():
    demo = subprocess.Popen(
        [sys.executable, "-u", "-m", "local.demo", "--keep"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"COLUMNS": "120"},
    )
    printed = ""
    for line in demo.stdout:
        printed += line
        if "--model_version=v1\n" in line and "stays up" in printed:
            break
    home = re.search(r"Data and logs are in (\S+)\.", printed)[1]
    assert processes_of(home)
    demo.send_signal(signal.SIGINT)
    rest, _ = demo.communicate(timeout=60)
    assert demo.returncode == 0, printed + rest
    assert re.search(r"328 rows in titanic\.predictions; \d\d\.\d% of them are right", printed)
    assert "titanic-survival" in printed
    assert printed.count("SUCCEEDED") >= 1
    for command in ("bq query", 'curl "$GATEWAY_URL', "gcloud run jobs execute"):
        assert command in printed
    assert processes_of(home) == []
    assert not Path(home).exists()
