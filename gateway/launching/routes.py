"""/predict and /model-registry: launch a job, and answer with the id of its execution."""

import logging
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, Response, jsonify, url_for

from gateway.auth.authorization import Permission, requires
from gateway.context import clients
from gateway.http.openapi_operation import operation
from gateway.http.parameters import parameters, with_idempotency_key
from gateway.launching.launch_from_parameters import launch_or_check, launch_scan
from gateway.launching.launch_request import LaunchRequest
from gateway.launching.launcher import Launch
from gateway.launching.parameter_docs import (
    IDEMPOTENCY_HEADERS,
    SCAN_PARAMETERS,
    prediction_parameters,
)
from gateway.preflight.report import Report

log = logging.getLogger(__name__)
routes = Blueprint("launching", __name__)

_LISTS = frozenset({"key_columns"})


@routes.route("/predict", methods=["GET", "POST"])
@requires(Permission.LAUNCH)
@operation(
    responses={HTTPStatus.ACCEPTED: "Launch", HTTPStatus.OK: "Report"},
    parameters=[*prediction_parameters(), *IDEMPOTENCY_HEADERS],
    request_body="Prediction",
    errors=[HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY],
)
def predict() -> tuple[Response, HTTPStatus]:
    """Launch a prediction."""
    raw = with_idempotency_key(parameters(_LISTS))
    launch_request, answer = launch_or_check(raw, now=datetime.now(UTC))
    if isinstance(answer, Report):
        return jsonify(answer.to_json()), HTTPStatus.OK
    return _accepted(answer, launch_request)


@routes.route("/model-registry", methods=["GET", "POST"])
@requires(Permission.LAUNCH)
@operation(
    responses={HTTPStatus.ACCEPTED: "Launch"},
    parameters=[*SCAN_PARAMETERS, *IDEMPOTENCY_HEADERS],
    request_body="Scan",
    errors=[HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY],
)
def model_registry() -> tuple[Response, HTTPStatus]:
    """Launch the scan that makes the registry equal to the bucket."""
    launch_request, launch = launch_scan(with_idempotency_key(parameters()), now=datetime.now(UTC))
    return _accepted(launch, launch_request)


def _accepted(launch: Launch, launch_request: LaunchRequest) -> tuple[Response, HTTPStatus]:
    job = "registry scan" if launch_request.is_scan else "prediction"
    verb = "launched" if launch.is_new else "found again"
    log.info("%s %s for run %s", verb, launch.execution_id, launch.run_id)
    response = jsonify(
        status="accepted",
        message=f"{job} {verb}{_duplicate_notice(launch, launch_request)}",
        execution_id=launch.execution_id,
        run_id=launch.run_id,
        launched=launch.is_new,
        status_url=url_for("executions.execution_status", execution_id=launch.execution_id),
    )
    return response, HTTPStatus.ACCEPTED


def _duplicate_notice(launch: Launch, launch_request: LaunchRequest) -> str:
    if launch.is_new or not launch_request.is_duplicate:
        return ""
    seconds = clients().settings.deduplication_seconds
    return (
        f": the same request was made within {seconds} s. To launch another, send an "
        "Idempotency-Key of its own"
    )
