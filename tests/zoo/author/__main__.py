"""`python -I tests/zoo/author FOLDER [KIND…]`: write the zoo, or some of it."""

import sys
import warnings
from pathlib import Path

# Python puts this folder first; the package is imported by its name, from the folder around it.
sys.path[0] = str(Path(__file__).resolve().parents[1])

warnings.simplefilter("ignore")

from author import boosters, classifiers, pipelines, regressors  # noqa: E402, F401
from author.kinds import KINDS  # noqa: E402
from author.writing import write  # noqa: E402

folder, *wanted = sys.argv[1:]
for number, (name, kind) in enumerate(sorted(KINDS.items())):
    if not wanted or name in wanted:
        write(kind, number, Path(folder))
