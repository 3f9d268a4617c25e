"""What a caller may say of a launch besides the prediction itself. Pure.

However many tasks share a prediction, and whatever it may cost, the same rows are written; so a
run's identity does not depend on these.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from shared.errors import InvalidArgument
from shared.request.parameters import parameter

# A read session has at most so many streams, and a task without one has nothing to do.
MOST_TASKS = 1_000
# More bytes than BigQuery holds of anybody.
_MOST_BYTES = 10**18


def _number(name: str, spelling: Any, most: int, reason: str) -> int:
    text = str(spelling)
    if text.isascii() and text.isdigit() and len(text) <= len(str(most)) and 1 <= int(text) <= most:
        return int(text)
    raise InvalidArgument(
        f"{name} is {spelling!r}: use a number from 1 to {most:,}", reason=reason, parameter=name
    )


def _tasks(spelling: Any) -> int:
    return _number("tasks", spelling, MOST_TASKS, "INVALID_TASKS")


def _bytes(spelling: Any) -> int:
    return _number("max_bytes", spelling, _MOST_BYTES, "INVALID_MAX_BYTES")


def _switch(spelling: Any) -> bool:
    words = {"true": True, "1": True, "false": False, "0": False}
    if (word := str(spelling).lower()) not in words:
        raise InvalidArgument(
            f"dry_run is {spelling!r}: use true or false",
            reason="INVALID_PARAMETERS",
            parameter="dry_run",
        )
    return words[word]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a prediction is launched, and whether at all."""

    tasks: int | None = parameter(
        f"how many containers share the work, 1 to {MOST_TASKS:,}; default: the job's own number",
        None,
        _tasks,
    )
    max_bytes: int | None = parameter(
        "refuse to launch what would read more bytes; default: the deployment's MLSYS_MAX_BYTES",
        None,
        _bytes,
    )
    dry_run: bool = parameter(
        "true: check everything, answer what would be read and written, and launch nothing",
        False,
        _switch,
    )


def split_options(raw: Mapping[str, Any]) -> tuple[Options, dict[str, Any]]:
    """The options among the parameters of a request, and the other parameters.

    Raises:
        InvalidArgument: when one cannot be read.
    """
    known = {each.name: each.metadata["value_of"] for each in fields(Options)}
    given = {name: raw[name] for name in known if raw.get(name) not in (None, "")}
    options = Options(**{name: known[name](spelling) for name, spelling in given.items()})
    return options, {name: value for name, value in raw.items() if name not in known}
