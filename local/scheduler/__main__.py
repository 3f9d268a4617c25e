"""Serve the Cloud Scheduler stand-in: `python -m local.scheduler --port 9025 --folder DIR ...`."""

import argparse
import logging
from functools import partial
from pathlib import Path

from local.scheduler.app import create_app
from local.scheduler.delivery import Route
from local.serving import serve


def main() -> None:
    """Fire what is due until SIGTERM."""
    arguments = _parser().parse_args()
    logging.basicConfig(format="%(asctime)s %(name)s: %(message)s", level=logging.WARNING)
    serve(partial(create_app, arguments.folder, arguments.route), arguments.port, threads=4)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local.scheduler", description=__doc__)
    add = parser.add_argument
    add("--port", type=int, required=True)
    add("--folder", type=Path, required=True, help="holds the jobs and what is to be delivered")
    add("--route", type=_route, action="append", default=[], metavar="REGEX=URL")
    return parser


def _route(text: str) -> Route:
    pattern, equals, url = text.partition("=")
    if not pattern or not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not REGEX=URL")
    return Route(pattern, url)


if __name__ == "__main__":
    main()
