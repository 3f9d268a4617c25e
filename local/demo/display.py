"""What the demo shows: steps with their time, tables, and an execution's progress."""

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

console = Console(highlight=False)

# Both fit a terminal of 80 columns.
_LINE_WIDTH = 54
_CELL_WIDTH = 34


@contextmanager
def step(title: str, timings: dict[str, float]) -> Iterator[None]:
    """Announce a step, and note how many seconds it took."""
    console.print(f"\n[bold cyan]{len(timings) + 1}. {title}[/]")
    began = time.monotonic()
    yield
    timings[title] = time.monotonic() - began


def show_record(record: Mapping[str, Any]) -> None:
    """One row, a line a field."""
    table = Table(show_header=False, box=None, padding=(0, 2))
    for name, value in record.items():
        table.add_row(f"[dim]{name}[/]", _shortened(value, _LINE_WIDTH))
    console.print(table)


def show_rows(rows: Iterable[Mapping[str, Any]]) -> None:
    """Rows under the names of their columns."""
    table = Table(box=None, header_style="bold", padding=(0, 1))
    for number, row in enumerate(rows):
        if number == 0:
            for name in row:
                table.add_column(name, no_wrap=True)
        table.add_row(*(_shortened(value, _CELL_WIDTH) for value in row.values()))
    console.print(table)


def show_timings(timings: Mapping[str, float]) -> None:
    """What each step took, and all of them."""
    table = Table(box=None, show_header=False, padding=(0, 2))
    for title, seconds in timings.items():
        table.add_row(title, f"{seconds:6.1f} s")
    table.add_row("[bold]all of it[/]", f"[bold]{sum(timings.values()):6.1f} s[/]")
    console.print(table)


def follow(statuses: Iterable[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Show an execution's progress until its last status, which is returned."""
    columns = (
        TextColumn("   {task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("tasks"),
        TimeElapsedColumn(),
    )
    last: Mapping[str, Any] = {}
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("QUEUED", total=None)
        for last in statuses:
            tasks = last["tasks"]
            progress.update(
                bar, description=last["state"], completed=tasks["succeeded"], total=tasks["total"]
            )
    return last


def _shortened(value: Any, width: int) -> str:
    text = f"{value:.4f}" if isinstance(value, float) else str(value)
    return text if len(text) <= width else f"{text[: width - 1]}…"
