"""Numbers, times and durations as Cloud Run writes and reads them."""

import re
from datetime import datetime

from local.run.errors import InvalidArgumentError

_SECONDS = re.compile(r"\d{1,9}(\.\d{1,9})?")


def present(**fields: object) -> dict[str, object]:
    """Return the fields that have a value: an absent one is not null in Google's JSON."""
    return {name: value for name, value in fields.items() if value is not None}


def whole(value: object) -> int:
    """Return the integer that a JSON number or string stands for.

    Raises:
        InvalidArgumentError: It stands for none.
    """
    try:
        return int(str(value))
    except ValueError as error:
        raise InvalidArgumentError(f"Invalid value, not an integer: {value!r}") from error


def timestamp(moment: datetime | None) -> str | None:
    """Return RFC 3339 in UTC with microseconds: `2026-01-31T12:00:00.000000Z`."""
    if moment is None:
        return None
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def seconds(text: object) -> float:
    """Return the seconds that `600` (v1) or `"600s"` (v2) stands for.

    Raises:
        InvalidArgumentError: It stands for none.
    """
    digits = str(text).removesuffix("s")
    if not _SECONDS.fullmatch(digits):
        raise InvalidArgumentError(f"Illegal duration format; duration must end with 's': {text!r}")
    return float(digits)


def duration(length_seconds: float) -> str:
    """Return protobuf's JSON form: `600s`, `0.5s`."""
    return f"{length_seconds:.9f}".rstrip("0").rstrip(".") + "s"


def elapsed(length_seconds: float) -> str:
    """Return the short form of Cloud Run's messages: `15.95s`, `2m49.01s`, `1h0m3s`."""
    minutes, rest = divmod(round(length_seconds, 2), 60)
    hours, minutes = divmod(int(minutes), 60)
    ending = f"{rest:.2f}".rstrip("0").rstrip(".") + "s"
    if hours:
        return f"{hours}h{minutes}m{ending}"
    return f"{minutes}m{ending}" if minutes else ending
