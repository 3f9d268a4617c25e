"""Becomes the BigQuery emulator, after making sure that DuckDB finds its extensions offline.

`python -m local.bigquery --port N --grpc-port N --project P --folder DIR`

DuckDB looks for extensions in its user's home and, failing that, on the network. The wheels that
carry them are installed beside it, so links are enough; HOME is expected to be the emulator's own.
"""

import argparse
import os
from importlib.resources import files
from pathlib import Path

import duckdb

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


def _become_emulator(arguments: argparse.Namespace) -> None:
    command = ["local-bigquery", "--host", "127.0.0.1", "--port", arguments.port]
    command += ["--grpc-port", arguments.grpc_port, "--project", arguments.project]
    command += ["--data-dir", str(arguments.folder)]
    os.execvp(command[0], command)  # noqa: S606  # no shell is wanted


if __name__ == "__main__":
    arguments = _arguments()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    link_extensions(Path.home())
    _become_emulator(arguments)
