"""Values as the console writes them: numbers, sizes, durations and times. Pure."""

from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup

_KIBI = 1024
_MINUTE = 60
_NOTHING = Markup('<span class="quiet" aria-label="unknown">&ndash;</span>')


def number(value: Any) -> str | Markup:
    """A count with thousands separators: 1,234."""
    return f"{value:,}" if isinstance(value, int | float) else _NOTHING


def size(value: Any) -> str | Markup:
    """A size in bytes: 512 B, 1.4 MiB."""
    if not isinstance(value, int | float):
        return _NOTHING
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
        return _NOTHING
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


def when(moment: Any) -> str | Markup:
    """A time for both kinds of readers; the script writes it in the reader's own way."""
    try:
        time = moment if isinstance(moment, datetime) else datetime.fromisoformat(moment)
    except (TypeError, ValueError):
        return _NOTHING
    exact = time.astimezone(UTC)
    return Markup('<time datetime="{}" class="nowrap">{}</time>').format(
        exact.isoformat(), f"{exact.day} {exact:%b %Y, %H:%M} UTC"
    )


FILTERS = {"number": number, "size": size, "duration": duration, "when": when}
