"""Finds what GitHub would only say at run time, or never: a job that reads what it does not need.

`needs.build.outputs.digest` in a job without `needs: build` is an empty string, and the step that
it guards is skipped in silence.
"""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

_READS = re.compile(r"\bneeds\.([\w-]+)(?:\.outputs\.([\w-]+))?")

_ON = True  # what YAML 1.1 makes of a workflow's `on`


def findings(path: Path) -> Iterator[str]:
    """One sentence for each read of a job that is not needed, or of an output that is not there."""
    jobs = _load(path).get("jobs", {})
    for name, job in jobs.items():
        needs = job.get("needs", [])
        needed = {needs} if isinstance(needs, str) else set(needs)
        for each in sorted(needed - jobs.keys()):
            yield f"{path}: job {name} needs {each}, which is no job"
        for read, output in sorted(set(_reads(job))):
            if read not in needed:
                yield f"{path}: job {name} reads needs.{read} and does not need {read}"
            elif output and output not in _outputs(path, jobs.get(read, {})):
                yield f"{path}: job {name} reads {output} of {read}, which has no such output"


def _load(path: Path) -> Mapping[Any, Any]:
    loaded: Mapping[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


def _reads(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield from _READS.findall(value)
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _reads(each)


def _outputs(path: Path, job: Mapping[str, Any]) -> set[str]:
    """The outputs of a job; of one that calls a workflow beside this one, that workflow's."""
    if "uses" not in job:
        return set(job.get("outputs", {}))
    triggers = _load(path.parent / Path(job["uses"]).name)[_ON]
    return set(triggers["workflow_call"].get("outputs", {}))


def _main(paths: Sequence[str]) -> int:
    found = [finding for path in paths for finding in findings(Path(path))]
    print(*found, sep="\n", end="\n" if found else "")  # noqa: T201  # the linter's output
    return min(len(found), 1)


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
