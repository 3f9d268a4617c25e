"""A prediction that somebody spells → a report of what stands in its way, or its launch."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from flask import request

from gateway import orders, preflight
from gateway.callers import current_caller
from gateway.current import clients
from gateway.launcher import Launch, Launcher
from gateway.options import split_options
from gateway.orders import Order
from gateway.rates import open_runs
from gateway.report import Report
from shared.prediction import PredictionRequest


def predict_spelled(spelled: Mapping[str, Any], *, now: datetime) -> tuple[Order, Launch | Report]:
    """Launch what the parameters ask for, or, when they say dry_run, only look at it.

    Raises:
        MlsysError: when it cannot be launched, with every problem at once.
    """
    options, spelled = split_options(spelled)
    wanted = PredictionRequest.from_mapping(spelled)
    clients().settings.require_own_environment(wanted.env)
    job = clients().settings.predict_job
    order = orders.prediction(wanted, job=job, caller=current_caller(), tasks=options.tasks)
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
    return order.under(orders.slot_id(order, slot, schedule))
