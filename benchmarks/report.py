"""Tables of measurements, in Markdown that a terminal shows as well."""

import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from benchmarks.measurement import Measurement

_MB = 1_000_000
_HEADINGS = ("method", "work s", "with start-up s", "rows/s", "of floor", "of legacy", "peak MB")


def heading() -> str:
    """When and where this was measured, and how busy the machine was before."""
    load = os.getloadavg()[0]
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {platform.machine()}, "
        f"{os.process_cpu_count()} cores, Python {platform.python_version()}, load {load:.2f}"
    )


def comparison(measured: Mapping[str, Measurement]) -> str:
    """The methods side by side; the ratios are of work alone, and above 1 is slower."""
    floors = [m.work_seconds for name, m in measured.items() if name.startswith("floor")]
    legacy = measured["legacy"].work_seconds
    return table(
        _HEADINGS,
        [
            (
                name,
                f"{each.work_seconds:.2f}",
                f"{each.whole_seconds:.2f}",
                f"{each.rows / each.work_seconds:,.0f}",
                f"{each.work_seconds / min(floors):.2f}" if floors else "",
                f"{each.work_seconds / legacy:.2f}",
                f"{each.peak_bytes / _MB:,.0f}",
            )
            for name, each in measured.items()
        ],
    )


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table, aligned: the first column to the left, numbers to the right."""
    rows = list(rows)
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    rule = [
        f"{'-' * (width - 1)}{'-' if column == 0 else ':'}" for column, width in enumerate(widths)
    ]
    return "\n".join(_line(cells, widths) for cells in (headings, rule, *rows))


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(cells, widths, strict=True)
    left = first[0].ljust(first[1])
    return " | ".join(["| " + left, *(cell.rjust(width) for cell, width in others)]) + " |"
