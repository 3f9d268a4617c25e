"""Serve the Cloud Storage stand-in: `python -m local.storage --port 9023 --folder DIR`."""

import argparse
from functools import partial
from pathlib import Path

from local.serving import serve
from local.storage.app import create_app


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m local.storage", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True, help="holds the data")
    arguments = parser.parse_args()
    root = f"http://127.0.0.1:{arguments.port}/"
    serve(partial(create_app, arguments.folder, root), arguments.port)


if __name__ == "__main__":
    main()
