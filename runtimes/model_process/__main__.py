"""`python -I model_process [FOLDER PACKAGE]`: the fork server of a runtime.

The policy `strict` gives a package of the product, and its folder: the package has the loader.
"""

from __future__ import annotations

import os
import sys

# Python puts this folder first; the package is imported by its name, from the folder around it.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from model_process.fork_server import main  # noqa: E402
from model_process.loading import import_strict_loader  # noqa: E402

if len(sys.argv) > 1:
    import_strict_loader(*sys.argv[1:])
main()
