"""Runs in a container of the job image: `python -c … RUNTIME …`.

Each runtime imports its packages and fits a model, which the image then inspects, behind the wall
and in that runtime.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from runtimes.catalog import FOLDER, find_runtime
from runtimes.import_check import import_failures
from runtimes.installation import interpreter

_IMAGE_FOLDER = "/opt/runtimes"
_SECONDS = 600
_FIT = """
import pickle, sys
import pandas
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

rows = pandas.DataFrame({"age": [22.0, 38, 26, 35], "fare": [7.25, 71.28, 7.92, 53.1]})
model = make_pipeline(StandardScaler(), GradientBoostingClassifier(n_estimators=2))
with open(sys.argv[1], "wb") as file:
    pickle.dump(model.fit(rows, [0, 1, 1, 0]), file)
"""


def problems(name: str, root: Path) -> list[str]:
    """What keeps models of a runtime from being loaded, one sentence each.

    Args:
        name: of the runtime.
        root: the folder in which it is installed.
    """
    python = interpreter(name, root)
    failures = import_failures(python, find_runtime(name, FOLDER).versions)
    with tempfile.TemporaryDirectory() as folder:
        model = str(Path(folder) / "model.pkl")
        fit = [str(python), "-I", "-c", _FIT, model]
        if code := subprocess.run(fit, check=False, timeout=_SECONDS).returncode:
            return [*failures, f"fitting a model ended with exit code {code}"]
        inspected = subprocess.run(
            [sys.executable, "-m", "jobs", "inspect", "--json", model],
            check=False,
            stdout=subprocess.PIPE,
            timeout=_SECONDS,
        )
    if not inspected.stdout:
        return [*failures, f"the inspection ended with exit code {inspected.returncode}"]
    result = json.loads(inspected.stdout)
    if result["status"] != "approved" or result["runtime"] != name:
        failures.append(f"its model is {result['status']} by {result['runtime']}")
    return [*failures, *result["findings"]]


def main(names: Sequence[str], root: Path) -> int:
    """Check runtimes, print a line for each, and return how many have problems."""
    failed = 0
    for name in names:
        found = problems(name, root)
        failed += bool(found)
        sys.stdout.write(f"{name}: {'; '.join(found) or 'its model is approved'}\n")
        sys.stdout.flush()
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Path(os.environ.get("MLSYS_RUNTIMES_FOLDER") or _IMAGE_FOLDER)))
