"""`python -m tests.zoo [RUNTIME…]`: install what the zoo's tests need; `all`: every runtime.

Each runtime is installed twice: as the runtime, and as an author's own environment.
"""

import sys

from runtimes.installation import install
from tests.zoo.fitted import AUTHORS, RUNTIMES
from tests.zoo.runtimes import chosen_runtimes

for name in chosen_runtimes(",".join(sys.argv[1:])):
    for root in (RUNTIMES, AUTHORS):
        install(name, root, print)
