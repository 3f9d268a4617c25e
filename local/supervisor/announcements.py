"""What the supervisor tells, as lines of text."""

import signal
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from local.supervisor.service import Service

_TAIL_LINES = 12


def healthy_line(service: Service, widths: tuple[int, int]) -> str:
    """Return name, address and purpose in columns of the given widths."""
    name_width, address_width = widths
    line = f"{service.name:<{name_width}}  {service.address:<{address_width}}  {service.purpose}"
    return line.rstrip()


def column_widths(services: Sequence[Service]) -> tuple[int, int]:
    """Return the widths of the longest name and the longest address."""
    return (
        max(len(service.name) for service in services),
        max(len(service.address) for service in services),
    )


def failure_lines(name: str, code: int | None, seconds: float, log: Path) -> list[str]:
    """Return one line that says what happened to the service, and the end of its log."""
    what = f"was not healthy within {seconds:.0f} s" if code is None else f"ended {_how(code)}"
    return [f"{name} {what}; its log is {log}", *(f"    {line}" for line in _tail(log))]


def _how(code: int) -> str:
    if code >= 0:
        return f"with exit code {code}"
    return f"by signal {signal.Signals(-code).name}"


def _tail(log: Path) -> list[str]:
    with log.open(encoding="utf-8", errors="replace") as lines:
        return [line.rstrip() for line in deque(lines, _TAIL_LINES)]
