"""A prediction that somebody spells → a report of what stands in its way, or its launch."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from flask import request

from gateway.auth.authorization import current_caller
from gateway.auth.rate_limiter import open_runs
from gateway.http.context import clients
from gateway.launching import launch_request
from gateway.launching.launch_request import Order
from gateway.launching.launcher import Launch, Launcher
from gateway.launching.options import split_options
from gateway.preflight import preflight
from gateway.preflight.report import Report
from shared.request.prediction import PredictionRequest


def predict_spelled(spelled: Mapping[str, Any], *, now: datetime) -> tuple[Order, Launch | Report]:
    """Launch what the parameters ask for, or, when they say dry_run, only look at it.

    Raises:
        MlsysError: when it cannot be launched, with every problem at once.
    """
    options, spelled = split_options(spelled)
    wanted = PredictionRequest.from_mapping(spelled)
    clients().settings.require_own_environment(wanted.env)
    job = clients().settings.predict_job
    order = launch_request.prediction(wanted, job=job, caller=current_caller(), tasks=options.tasks)
    order = in_its_slot(order)
    launcher = Launcher(clients(), nonce=uuid4().hex, now=now)
    if not options.dry_run:
        order = launcher.identified(order)
        if launch := launcher.earlier(order):
            return order, launch
    report = preflight.examine(wanted, clients(), max_bytes=options.max_bytes, now=now)
    report.require_no_problem()
    if options.dry_run:
        return order, report
    open_runs().require_room()
    return order, launcher.launch(order)


def in_its_slot(order: Order) -> Order:
    """The order of Cloud Scheduler under the run id of its slot; any other as it is."""
    slot = request.headers.get("X-CloudScheduler-ScheduleTime")
    if order.run_id or not slot:
        return order
    schedule = request.headers.get("X-CloudScheduler-JobName", "")
    return order.under(launch_request.slot_id(order, slot, schedule))
