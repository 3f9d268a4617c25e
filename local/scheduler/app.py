"""The WSGI application: the API, the clock that it sets, and a route that asks for duplicates.

`POST /_duplicates` with `{"times": 2}` lets each of the next two firings be delivered twice.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import urllib3
from flask import Blueprint, Flask, current_app, request

from local.database import Database
from local.google_json import InvalidArgumentError, answer_errors, integer, timestamp
from local.scheduler import firings, jobs
from local.scheduler.clock import Clock
from local.scheduler.delivery import Dispatcher, Route
from local.scheduler.job import Job, Resource
from local.scheduler.jobs import Jobs
from local.serving import lock_folder, start_thread

v1_routes = Blueprint("v1", __name__, url_prefix="/v1/<path:parent>/jobs")

_JOB = "/<job>"
_now = partial(datetime.now, UTC)


def create_app(folder: Path, routes: list[Route]) -> Flask:
    """Start the clock, and return the application that sets it."""
    folder.mkdir(parents=True, exist_ok=True)
    app = Flask("local.scheduler", static_folder=None)
    app.extensions["lock"] = lock_folder(folder)  # held while the application lives
    database = Database(folder / "scheduler.db", jobs.SCHEMA + firings.SCHEMA)
    now = partial(datetime.now, UTC)
    kept = Jobs(database)
    kept.skip_missed(now())
    dispatcher = Dispatcher(routes, urllib3.PoolManager(retries=False))
    clock = Clock(database, kept, dispatcher, now)
    app.extensions.update(jobs=kept, clock=clock)
    start_thread(clock.run_forever)
    app.register_blueprint(v1_routes)
    app.add_url_rule("/", view_func=clock.counts)
    app.add_url_rule(
        "/_duplicates", endpoint="duplicate", view_func=partial(duplicate, clock), methods=["POST"]
    )
    answer_errors(app)
    return app


def duplicate(clock: Clock) -> dict[str, int]:
    """Serve `POST /_duplicates`."""
    times = integer(request.get_json().get("times", 1))
    clock.duplicate(times)
    return {"times": times}


@v1_routes.post("")
def create_job(parent: str) -> Resource:
    """Serve jobs.create."""
    job = Job.of(request.get_json())
    if not job.name.startswith(f"{parent}/jobs/"):
        raise InvalidArgumentError(f"Job {job.name!r} does not belong to {parent!r}.")
    created = _jobs().create(job.with_fields(userUpdateTime=timestamp(_now())), _now())
    _clock().wake()
    return created.resource


@v1_routes.get("")
def list_jobs(parent: str) -> Resource:
    """Serve jobs.list, in one page."""
    return {"jobs": [job.resource for job in _jobs().within(parent)]}


@v1_routes.get(_JOB)
def get_job(parent: str, job: str) -> Resource:
    """Serve jobs.get."""
    return _jobs().get(f"{parent}/jobs/{job}").resource


@v1_routes.patch(_JOB)
def update_job(parent: str, job: str) -> Resource:
    """Serve jobs.patch; without a mask every field that is sent changes."""
    changes = request.get_json()
    mask = request.args.get("updateMask")
    paths = mask.split(",") if mask else [name for name in changes if name != "name"]
    return _changed(parent, job, lambda kept: kept.changed(changes, paths))


@v1_routes.delete(_JOB)
def delete_job(parent: str, job: str) -> Resource:
    """Serve jobs.delete."""
    _jobs().delete(f"{parent}/jobs/{job}")
    return {}


@v1_routes.post(f"{_JOB}:run")
def run_job(parent: str, job: str) -> Resource:
    """Serve jobs.run: a slot of its own, now."""
    found = _jobs().get(f"{parent}/jobs/{job}")
    _clock().fire(found.name, _now())
    return found.resource


@v1_routes.post(f"{_JOB}:pause")
def pause_job(parent: str, job: str) -> Resource:
    """Serve jobs.pause."""
    return _changed(parent, job, lambda kept: kept.with_fields(state="PAUSED"))


@v1_routes.post(f"{_JOB}:resume")
def resume_job(parent: str, job: str) -> Resource:
    """Serve jobs.resume."""
    return _changed(parent, job, lambda kept: kept.with_fields(state="ENABLED"))


def _changed(parent: str, job: str, change: Callable[[Job], Job]) -> Resource:
    def dated(kept: Job) -> Job:
        return change(kept).with_fields(userUpdateTime=timestamp(_now()))

    changed = _jobs().update(f"{parent}/jobs/{job}", dated, _now())
    _clock().wake()
    return changed.resource


def _jobs() -> Jobs:
    jobs: Jobs = current_app.extensions["jobs"]
    return jobs


def _clock() -> Clock:
    clock: Clock = current_app.extensions["clock"]
    return clock
