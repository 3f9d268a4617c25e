"""The button that ends an execution."""

from http import HTTPStatus

from flask import redirect, url_for
from werkzeug.wrappers import Response

from gateway.actions import Action, performs
from gateway.console.origin import require_own_page
from gateway.console.rendering import console
from gateway.following import end


@console.post("/executions/<execution_id>/cancel")
@performs(Action.CANCEL)
def cancel(execution_id: str) -> Response:
    """End an execution, and show what became of it."""
    require_own_page()
    end(execution_id)
    url = url_for("console.execution", execution_id=execution_id)
    return redirect(url, HTTPStatus.SEE_OTHER)
