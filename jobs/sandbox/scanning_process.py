"""The process that scans files: `python -m` this module, with the wall in hexadecimal."""

import json
import os
import sys

from jobs.pickles.allowed_names import default_names
from jobs.pickles.limits import LIMITS
from jobs.pickles.read_facts import read_facts
from jobs.pickles.scan import scan
from jobs.sandbox.scanner import SCAN, SCANNED, Scan, to_json
from runtimes.model_process import frames, wall

_MOST = 200
# A deadline bounds one scan; this bounds a process that is forgotten.
_CPU_SECONDS = 3600


def serve(requests: int, answers: int) -> None:
    """Scan each file that comes until the pipe ends."""
    default_names()
    frames.write_frame(answers, frames.READY)
    while True:
        try:
            _, options = frames.read_frame(requests, {SCAN: LIMITS.upload_bytes + 1})
            _, content = frames.read_frame(requests, {SCAN: 2 * LIMITS.upload_bytes})
        except frames.FrameError:
            return
        answer = to_json(_scan(bytes(content), **json.loads(options)))
        del content
        frames.write_frame(answers, SCANNED, [answer])


def _scan(content: bytes, *, is_strict: bool, allowed_names: list[str]) -> Scan:
    findings: tuple[str, ...] = ()
    if is_strict:
        names = default_names().with_custom(allowed_names)
        findings = scan(content, names).findings
    facts = read_facts(content)
    return Scan(
        findings=tuple(_text(each) for each in findings[:_MOST]),
        protocol=facts.protocol,
        packages=tuple(_text(each) for each in sorted(facts.packages)[:_MOST]),
        alarming=tuple(_text(each) for each in sorted(facts.alarming)[:_MOST]),
        versions={
            library: tuple(sorted(versions)[:_MOST]) for library, versions in facts.versions.items()
        },
        problem=None if facts.problem is None else _text(facts.problem),
    )


def _text(text: str) -> str:
    # A pickle may contain lone surrogates, which UTF-8 cannot encode.
    return text[:2000].encode("utf-8", "replace").decode()


def main() -> None:
    """Build the wall and serve standard input."""
    limits = wall.ProcessLimits(LIMITS.memory_bytes, _CPU_SECONDS)
    wall.limit_process(limits)
    if sys.argv[1]:
        wall.shut_in(bytes.fromhex(sys.argv[1]))
    serve(sys.stdin.fileno(), sys.stdout.fileno())
    os._exit(0)


if __name__ == "__main__":
    main()
