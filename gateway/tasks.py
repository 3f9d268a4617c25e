"""How many tasks share a prediction: for Cloud Run alone, the job does not take it as an argument.

However many there are, the same rows are written; so a run's identity does not depend on it.
"""

from collections.abc import Mapping
from typing import Any

from shared.errors import InvalidArgument

# A read session has at most so many streams, and a task without one has nothing to do.
_MOST_TASKS = 1_000


def split_tasks(parameters: Mapping[str, Any]) -> tuple[int | None, dict[str, Any]]:
    """The number of tasks that is asked for, None for the job's own, and the other parameters.

    Raises:
        InvalidArgument: when it is no number of tasks.
    """
    rest = dict(parameters)
    given = rest.pop("tasks", None)
    if given in (None, ""):
        return None, rest
    text = str(given)
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= _MOST_TASKS):
        raise InvalidArgument(
            f"tasks is {given!r}: use a number from 1 to {_MOST_TASKS:,}",
            reason="INVALID_TASKS",
        )
    return int(text), rest
