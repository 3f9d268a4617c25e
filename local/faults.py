"""A door through which tests inject faults into a stand-in.

`POST /_faults` with `{"method": "POST", "path": "regex", "status": 503, "times": 2}` refuses the
next matching requests before anything is done; the regex is searched in path and query. With
`"after": true` they are carried out and the answer is replaced: an answer that got lost.
`DELETE /_faults` clears. Nothing happens unless used.
"""

import re
import threading
from dataclasses import dataclass, field

from flask import Flask, Response, g, request
from werkzeug.exceptions import BadRequest, HTTPException, default_exceptions

_DOOR = "/_faults"


@dataclass(slots=True, kw_only=True)
class Fault:
    """What happens to how many of the next requests; an empty method or path matches all."""

    status: int
    method: str = ""
    path: str = ""
    times: int = 1
    after: bool = False
    pattern: re.Pattern[str] = field(init=False)
    error: HTTPException = field(init=False)

    def __post_init__(self) -> None:
        self.pattern = re.compile(self.path)
        self.error = default_exceptions[self.status]()

    def matches(self, method: str, target: str) -> bool:
        """Tell whether the fault is for this request."""
        return self.method in {"", method} and self.pattern.search(target) is not None


class Faults:
    """The faults that are due; each request takes at most one."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(self) -> tuple[str, int]:
        """Add the fault that the current request describes."""
        try:
            fault = Fault(**request.get_json())
        except (TypeError, KeyError, re.PatternError) as error:
            raise BadRequest(f"Not a fault: {error}") from error
        with self._lock:
            self._faults.append(fault)
        return "", 204

    def clear(self) -> tuple[str, int]:
        """Forget all faults."""
        with self._lock:
            self._faults.clear()
        return "", 204

    def taken(self) -> Fault | None:
        """Return the fault of the current request, which is used up by it."""
        target = request.full_path.removesuffix("?")
        with self._lock:
            for fault in self._faults:
                if fault.times > 0 and fault.matches(request.method, target):
                    fault.times -= 1
                    return fault
        return None


def install(app: Flask) -> None:
    """Open the door. Errors look as the application's error handlers make them look."""
    faults = Faults()

    def refuse() -> None:
        fault = faults.taken() if request.path != _DOOR else None
        if fault and not fault.after:
            raise fault.error
        g.lost_answer = fault.error if fault else None

    def lose(response: Response) -> Response:
        error: HTTPException | None = g.get("lost_answer")
        if error is None:
            return response
        response.close()
        return app.make_response(app.handle_http_exception(error))

    app.add_url_rule(_DOOR, "add_fault", faults.add, methods=["POST"])
    app.add_url_rule(_DOOR, "clear_faults", faults.clear, methods=["DELETE"])
    app.before_request(refuse)
    app.after_request(lose)
