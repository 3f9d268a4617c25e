"""Asks an installed runtime whether its packages can be imported on this machine.

Versions that uv finds to go together need not: old packages name no upper bounds. LightGBM needs
OpenMP of the system, which small images lack.
"""

import subprocess
from collections.abc import Iterable
from pathlib import Path

from runtimes.requirements import PACKAGES

_MODULES = {"scikit-learn": "sklearn", "imbalanced-learn": "imblearn"}
_TIMEOUT_SECONDS = 600
_PROGRAM = """
import importlib, sys, warnings
warnings.simplefilter("ignore")
for module in sys.argv[1:]:
    try:
        importlib.import_module(module)
    except Exception as error:
        message = (str(error) or repr(error)).splitlines()[0]
        if "libgomp" in message:
            message += " (install the system's OpenMP; Debian: apt-get install libgomp1)"
        if "libomp" in message:
            message += " (install the system's OpenMP; macOS: brew install libomp)"
        print(module, "does not import:", message)
"""


def import_failures(interpreter: Path, packages: Iterable[str]) -> list[str]:
    """A sentence for each of a runtime's packages that cannot be imported; those of users apart.

    Args:
        interpreter: the Python of the runtime.
        packages: what it has, by normalised name.
    """
    modules = [_MODULES.get(name, name.replace("-", "_")) for name in packages if name in PACKAGES]
    try:
        ran = subprocess.run(
            [str(interpreter), "-I", "-B", "-c", _PROGRAM, *modules],
            check=False,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return [f"importing {', '.join(modules)} takes longer than {_TIMEOUT_SECONDS} seconds"]
    failures = ran.stdout.splitlines()
    if ran.returncode:
        failures.append(f"importing {', '.join(modules)} ends with exit code {ran.returncode}")
    return failures
