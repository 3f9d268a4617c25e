"""`python -I model_process [CODE]`: the fork server of a runtime.

CODE is the folder of the product's own packages. It is given for the policy `strict`, whose loader
is one of them.
"""

from __future__ import annotations

import os
import sys

# Python puts this folder first; the package is imported by its name, from the folder around it.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from model_process.fork_server import main  # noqa: E402
from model_process.loading import import_strict_loader  # noqa: E402

if len(sys.argv) > 1:
    import_strict_loader(sys.argv[1])
main()
