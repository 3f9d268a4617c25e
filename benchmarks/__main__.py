"""`python -m benchmarks`: measures everything side by side, and prints it as tables."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import joblib

from benchmarks.baselines import METHODS
from benchmarks.measurement import Measurement, finish, measure, median, start
from benchmarks.passengers import write_passengers
from benchmarks.peers import PEERS
from benchmarks.pipelines import PIPELINES, trained_pipeline
from benchmarks.report import comparison, heading, table

_ENGINE = "this engine"
_WITHOUT_WALL = "without the wall"
_MB = 1_000_000


class Bench:
    """Measurements over tables and models in one folder."""

    def __init__(self, folder: Path, repetitions: int, peers_python: str):
        """Peers are measured where an interpreter is named whose environment holds them."""
        self._folder = folder
        self.repetitions = repetitions
        self._peers_python = peers_python

    def model(self, name: str) -> Path:
        """The file of one of `PIPELINES`."""
        path = self._folder / f"{name.replace(' ', '-')}.pkl"
        if not path.exists():
            joblib.dump(trained_pipeline(name), path)
        return path

    def passengers(self, rows: int, first: int = 1) -> Path:
        """The file of a table."""
        path = self._folder / f"{rows}-from-{first}.arrows"
        if not path.exists():
            write_passengers(path, rows, first=first)
        return path

    def command(self, method: str, source: Path, model: str) -> list[str]:
        """The command that runs a method in a process of its own."""
        output = self._folder / f"{method.replace(' ', '-')}-{source.stem}.parquet"
        if method in PEERS:
            python, module = self._peers_python, "benchmarks.peers"
        else:
            python, module = sys.executable, "benchmarks.baselines"
        return [python, "-m", module, method, str(source), str(self.model(model)), str(output)]

    def methods(self, rows: int, model: str) -> dict[str, Measurement]:
        """Each method's median; repetitions alternate, so that a busy minute slows all alike."""
        source = self.passengers(rows)
        names = [*METHODS, *(PEERS if self._peers_python else ())]
        commands = {name: self.command(name, source, model) for name in names}
        taken = [{n: measure(c) for n, c in commands.items()} for _ in range(self.repetitions)]
        return {name: median([each[name] for each in taken]) for name in names}

    def two_tasks(self, rows: int, model: str) -> tuple[float, float]:
        """Seconds of one task on one core, and of two tasks on a core each; medians."""
        halves = [self.passengers(rows // 2, 1 + half * (rows // 2)) for half in range(2)]
        alone, together = [], []
        for _ in range(self.repetitions):
            whole = self.command(_ENGINE, self.passengers(rows), model)
            alone.append(measure(whole, cores=[0]))
            tasks = [
                start(self.command(_ENGINE, half, model), cores=[core])
                for core, half in enumerate(halves)
            ]
            together.append(max(map(finish, tasks), key=lambda each: each.work_seconds))
        return median(alone).work_seconds, median(together).work_seconds


def main(arguments: Sequence[str]) -> None:
    """Measure, and print as it is measured."""
    options = _parser().parse_args(arguments)
    rows = 20_000 if options.quick else options.rows
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        repetitions = 1 if options.quick else options.repetitions
        bench = Bench(Path(folder), repetitions, options.peers_python)
        _print(heading())
        for section in options.sections:
            SECTIONS[section](bench, rows)


def _baselines(bench: Bench, rows: int) -> None:
    for model in PIPELINES:
        _print(f"\n### {model}, {rows:,} rows\n")
        methods = bench.methods(rows, model)
        _print(comparison(methods))
        walled, bare = methods[_ENGINE].work_seconds, methods[_WITHOUT_WALL].work_seconds
        _print(f"\nthis engine over the same without the wall: {walled / bare:.2f}")


def _memory(bench: Bench, rows: int) -> None:
    _print("\n### memory by rows, this engine, random forest\n")
    measured = {
        size: measure(bench.command(_ENGINE, bench.passengers(size), "random forest"))
        for size in (0, rows, 10 * rows)
    }
    empty, smallest = measured[0].peak_bytes, measured[rows].peak_bytes
    shown = table(
        ("rows", "work s", "peak MB", "above no rows MB", f"of {rows:,} rows"),
        [
            (
                f"{size:,}",
                f"{m.work_seconds:.2f}",
                f"{m.peak_bytes / _MB:,.0f}",
                f"{(m.peak_bytes - empty) / _MB:,.0f}",
                f"{m.peak_bytes / smallest:.2f}",
            )
            for size, m in measured.items()
        ],
    )
    _print(shown)


def _tasks(bench: Bench, rows: int) -> None:
    _print("\n### two tasks on two cores beside one task on one\n")
    measured = {model: bench.two_tasks(rows, model) for model in PIPELINES}
    shown = table(
        ("model", "one task s", "two tasks s", "ratio"),
        [
            (model, f"{alone:.2f}", f"{together:.2f}", f"{together / alone:.2f}")
            for model, (alone, together) in measured.items()
        ],
    )
    _print(shown)


def _end_to_end(bench: Bench, rows: int) -> None:
    from benchmarks.end_to_end import end_to_end  # noqa: PLC0415  (starts a local cloud)

    _print(f"\n### end to end on the local cloud, {rows:,} rows\n")
    _print(end_to_end(bench, rows))


def _burst(_: Bench, rows: int) -> None:
    from benchmarks.burst import main as burst  # noqa: PLC0415  (starts a local cloud)

    uploads = min(10_000, rows // 20)
    _print(f"\n### {uploads:,} uploads at once, on the local cloud\n")
    if burst(["--uploads", str(uploads)]):
        raise SystemExit("the registry differs from the bucket")


def _gateway(bench: Bench, _rows: int) -> None:
    from benchmarks.gateway import beside_bare_flask  # noqa: PLC0415  (starts servers)

    _print("\n### the gateway beside a bare Flask application\n")
    _print(beside_bare_flask(bench.repetitions))


SECTIONS: dict[str, Callable[[Bench, int], None]] = {
    "baselines": _baselines,
    "memory": _memory,
    "tasks": _tasks,
    "end_to_end": _end_to_end,
    "burst": _burst,
    "gateway": _gateway,
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of a table")
    parser.add_argument("--repetitions", type=int, default=3, help="of which the median is shown")
    parser.add_argument("--quick", action="store_true", help="few rows, once: does it run at all")
    parser.add_argument("--peers_python", default="", help="interpreter that has the peers")
    parser.add_argument(
        "--sections", nargs="+", choices=SECTIONS, default=list(SECTIONS), help="what to measure"
    )
    parser.add_argument("--folder", type=Path, help="where the tables go (2 GB); default: /tmp")
    return parser


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
