"""The BigQuery emulator, with what it lacks for this project's promises.

`python -m local.bigquery --port N --grpc-port N --project P --folder DIR`

BigQuery runs a job id once. The emulator looks whether an id is taken and then takes it: of two
who submit one job at the same instant both may win, and its rows are there twice. Here they take
turns.

DuckDB looks for extensions in its user's home and, failing that, on the network. The wheels that
carry them are installed beside it, so links are enough; HOME is expected to be the emulator's own.
"""

import argparse
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import Any

import duckdb
from local_bigquery import cli  # type: ignore[import-untyped]  # ships none
from local_bigquery.jobs import runner  # type: ignore[import-untyped]  # ships none

EXTENSIONS = ("ducklake", "httpfs", "icu", "spatial")


def link_extensions(home: Path) -> Path:
    """Let DuckDB find every extension in the given home, and return their folder."""
    version = f"v{duckdb.__version__}"
    folder = home / ".duckdb/extensions" / version / _platform()
    folder.mkdir(parents=True, exist_ok=True)
    for name in EXTENSIONS:
        file = f"{name}.duckdb_extension"
        wheel = files(f"duckdb_extension_{name}")
        _link(folder / file, Path(str(wheel / "extensions" / version / file)))
    return folder


def _platform() -> str:
    with duckdb.connect() as connection:
        ((platform,),) = connection.execute("PRAGMA platform").fetchall()
    return str(platform)


def _link(link: Path, target: Path) -> None:
    link.unlink(missing_ok=True)  # it may lead to an environment that is gone
    link.symlink_to(target)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("local.bigquery")
    parser.add_argument("--port", required=True)
    parser.add_argument("--grpc-port", required=True)
    parser.add_argument("--project", required=True)
    parser.add_argument("--folder", type=Path, required=True)
    return parser.parse_args()


def _submit_in_turns() -> None:
    submit, turn = runner.submit, Lock()

    def submit_in_turn(*arguments: Any, **options: Any) -> Any:
        with turn:
            return submit(*arguments, **options)

    runner.submit = submit_in_turn


def _serve(arguments: argparse.Namespace) -> None:
    ports = ["--port", arguments.port, "--grpc-port", arguments.grpc_port]
    folder = ["--data-dir", str(arguments.folder)]
    cli.main(["--host", "127.0.0.1", *ports, "--project", arguments.project, *folder])


if __name__ == "__main__":
    arguments = _arguments()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    link_extensions(Path.home())
    _submit_in_turns()
    _serve(arguments)
