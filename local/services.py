"""The processes that a local cloud consists of, and their environment variables."""

import os
import re
import sys
import tempfile
from pathlib import Path

from deployment.definitions import REPOSITORY
from deployment.images.container_engine import in_image
from local.cloud import SCHEDULER_ENDPOINT, Cloud
from local.supervisor.processes import mark
from local.supervisor.service import Accepts, Answers, Service

# As in the images: the packages are found wherever a command comes from, and logs are prompt.
PYTHON = {"PYTHONPATH": str(REPOSITORY), "PYTHONUNBUFFERED": "1"}


def services(cloud: Cloud) -> tuple[Service, ...]:
    """Return the services of the cloud, each after those that it needs."""
    return (
        _bigquery(cloud),
        _storage(cloud),
        _run(cloud),
        _scheduler(cloud),
        _provision(cloud),
        _register(cloud),
        _eventarc(cloud),
        _gateway(cloud),
    )


def _python(*arguments: object) -> tuple[str, ...]:
    return ("python", "-m", *map(str, arguments))


def _bigquery_check(cloud: Cloud) -> Answers:
    return Answers(f"{cloud.address['bigquery']}/bigquery/v2/projects")


def _storage_check(cloud: Cloud) -> Answers:
    return Answers(f"{cloud.address['storage']}/storage/v1/b?project={cloud.project}")


def _run_check(cloud: Cloud) -> Answers:
    return Answers(cloud.address["run"])


def _scheduler_check(cloud: Cloud) -> Answers:
    return Answers(cloud.address["scheduler"])


def _bigquery(cloud: Cloud) -> Service:
    port, grpc_port = cloud.ports["bigquery"], cloud.ports["bigquery-storage"]
    ports = ("--port", port, "--grpc-port", grpc_port)
    folder = cloud.home / "bigquery"
    return Service(
        name="bigquery",
        purpose="BigQuery: tables and queries, on DuckDB",
        command=_python(
            "local.bigquery", *ports, "--project", cloud.project, "--folder", folder / "tables"
        ),
        environment={
            **process_environment(folder),
            "STORAGE_EMULATOR_HOST": cloud.address["storage"],
        },
        health=_bigquery_check(cloud),
        address=cloud.address["bigquery"],
    )


def _storage(cloud: Cloud) -> Service:
    folder = cloud.home / "storage"
    return Service(
        name="storage",
        purpose="Cloud Storage: buckets, generations, events",
        command=_python("local.storage", "--port", cloud.ports["storage"], "--folder", folder),
        environment=process_environment(cloud.user_folder),
        health=_storage_check(cloud),
        address=cloud.address["storage"],
    )


def _run(cloud: Cloud) -> Service:
    # An image knows where its packages are.
    python = {} if cloud.engine else PYTHON
    task_environment = {**python, **cloud.endpoints, **cloud.runtimes, **mark(cloud.home)}
    return Service(
        name="run",
        purpose=f"Cloud Run Jobs: executions, as {'containers' if cloud.engine else 'processes'}",
        command=_python(
            *("local.cloud_run", "--port", cloud.ports["run"], "--folder", cloud.home / "run"),
            *("--region", cloud.region, "--working-directory", REPOSITORY, "--grace-seconds", 3),
            *(f"--task-env={name}={value}" for name, value in task_environment.items()),
            *((f"--engine={cloud.engine}",) if cloud.engine else ()),
        ),
        environment=starting_environment(cloud),
        health=_run_check(cloud),
        address=cloud.address["run"],
    )


def _scheduler(cloud: Cloud) -> Service:
    gateway = re.escape(cloud.definitions.services["gateway"].name)
    routes = {
        r"https://([a-z0-9-]+-)?run\.googleapis\.com": cloud.address["run"],
        rf"https://{gateway}-[a-z0-9.-]+\.run\.app": cloud.address["gateway"],
    }
    return Service(
        name="scheduler",
        purpose="Cloud Scheduler: calls what is due, at least once",
        command=_python(
            *("local.scheduler", "--port", cloud.ports["scheduler"]),
            *("--folder", cloud.home / "scheduler"),
            *(f"--route={pattern}={url}" for pattern, url in routes.items()),
        ),
        environment=process_environment(cloud.user_folder),
        health=_scheduler_check(cloud),
        address=cloud.address["scheduler"],
    )


def _provision(cloud: Cloud) -> Service:
    return Service(
        name="provision",
        purpose="buckets, tables, views, jobs and schedules are as terraform/ defines them",
        command=_python(
            "local.provision",
            _bigquery_check(cloud).url,
            _storage_check(cloud).url,
            _run_check(cloud).url,
            _scheduler_check(cloud).url,
        ),
        environment={
            **container_environment(cloud),
            SCHEDULER_ENDPOINT: cloud.variables[SCHEDULER_ENDPOINT],
        },
        announced_after=("bigquery", "storage", "run", "scheduler"),
    )


def _register(cloud: Cloud) -> Service:
    return _cloud_run_service(
        cloud, "register", "registers what is dropped into the models bucket", None
    )


def _gateway(cloud: Cloud) -> Service:
    return _cloud_run_service(cloud, "gateway", "predictions, models, executions", "/health")


def _cloud_run_service(cloud: Cloud, name: str, purpose: str, health_path: str | None) -> Service:
    definition = cloud.definitions.services[name]
    port, address = cloud.ports[name], cloud.address[name]
    own = {**cloud.container_variables, "HOST": "127.0.0.1", "PORT": str(port)}
    names = (*own, *mark(cloud.home))
    return Service(
        name=name,
        purpose=purpose,
        command=in_image(cloud.engine, definition.image, definition.command, names)
        if cloud.engine
        else definition.command,
        environment=starting_environment(cloud) | own,
        health=Answers(f"{address}{health_path}") if health_path else Accepts(port),
        address=address,
        announced_after=("provision",),
    )


def _eventarc(cloud: Cloud) -> Service:
    delivery = cloud.definitions.delivery
    return Service(
        name="eventarc",
        purpose="Eventarc: delivers storage's events to register",
        command=_python(
            *("local.eventarc", "--port", cloud.ports["eventarc"]),
            *("--folder", cloud.home / "eventarc", "--storage-folder", cloud.home / "storage"),
            *("--triggers", cloud.triggers_file, "--max-attempts", delivery.max_attempts),
            *("--ack-deadline-seconds", delivery.ack_deadline_seconds),
            *("--first-retry-seconds", 1),  # a person waits here
        ),
        environment=process_environment(cloud.user_folder),
        health=Answers(cloud.address["eventarc"]),
        address=cloud.address["eventarc"],
        depends_on=("storage",),
    )


def process_environment(home: Path) -> dict[str, str]:
    """Return the environment of a process with this home folder; nothing is inherited."""
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TMPDIR": tempfile.gettempdir(),
        **PYTHON,
    }


def starting_environment(cloud: Cloud) -> dict[str, str]:
    """What starts containers: an engine needs its user's environment, a process a clean one."""
    clean = process_environment(cloud.user_folder)
    return {**clean, **os.environ, "PATH": clean["PATH"], **PYTHON} if cloud.engine else clean


def container_environment(cloud: Cloud) -> dict[str, str]:
    """Return the environment of a process that plays a container."""
    return {**process_environment(cloud.user_folder), **cloud.container_variables}
