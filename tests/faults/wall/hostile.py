"""Files of a model that run any Python in the process that unpickles them, and what came of it."""

import json
import pickle
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyseccomp

from jobs.sandbox.fork_server import ForkServer
from jobs.sandbox.model_session import ModelFailure, ModelSession, SessionLimits
from tests.faults.wall import attack, model

LIMITS = SessionLimits(
    memory_bytes=1 << 28,
    cpu_seconds=1,
    load_seconds=20,
    batch_seconds=20,
    slot_bytes=1 << 20,
)
ROWS = pa.RecordBatch.from_pydict({"x": [0.0, 1.0, 2.0]})
STAGES = ("load", "describe", "check", "prepare", "predict")

_START = """
import json, sys, types
package = sys.modules["tests.faults.wall"] = types.ModuleType("tests.faults.wall")
for name, source in sources.items():
    module = sys.modules[name] = types.ModuleType(name)
    setattr(package, name.rpartition(".")[2], module)
    exec(compile(source, name, "exec"), module.__dict__)
world = types.SimpleNamespace(**json.loads(world))
model = sys.modules["tests.faults.wall.model"].HostileModel(
    lambda: sys.modules[function[0]].__dict__[function[1]](*arguments, world), when
)
"""


def system_calls() -> dict[str, int]:
    """The numbers of the system calls of this machine that libseccomp knows."""
    names: dict[str, int] = {}
    for number in range(600):
        try:
            name = pyseccomp.resolve_syscall(pyseccomp.system_arch(), number)
        except ValueError:
            continue
        names[name.decode()] = number
    return names


class _Program:
    def __init__(self, expression: str):
        self._expression = expression

    def __reduce__(self) -> Any:
        return (eval, (self._expression,))


def program(source: str, **names: Any) -> bytes:
    """A pickle that runs `source` with these names, and is what the source calls `model`."""
    return pickle.dumps(_Program(f"(exec({source!r}, names := {names!r}), names['model'])[1]"))


def hostile_file(
    function: Callable[..., Any],
    arguments: tuple[Any, ...],
    when: str,
    *,
    world: Mapping[str, Any] | None = None,
    modules: Sequence[str] = (),
) -> bytes:
    """A model that calls `function(*arguments, world)` at a stage, in its process.

    The function's module, and those that are named, go with it.
    """
    names = [attack.__name__, model.__name__, *modules, function.__module__]
    return program(
        _START,
        sources={each: Path(str(sys.modules[each].__file__)).read_text() for each in names},
        world=json.dumps(world or {}),
        function=(function.__module__, function.__name__),
        arguments=arguments,
        when=when,
    )


def session_outcome(server: ForkServer, content: bytes, when: str, wall: bytes | None) -> str:
    """What a hostile model says came of its attempt, or how its session ended."""
    try:
        with ModelSession(server, LIMITS, wall=wall, channels=2) as session:
            description = session.load(content)
            if when == "load":
                return (description.features or ("nothing",))[0]
            session.prepare("frame")
            (column, *_) = session.predict(ROWS)
            return str(column[0].as_py())
    except ModelFailure as failure:
        return f"ended: {failure.message}"


def ask_all(session: ModelSession, content: bytes) -> str:
    """Take a model through every stage of a session, and say how it went."""
    try:
        session.load(content)
        checked = session.check(ROWS)
        if checked.raised or checked.problem:
            return f"checked: {checked.raised or checked.problem}"
        session.prepare("frame")
        columns = [session.predict(ROWS) for _ in range(2)]
        return f"answered {len(columns[0])} columns of {len(columns[0][0])} rows"
    except ModelFailure as failure:
        return f"ended: {failure.message}"
