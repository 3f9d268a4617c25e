"""`make example`: what the README's first steps need. A model.pkl here, and a table to score.

The model and its metadata.json go to the working folder, the passengers that it has not seen to
titanic.passengers on the local cloud that runs.
"""

import argparse
import json
import sys
from pathlib import Path

from local.demo.scenario import PASSENGERS, Scenario
from local.demo.titanic import train
from local.home import DEFAULT_HOME, Home
from local.terminal import complain, say


def example(home: Path, folder: Path) -> int:
    """Write the files and the table; return the exit code."""
    cloud = Home(home.resolve()).running_cloud()
    if cloud is None:
        return complain(f"no local cloud runs in {home}; `make up` starts one")
    trained = train()
    (folder / "model.pkl").write_bytes(trained.pickled)
    metadata = json.dumps(trained.metadata, indent=2)
    (folder / "metadata.json").write_text(f"{metadata}\n", encoding="utf-8")
    rows = Scenario(cloud).load(trained)
    say(f"model.pkl and metadata.json are here; {PASSENGERS} has {rows} rows")
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser("python -m local.demo.example", description=__doc__)
    parser.add_argument("--home", type=Path, default=DEFAULT_HOME)
    sys.exit(example(parser.parse_args().home, Path.cwd()))
