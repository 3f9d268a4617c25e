"""Raw parameters of a prediction → its launch, or a report of what prevents it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from flask import request

from gateway.auth.authorization import current_caller
from gateway.executions.open_runs import open_runs
from gateway.http.context import clients
from gateway.launching.launch_request import LaunchRequest, prediction_launch, slot_run_id
from gateway.launching.launcher import Launch, Launcher
from gateway.launching.options import split_options
from gateway.preflight.preflight import run_preflight
from gateway.preflight.report import Report
from shared.request.prediction import PredictionRequest


def launch_or_check(
    raw: Mapping[str, Any], *, now: datetime
) -> tuple[LaunchRequest, Launch | Report]:
    """Launch what the parameters ask for, or, when they say dry_run, only look at it.

    Raises:
        MlsysError: when it cannot be launched, with every problem at once.
    """
    options, raw = split_options(raw)
    wanted = PredictionRequest.from_mapping(raw)
    clients().settings.require_own_environment(wanted.env)
    job = clients().settings.predict_job
    launch_request = prediction_launch(
        wanted, job=job, caller=current_caller(), tasks=options.tasks
    )
    launch_request = with_slot_run_id(launch_request)
    launcher = Launcher(clients(), nonce=uuid4().hex, now=now)
    if not options.dry_run:
        launch_request = launcher.identified(launch_request)
        if launch := launcher.earlier(launch_request):
            return launch_request, launch
    report = run_preflight(wanted, clients(), max_bytes=options.max_bytes, now=now)
    report.require_no_problem()
    if options.dry_run:
        return launch_request, report
    open_runs().require_free_slot()
    return launch_request, launcher.launch(launch_request)


def with_slot_run_id(launch_request: LaunchRequest) -> LaunchRequest:
    """A request of Cloud Scheduler gets the run id of its slot; any other stays as it is."""
    slot = request.headers.get("X-CloudScheduler-ScheduleTime")
    if launch_request.run_id or not slot:
        return launch_request
    schedule = request.headers.get("X-CloudScheduler-JobName", "")
    return launch_request.under(slot_run_id(launch_request, slot, schedule))
