"""The WSGI application: the API, the clock that it sets, and a door for duplicates.

`POST /_duplicates` with `{"times": 2}` lets each of the next two firings be delivered twice.
"""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import urllib3
from flask import Flask, request

from local.background import start
from local.run.database import Database
from local.run.error_answers import answer_errors
from local.run.formats import whole
from local.scheduler import firings, jobs
from local.scheduler.clock import Clock
from local.scheduler.delivery import Courier, Route
from local.scheduler.jobs import Jobs
from local.scheduler.v1_routes import v1_routes
from local.storage.claim import claim


def create_app(folder: Path, routes: list[Route]) -> Flask:
    """Start the clock, and return the application that sets it."""
    folder.mkdir(parents=True, exist_ok=True)
    app = Flask("local.scheduler", static_folder=None)
    app.extensions["claim"] = claim(folder)  # held while the application lives
    database = Database(folder / "scheduler.db", jobs.SCHEMA + firings.SCHEMA)
    now = partial(datetime.now, UTC)
    kept = Jobs(database)
    kept.skip_missed(now())
    courier = Courier(routes, urllib3.PoolManager(retries=False))
    clock = Clock(database, kept, courier, now)
    app.extensions.update(jobs=kept, clock=clock)
    start(clock.run_forever)
    app.register_blueprint(v1_routes)
    app.add_url_rule("/", view_func=clock.counts)
    app.add_url_rule(
        "/_duplicates", endpoint="duplicate", view_func=partial(duplicate, clock), methods=["POST"]
    )
    answer_errors(app)
    return app


def duplicate(clock: Clock) -> dict[str, int]:
    """Serve the door."""
    times = whole(request.get_json().get("times", 1))
    clock.duplicate(times)
    return {"times": times}
