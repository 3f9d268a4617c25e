"""Options of a launch: parameters of /predict that are not part of the prediction. Pure.

They do not change the rows that are written, so a run's identity does not depend on them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from shared.errors import InvalidArgument
from shared.request.parameters import parameter

# A read session has at most 1,000 streams, and a task without a stream has nothing to do.
MAX_TASKS = 1_000
# More bytes than any BigQuery table has.
_MAX_BYTES = 10**18
_UNSET: Mapping[str, Sequence[str | None]] = {"dry_run": (None,)}


def _number(name: str, raw: Any, maximum: int, reason: str) -> int:
    text = str(raw)
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(maximum))
    if is_number and 1 <= int(text) <= maximum:
        return int(text)
    raise InvalidArgument(
        f"{name} is {raw!r}: use a number from 1 to {maximum:,}", reason=reason, parameter=name
    )


def _tasks(raw: Any) -> int:
    return _number("tasks", raw, MAX_TASKS, "INVALID_TASKS")


def _bytes(raw: Any) -> int:
    return _number("max_bytes", raw, _MAX_BYTES, "INVALID_MAX_BYTES")


def _boolean(raw: Any) -> bool:
    # A bare `&dry_run` is a flag that is set: to launch is what its writer did not want.
    values = {"": True, "true": True, "1": True, "false": False, "0": False}
    if (text := str(raw).lower()) not in values:
        raise InvalidArgument(
            f"dry_run is {raw!r}: use true or false",
            reason="INVALID_PARAMETERS",
            parameter="dry_run",
        )
    return values[text]


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchOptions:
    """How a prediction is launched, and whether at all."""

    tasks: int | None = parameter(
        f"how many containers share the work, 1 to {MAX_TASKS:,}; default: the job's own number",
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
        _boolean,
    )


def split_options(raw: Mapping[str, Any]) -> tuple[LaunchOptions, dict[str, Any]]:
    """The launch options among the parameters of a request, and the other parameters.

    Raises:
        InvalidArgument: when the value of an option is malformed.
    """
    known = {each.name: each.metadata["value_of"] for each in fields(LaunchOptions)}
    given = {name: raw[name] for name in known if raw.get(name) not in _UNSET.get(name, (None, ""))}
    options = LaunchOptions(**{name: known[name](value) for name, value in given.items()})
    return options, {name: value for name, value in raw.items() if name not in known}
