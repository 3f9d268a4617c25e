"""The gateway for notebooks: a table is scored, and the caller waits for it.

The same line works on Google Cloud and on the local cloud; GATEWAY_URL says where the gateway is.
"""

from typing import Any

from mlsys.gateway_client import GatewayClient
from mlsys.session import session
from shared.errors import Transient


def predict(
    model_name: str,
    input_table: str,
    output_table: str,
    model_version: str = "latest",
    *,
    wait_seconds: float = 3600,
    **parameters: Any,
) -> dict[str, Any]:
    """Score a table with a registered model into another table, and wait until the rows are there.

    Args:
        model_name: e.g. "titanic-survival".
        input_table: `dataset.table` or `project.dataset.table`.
        output_table: likewise; created when it does not exist.
        model_version: v1, v2, …, an alias such as "champion", or "latest".
        wait_seconds: how long to wait; the prediction goes on all the same.
        parameters: further ones of `docs/reference/prediction-parameters.md`, and tasks, max_bytes
            and dry_run.

    Returns:
        What was committed, as in `prediction_runs`: run_id, rows, seconds, …; with dry_run, what
        would be read, written and paid.

    Raises:
        InvalidArgument, NotFound, PermissionDenied, Conflict: as the gateway answers.
        FailedPrecondition: when the prediction cannot succeed, and why.
        Transient: when the gateway is away, or the prediction is not over in time.
    """
    settings = session().settings
    gateway = GatewayClient.of(settings)
    asked = {
        "env": settings.environment,
        "model_name": model_name,
        "model_version": model_version,
        "input_table": input_table,
        "output_table": output_table,
        **parameters,
    }
    launched = gateway.predict(asked)
    if "status_url" not in launched:
        return launched
    for status in gateway.statuses(launched, wait_seconds):
        if status["state"] == "SUCCEEDED":
            return dict(status["outcome"])
    raise Transient(
        f"{launched['execution_id']} is not over after {wait_seconds:g} s: it goes on, and "
        f"run_id={launched['run_id']!r} gives its outcome later"
    )
