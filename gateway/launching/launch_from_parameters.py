"""Launches from raw parameters: a prediction, or a scan of the registry.

Both routes and the console's form use them.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from flask import request

from gateway.context import clients, current_caller
from gateway.executions.open_runs import open_runs
from gateway.http.parameters import require_known_parameters
from gateway.launching.launch_options import split_options
from gateway.launching.launch_request import (
    LaunchRequest,
    prediction_launch,
    scan_launch,
    slot_run_id,
)
from gateway.launching.launcher import Launch, Launcher
from gateway.preflight.preflight import run_preflight
from gateway.preflight.report import Report
from shared.errors import InvalidArgument
from shared.request.prediction_request import PredictionRequest


def launch_or_check(
    raw: Mapping[str, Any], *, now: datetime
) -> tuple[LaunchRequest, Launch | Report]:
    """Launch a prediction; with the option dry_run, only check it.

    Raises:
        MlsysError: when it cannot be launched, with every problem at once.
    """
    options, raw = split_options(raw)
    prediction = PredictionRequest.from_mapping(raw)
    clients().settings.require_own_environment(prediction.env)
    job = clients().settings.predict_job
    launch_request = _with_slot_run_id(
        prediction_launch(prediction, job=job, caller=current_caller(), tasks=options.tasks)
    )
    launcher = Launcher(clients(), nonce=uuid4().hex, now=now)
    if not options.dry_run:
        launch_request = launcher.identified(launch_request)
        if launch := launcher.earlier(launch_request):
            return launch_request, launch
    report = run_preflight(prediction, clients(), max_bytes=options.max_bytes, now=now)
    report.require_no_problem()
    if options.dry_run:
        return launch_request, report
    open_runs().require_free_slot()
    return launch_request, launcher.launch(launch_request)


def launch_scan(raw: Mapping[str, Any], *, now: datetime) -> tuple[LaunchRequest, Launch]:
    """Launch a scan of the registry.

    Raises:
        MlsysError: when it cannot be launched.
    """
    require_known_parameters(raw, {"env", "run_id"})
    if not (environment := raw.get("env")):
        raise InvalidArgument("missing parameter env", reason="INVALID_PARAMETERS")
    settings = clients().settings
    settings.require_own_environment(environment)
    key, job = raw.get("run_id", ""), settings.registry_job
    launch_request = _with_slot_run_id(
        scan_launch(environment, key, job=job, caller=current_caller())
    )
    launcher = Launcher(clients(), nonce=uuid4().hex, now=now)
    launch_request = launcher.identified(launch_request)
    return launch_request, launcher.launch(launch_request)


def _with_slot_run_id(launch_request: LaunchRequest) -> LaunchRequest:
    """The request; one of Cloud Scheduler without a run id gets that of its schedule's slot."""
    slot = request.headers.get("X-CloudScheduler-ScheduleTime")
    if launch_request.run_id or not slot:
        return launch_request
    schedule = request.headers.get("X-CloudScheduler-JobName", "")
    return launch_request.with_run_id(slot_run_id(launch_request, slot, schedule))
