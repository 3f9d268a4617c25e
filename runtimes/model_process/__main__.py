"""`python -I model_process`: the fork server of a runtime."""

import os
import sys

# Python puts this folder first; the package is imported by its name, from the folder around it.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from model_process.fork_server import main  # noqa: E402

main()
