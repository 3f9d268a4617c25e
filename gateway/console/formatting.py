"""Template filters that format numbers, sizes, durations and times. Pure."""

from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup

_KIBI = 1024
_MINUTE = 60
_UNKNOWN = Markup('<span class="quiet" aria-label="unknown">&ndash;</span>')


def number(value: Any) -> str | Markup:
    """A count with thousands separators: 1,234."""
    return f"{value:,}" if isinstance(value, int | float) else _UNKNOWN


def size(value: Any) -> str | Markup:
    """A size in bytes: 512 B, 1.4 MiB."""
    if not isinstance(value, int | float):
        return _UNKNOWN
    if value < _KIBI:
        return f"{value:,} B"
    for unit in ("KiB", "MiB", "GiB"):
        value /= _KIBI
        if value < _KIBI:
            return f"{value:.1f} {unit}"
    return f"{value / _KIBI:,.1f} TiB"


def duration(seconds: Any) -> str | Markup:
    """A duration: 4.2 s, 3 min 12 s, 1 h 04 min."""
    if not isinstance(seconds, int | float):
        return _UNKNOWN
    if round(seconds, 1) < _MINUTE:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), _MINUTE)
    if minutes < _MINUTE:
        return f"{minutes} min {rest:02} s"
    return f"{minutes // _MINUTE} h {minutes % _MINUTE:02} min"


def seconds_between(start: str | None, end: str | None) -> float | None:
    """The seconds from one RFC 3339 time to another."""
    if not start or not end:
        return None
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()


def when(value: Any) -> str | Markup:
    """A time in UTC; the script replaces it by the reader's zone and language."""
    try:
        time = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return _UNKNOWN
    utc = time.astimezone(UTC)
    return Markup('<time datetime="{}" class="nowrap">{}</time>').format(
        utc.isoformat(), f"{utc.day} {utc:%b %Y, %H:%M} UTC"
    )


FILTERS = {"number": number, "size": size, "duration": duration, "when": when}
