"""The local cloud's command line: `python -m local up` and `python -m local env`."""

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path

from local.cloud import PORT_NAMES
from local.home import DEFAULT_HOME, AlreadyRunningError, Home
from local.ports import PortTakenError
from local.running import Blueprint, run_until_interrupted
from local.terminal import complain, env_command, export_lines, say, suggestions

_HIGHEST_PORT = 65535
_ENVIRONMENTS = ("dev", "staging", "prod")


def up(blueprint: Blueprint) -> int:
    """Run a cloud until it is interrupted; return the exit code."""
    began = time.monotonic()

    def tell_ready() -> None:
        say(f"\nready in {time.monotonic() - began:.1f} s\n\n{suggestions(blueprint.home)}")

    try:
        interrupted = run_until_interrupted(blueprint, say, tell_ready)
    except AlreadyRunningError as error:
        return complain(f"{error}; `{env_command(blueprint.home)}` prints how to reach it")
    except PortTakenError as error:
        return complain(str(error))
    say(f"stopped; data kept in {blueprint.home}")
    return 0 if interrupted else 1


def env(home: Path, environment: str | None) -> int:
    """Print what a shell evaluates to reach the running cloud; return the exit code.

    Of another environment, buckets and dataset are named; `python -m local.provision` makes them.
    """
    cloud = Home(home.resolve()).running_cloud()
    if cloud is None:
        return complain(f"no local cloud runs in {home}; `make up` starts one")
    say(export_lines(replace(cloud, environment=environment or cloud.environment).variables))
    return 0


def _blueprint(arguments: argparse.Namespace) -> Blueprint:
    return Blueprint(
        home=arguments.home,
        project=arguments.project,
        region=arguments.region,
        environment=arguments.environment,
        ports=dict(arguments.port),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m local", description="A Google Cloud on a laptop.")
    commands = parser.add_subparsers(required=True)
    starting = commands.add_parser("up", help="run the cloud until Ctrl-C")
    starting.set_defaults(command=lambda arguments: up(_blueprint(arguments)))
    starting.add_argument("--environment", choices=_ENVIRONMENTS, default="dev")
    starting.add_argument("--project", default="mlsys-local")
    starting.add_argument("--region", default="europe-west1")
    starting.add_argument("--port", type=_port, action="append", default=[], metavar="NAME=PORT")
    printing = commands.add_parser("env", help="print export lines for a shell")
    printing.set_defaults(command=lambda arguments: env(arguments.home, arguments.environment))
    printing.add_argument("--environment", choices=_ENVIRONMENTS)
    for command in (starting, printing):
        command.add_argument("--home", type=Path, default=DEFAULT_HOME)
    return parser


def _port(argument: str) -> tuple[str, int]:
    name, _, port = argument.partition("=")
    if name not in PORT_NAMES:
        raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(PORT_NAMES)}")
    if not port.isdecimal() or not 0 < int(port) <= _HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"{port!r} is no port")
    return name, int(port)


if __name__ == "__main__":
    arguments = _parser().parse_args()
    sys.exit(arguments.command(arguments))
