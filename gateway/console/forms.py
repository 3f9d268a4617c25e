"""The console's forms: check and launch a prediction, cancel an execution.

Only the console's own pages may submit them. Browsers send Sec-Fetch-Site, which is right behind a
proxy that renames the host, too; older browsers send the page's origin:
https://developer.mozilla.org/docs/Web/HTTP/Headers/Sec-Fetch-Site
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from gateway.auth.authorization import Permission, requires
from gateway.console.rendering import console, page, to_execution
from gateway.context import clients, current_caller
from gateway.executions.executions import cancel_execution
from gateway.http.errors import Refusal
from gateway.launching.launch_from_parameters import launch_or_check
from gateway.launching.launcher import Launch
from gateway.models.model_catalog import ModelCatalog
from gateway.preflight.report import Report
from shared.errors import Permanent, PermissionDenied
from shared.registry.model_version import Status
from shared.request.parameters import Disposition

type Problem = dict[str, str]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the form.

    Attributes:
        options: the values of a select; an input without them.
        suggestions: id of the datalist of an input.
    """

    name: str
    label: str
    hint: str = ""
    example: str = ""
    is_required: bool = False
    options: tuple[str, ...] = ()
    suggestions: str = ""


REQUIRED_FIELDS = (
    Field(
        "model_name", "Model", example="titanic-survival", is_required=True, suggestions="models"
    ),
    Field(
        "model_version", "Version", "A number, an alias, or latest", "latest", True, (), "versions"
    ),
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
OPTIONAL_FIELDS = (
    Field("write_disposition", "Write", options=tuple(Disposition)),
    Field(
        "key_columns",
        "Key columns",
        "Separated by commas; default: every column that is not a feature",
    ),
    Field(
        "row_filter",
        "Row filter",
        "Score only the rows that meet this condition",
        "Age >= 18 AND Sex = 'male'",
    ),
    Field("as_of", "As of", "The input as it was, up to 7 days ago", "2026-01-31T09:00:00Z"),
    Field("tasks", "Tasks", "How many containers share the work", "4"),
    Field("max_bytes", "Maximum bytes", "Refuse to read more than this", "1000000000"),
)
_NAMES = tuple(each.name for each in (*REQUIRED_FIELDS, *OPTIONAL_FIELDS))


@console.get("/predict")
def predict() -> Response:
    """The form, with the values of the query string."""
    return _form({name: request.args.get(name, "") for name in _NAMES})


@console.post("/predict")
@requires(Permission.LAUNCH)
def check_or_launch() -> AnyResponse:
    """Check the prediction in the form; launch it if the form was checked before."""
    _require_own_page()
    values = {name: request.form.get(name, "").strip() for name in _NAMES}
    run_id = request.form.get("run_id", "")
    try:
        if request.form.get("action") == "launch":
            return _to_execution_of(_predict({**values, "run_id": run_id}))
        checked = _predict({**values, "dry_run": "true"})
    except Permanent as error:
        return _form(values, HTTPStatus.UNPROCESSABLE_ENTITY, problems=_problems(error))
    report = checked.sections if isinstance(checked, Report) else {}
    # The run id makes a second click of the button the same launch.
    return _form(values, report=report, run_id=f"console-{uuid4().hex}")


def _predict(raw: Mapping[str, str]) -> Launch | Report:
    given = {"env": clients().settings.environment, **raw}
    return launch_or_check(given, now=datetime.now(UTC))[1]


def _to_execution_of(answer: Launch | Report) -> AnyResponse:
    assert isinstance(answer, Launch)  # noqa: S101  (without dry_run the prediction is launched)
    return to_execution(answer.execution_id)


def _problems(error: Permanent) -> list[Problem]:
    """The message of each problem, and the parameter that causes it, "" for none."""
    if isinstance(error, Refusal):
        return [
            {"parameter": each.parameter, "message": each.error.message} for each in error.problems
        ]
    return [{"parameter": error.subjects.get("parameter", ""), "message": error.message}]


def _form(
    values: Mapping[str, str],
    code: HTTPStatus = HTTPStatus.OK,
    *,
    report: Mapping[str, Any] | None = None,
    problems: list[Problem] | None = None,
    run_id: str = "",
) -> Response:
    models = ModelCatalog(clients()).models()
    usable = [model for model in models if model["aliases"]]
    aliases = {alias for model in usable for alias in model["aliases"]}
    numbers = {
        version["model_version"]
        for model in usable
        for version in model["versions"]
        if version["status"] != Status.QUARANTINED
    }
    return page(
        "predict.html",
        code,
        required_fields=REQUIRED_FIELDS,
        optional_fields=OPTIONAL_FIELDS,
        values=values,
        report=report,
        problems=problems or [],
        errors={each["parameter"]: each["message"] for each in problems or []},
        run_id=run_id,
        suggestions={
            "models": [model["name"] for model in usable],
            "versions": [*sorted(aliases), *sorted(numbers, key=lambda number: int(number[1:]))],
        },
        bucket=clients().settings.models_bucket,
    )


@console.post("/executions/<execution_id>/cancel")
@requires(Permission.CANCEL)
def cancel(execution_id: str) -> AnyResponse:
    """Cancel an execution, and show its page."""
    _require_own_page()
    cancel_execution(execution_id, clients(), caller=current_caller(), now=datetime.now(UTC))
    return to_execution(execution_id)


def _require_own_page() -> None:
    """Require that a page of the console sent the current form.

    Raises:
        PermissionDenied: when another site's page did, or the browser does not say.
    """
    site = request.headers.get("Sec-Fetch-Site")
    origin = urlsplit(request.headers.get("Origin", "")).netloc
    if not (site == "same-origin" if site else origin == request.host):
        raise PermissionDenied(
            "this form was not sent from the console's own page: open that, and send it there",
            reason="CROSS_SITE",
        )
