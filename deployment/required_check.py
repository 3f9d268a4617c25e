"""The one required check: whether every job did what it should.

`python -m deployment.required_check [JOB=CONDITION …]` reads GitHub's `needs` as JSON. A job must
have succeeded. One with a condition, the name of an output of any needed job, must have succeeded
where that output is true, and must have been skipped where it is false: GitHub itself calls a
skipped job a success, and so a pipeline can stop deploying without anybody noticing.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def failures(needs: Mapping[str, Any], conditions: Mapping[str, str]) -> Iterator[str]:
    """One sentence for each job that did not do what it should."""
    known = {name: value for job in needs.values() for name, value in job["outputs"].items()}
    for job in sorted(conditions.keys() - needs.keys()):
        yield f"{job} has a condition and is not needed"
    for name, job in needs.items():
        wanted = "success"
        if name in conditions:
            # A job that failed leaves no outputs: then nothing is known to be rightly skipped.
            wanted = "skipped" if known.get(conditions[name]) == "false" else "success"
        if job["result"] != wanted:
            yield f"{name}: {job['result']}, and should be {wanted}"


def _main(arguments: Sequence[str], text: str) -> int:
    conditions = dict(each.split("=", 1) for each in arguments)
    found = list(failures(json.loads(text), conditions))
    sys.stdout.write("".join(f"{each}\n" for each in found))
    return min(len(found), 1)


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:], sys.stdin.read()))
