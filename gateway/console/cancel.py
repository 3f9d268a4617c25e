"""The button that ends an execution."""

from werkzeug.wrappers import Response

from gateway.auth.permissions import Action, performs
from gateway.console.csrf import require_own_page
from gateway.console.rendering import console, to_execution
from gateway.executions.following import end


@console.post("/executions/<execution_id>/cancel")
@performs(Action.CANCEL)
def cancel(execution_id: str) -> Response:
    """End an execution, and show what became of it."""
    require_own_page()
    end(execution_id)
    return to_execution(execution_id)
