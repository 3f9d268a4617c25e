"""Runs a local cloud: in the foreground of a terminal, or for the length of a `with` block."""

import json
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from deployment.definitions import REPOSITORY
from local.cloud import PORT_NAMES, Cloud
from local.home import Home
from local.ports import chosen_ports
from local.services import services
from local.supervisor.processes import Processes, kill_orphans, mark
from local.supervisor.service import Service
from local.supervisor.supervisor import Supervisor
from local.terminal import banner

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class CloudFailedError(Exception):
    """The cloud ended by itself; the message names the service and shows the end of its log."""


@dataclass(frozen=True)
class Blueprint:
    """The local cloud that is wanted.

    Attributes:
        home: The folder of everything that it keeps.
        project: Google Cloud project that it plays.
        region: Region that its jobs and its data are in.
        environment: dev, staging or prod.
        ports: Ports that must be these, by name; the others are any free ones.
        services: What runs in it.
        engine: Runs containers from their images, e.g. podman; empty: they are processes.
    """

    home: Path
    project: str = "mlsys-local"
    region: str = "europe-west1"
    environment: str = "dev"
    ports: Mapping[str, int] = field(default_factory=dict)
    services: Callable[[Cloud], Sequence[Service]] = services
    engine: str = ""


@contextmanager
def running_cloud(
    blueprint: Blueprint, say: Callable[[str], None] = lambda _: None
) -> Iterator[Cloud]:
    """Start a cloud, yield it when all of it is ready, and stop it.

    Raises:
        AlreadyRunningError: when one runs in that home.
        PortTakenError: when a port that the blueprint fixes is not free.
        CloudFailedError: when a service fails, at the start or in the course of the block.
    """
    settled = threading.Event()
    with _assembled(blueprint, say, settled.set) as (cloud, supervisor):
        with _in_background(supervisor, settled):
            yield cloud
        _require_success(supervisor)


def run_until_interrupted(
    blueprint: Blueprint,
    say: Callable[[str], None],
    on_ready: Callable[[], None],
) -> bool:
    """Run a cloud until Ctrl-C, SIGTERM or a hang-up; return whether that is why it ended.

    For a process that does nothing else: its signals stay with the cloud.

    Raises:
        AlreadyRunningError: when one runs in that home.
        PortTakenError: when a port that the blueprint fixes is not free.
    """
    with _assembled(blueprint, say, on_ready) as (_, supervisor):
        _obey_signals(supervisor)
        supervisor.run()
        return supervisor.failure is None


@contextmanager
def _assembled(
    blueprint: Blueprint, say: Callable[[str], None], on_ready: Callable[[], None]
) -> Iterator[tuple[Cloud, Supervisor]]:
    home = Home(blueprint.home.resolve())
    with home.claimed():
        kill_orphans(home.folder)  # of a supervisor that was killed
        cloud = _cloud(blueprint, home)
        home.remember(cloud)
        _lay_out(cloud)
        say(banner(cloud))
        processes = Processes(home.logs, REPOSITORY, mark(home.folder))
        try:
            yield cloud, Supervisor(blueprint.services(cloud), processes, say, on_ready=on_ready)
        finally:
            kill_orphans(home.folder)  # what a service left behind when it ended


def _cloud(blueprint: Blueprint, home: Home) -> Cloud:
    return Cloud(
        home=home.folder,
        project=blueprint.project,
        region=blueprint.region,
        environment=blueprint.environment,
        ports=chosen_ports(PORT_NAMES, home.remembered_ports(), blueprint.ports),
        engine=blueprint.engine,
    )


def _lay_out(cloud: Cloud) -> None:
    for folder in (cloud.gcloud_folder, cloud.user_folder):
        folder.mkdir(parents=True, exist_ok=True)
    cloud.token_file.write_text("local", encoding="utf-8")
    cloud.boto_file.write_text("[GSUtil]\nuse_gcloud_storage = True\n", encoding="utf-8")
    cloud.triggers_file.write_text(json.dumps(cloud.triggers, indent=2), encoding="utf-8")


@contextmanager
def _in_background(supervisor: Supervisor, settled: threading.Event) -> Iterator[None]:
    def run() -> None:
        try:
            supervisor.run()
        finally:
            settled.set()

    # Its children die with the thread that started them, so it lives until the last has ended.
    thread = threading.Thread(target=run, name="local-cloud")
    thread.start()
    try:
        settled.wait()
        _require_success(supervisor)
        yield
    finally:
        supervisor.interrupt()
        thread.join()


def _require_success(supervisor: Supervisor) -> None:
    if supervisor.failure:
        raise CloudFailedError(supervisor.failure)


def _obey_signals(supervisor: Supervisor) -> None:
    def interrupt(_number: int, _frame: FrameType | None) -> None:
        supervisor.interrupt()

    for number in _SIGNALS:
        signal.signal(number, interrupt)
