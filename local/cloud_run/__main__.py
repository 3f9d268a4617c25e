"""`python -m local.cloud_run --port P --folder DIR --region R --working-directory W`."""

import argparse
import os
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from math import ceil
from pathlib import Path

from flask import Flask

from local.cloud_run.app import create_app
from local.cloud_run.control_plane import ControlPlane
from local.cloud_run.executions import Executions
from local.cloud_run.machine import Logs, Machine
from local.cloud_run.store import Store
from local.serving import lock_folder, serve


def main() -> None:
    """Serve until SIGTERM or SIGINT; tasks that run end then, and begin again at the next start."""
    options = _parser().parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    cleanup = ExitStack()
    serve(
        partial(_open, options, cleanup),
        options.port,
        on_exit=cleanup.close,
        exit_seconds=ceil(options.grace_seconds) + 2,
    )


def _open(options: argparse.Namespace, cleanup: ExitStack) -> Flask:
    # An earlier process may still be stopping its tasks: it is waited for.
    lock = lock_folder(options.folder)
    store = Store(options.folder / "run.db")
    logs = Logs(options.folder / "logs")
    now = partial(datetime.now, UTC)
    machine = Machine(
        working_directory=options.working_directory,
        logs=logs,
        now=now,
        endpoints=dict(options.task_env),
        host=os.environ,
        engine=options.engine,
    )
    executions = Executions(store, machine, now, options.grace_seconds)
    cleanup.callback(executions.close)
    executions.resume()
    plane = ControlPlane(store, executions, now, f"http://127.0.0.1:{options.port}/logs")
    app = create_app(plane, logs, options.region)
    app.extensions["lock"] = lock  # held while the application lives
    return app


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m local.cloud_run", description="Cloud Run Jobs, here."
    )
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True, help="state and logs")
    parser.add_argument("--region", default="europe-west1", help="of v1 requests that name none")
    parser.add_argument("--working-directory", type=Path, default=Path.cwd(), help="of tasks")
    parser.add_argument(
        "--engine", default="", help="run tasks in their images, by podman or docker"
    )
    parser.add_argument("--grace-seconds", type=float, default=10, help="from SIGTERM to SIGKILL")
    parser.add_argument(
        "--task-env", type=_variable, action="append", default=[], metavar="NAME=VALUE"
    )
    return parser


def _variable(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name, value


if __name__ == "__main__":
    main()
