"""The runtimes of this repository, and a runtime of a test's own."""

import platform
import sysconfig
import venv
from pathlib import Path

import sklearn

from runtimes.catalog import DEFAULT_RUNTIME, Runtime

FOLDER = Path(__file__).parents[1] / ".runtimes"
VARIABLES = {"GCP_PROJECT_ID": "none", "MLSYS_RUNTIMES_FOLDER": str(FOLDER)}
HERE = Runtime(DEFAULT_RUNTIME, platform.python_version(), {"scikit-learn": sklearn.__version__})


class OwnRuntime:
    """Stands for a `RuntimeStore` whose one runtime has this environment's packages, and more.

    Modules are written into its folder, e.g. `(own.modules / "fatal.py").write_text(…)`.
    """

    def __init__(self, folder, runtime=HERE):
        self.catalog = (runtime,)
        venv.EnvBuilder(symlinks=True).create(folder)
        self._python = folder / "bin" / "python"
        (self.modules,) = folder.glob("lib/python*/site-packages")
        (self.modules / "packages.pth").write_text(sysconfig.get_path("purelib"))

    def interpreter(self, _name):
        return self._python
