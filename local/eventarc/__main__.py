"""Serve the Eventarc stand-in: `python -m local.eventarc --port 9024 --folder DIR ...`."""

import argparse
import logging
from functools import partial
from pathlib import Path

from local.eventarc.app import Settings, create_app
from local.eventarc.delivery import RetryPolicy
from local.serving import serve


def main() -> None:
    """Deliver until SIGTERM."""
    arguments = _parser().parse_args()
    logging.basicConfig(format="%(asctime)s %(name)s: %(message)s", level=logging.WARNING)
    settings = Settings(
        arguments.folder,
        arguments.storage_folder,
        arguments.triggers,
        RetryPolicy(arguments.first_retry_seconds, arguments.max_attempts),
        arguments.ack_deadline_seconds,
    )
    serve(partial(create_app, settings), arguments.port, threads=2)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local.eventarc", description=__doc__)
    add = parser.add_argument
    add("--port", type=int, required=True)
    add("--folder", type=Path, required=True, help="holds the queue and the dead letters")
    add("--storage-folder", type=Path, required=True, help="the folder of local.storage")
    add("--triggers", type=Path, required=True, help="JSON: a list of name, type, bucket, ...")
    add("--first-retry-seconds", type=float, default=10.0, help="doubles from retry to retry")
    add("--max-attempts", type=int, default=20)
    add("--ack-deadline-seconds", type=float, default=60.0, help="how long an answer may take")
    return parser


if __name__ == "__main__":
    main()
