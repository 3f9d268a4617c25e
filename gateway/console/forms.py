"""The console's forms: check and launch a prediction, cancel an execution."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from gateway.auth.authorization import current_caller
from gateway.auth.permissions import Action, performs
from gateway.console.csrf import require_own_page
from gateway.console.rendering import console, page, to_execution
from gateway.context import clients
from gateway.executions.executions import cancel_execution
from gateway.http.errors import Refusal
from gateway.launching.launcher import Launch
from gateway.launching.launches import launch_or_check
from gateway.models.model_catalog import Registered
from gateway.preflight.report import Report
from shared.errors import Permanent
from shared.registry.models import Status
from shared.request.parameters import Disposition

type Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the form.

    Attributes:
        options: what may be chosen, where that is all there is.
        listed: id of the list of suggestions.
    """

    name: str
    label: str
    hint: str = ""
    example: str = ""
    is_required: bool = False
    options: tuple[str, ...] = ()
    listed: str = ""


WHAT = (
    Field("model_name", "Model", example="titanic-survival", is_required=True, listed="models"),
    Field("model_version", "Version", "A number, an alias, or latest", "latest", True, (), "words"),
    Field(
        "input_table",
        "Input table",
        "dataset.table or project.dataset.table",
        "titanic.passengers",
        True,
    ),
    Field(
        "output_table",
        "Output table",
        "Created when it does not exist",
        "titanic.predictions",
        True,
    ),
)
HOW = (
    Field("write_disposition", "Write", options=tuple(Disposition)),
    Field("key_columns", "Key columns", "By commas; default: every column that is no feature"),
    Field("row_filter", "Row filter", "Only rows that meet it", "Age >= 18 AND Sex = 'male'"),
    Field("as_of", "As of", "The input as it was, up to 7 days ago", "2026-01-31T09:00:00Z"),
    Field("tasks", "Tasks", "How many containers share the work", "4"),
    Field("max_bytes", "Most bytes", "Refuse to read more than this", "1000000000"),
)
_NAMES = tuple(each.name for each in (*WHAT, *HOW))


@console.get("/predict")
def predict() -> Response:
    """The empty form, or what a link has filled in."""
    return _form({name: request.args.get(name, "") for name in _NAMES})


@console.post("/predict")
@performs(Action.LAUNCH)
def check_or_launch() -> AnyResponse:
    """Check what the form asks for; launch it when that was checked before."""
    require_own_page()
    values = {name: request.form.get(name, "").strip() for name in _NAMES}
    run_id = request.form.get("run_id", "")
    try:
        if request.form.get("action") == "launch":
            return _to_run(_predict({**values, "run_id": run_id}))
        answer = _predict({**values, "dry_run": "true"})
    except Permanent as error:
        return _form(values, HTTPStatus.UNPROCESSABLE_ENTITY, problems=_problems(error))
    report = answer.sections if isinstance(answer, Report) else {}
    # The key makes a second click of the button the same launch.
    return _form(values, report=report, run_id=f"console-{uuid4().hex}")


def _predict(raw: Mapping[str, str]) -> Launch | Report:
    given = {"env": clients().settings.environment, **raw}
    return launch_or_check(given, now=datetime.now(UTC))[1]


def _to_run(answer: Launch | Report) -> AnyResponse:
    assert isinstance(answer, Launch)  # noqa: S101  (no dry run was asked for)
    return to_execution(answer.execution_id)


def _problems(error: Permanent) -> list[Row]:
    """Each problem, and the field that it is about, "" where it is about none."""
    if isinstance(error, Refusal):
        return [
            {"parameter": each.parameter, "sentence": each.error.message} for each in error.problems
        ]
    return [{"parameter": error.subjects.get("parameter", ""), "sentence": error.message}]


def _form(
    values: Mapping[str, str],
    code: HTTPStatus = HTTPStatus.OK,
    *,
    report: Mapping[str, Any] | None = None,
    problems: list[Row] | None = None,
    run_id: str = "",
) -> Response:
    models = Registered(clients()).models()
    usable = [model for model in models if model["aliases"]]
    words = {word for model in usable for word in model["aliases"]}
    numbers = {
        version["model_version"]
        for model in usable
        for version in model["versions"]
        if version["status"] != Status.QUARANTINED
    }
    return page(
        "predict.html",
        code,
        what=WHAT,
        how=HOW,
        values=values,
        report=report,
        problems=problems or [],
        faults={each["parameter"]: each["sentence"] for each in problems or []},
        run_id=run_id,
        suggestions={
            "models": [model["name"] for model in usable],
            "words": [*sorted(words), *sorted(numbers, key=lambda word: int(word[1:]))],
        },
        bucket=clients().settings.models_bucket,
    )


@console.post("/executions/<execution_id>/cancel")
@performs(Action.CANCEL)
def cancel(execution_id: str) -> AnyResponse:
    """Cancel an execution, and show its page."""
    require_own_page()
    cancel_execution(execution_id, clients(), caller=current_caller(), now=datetime.now(UTC))
    return to_execution(execution_id)
