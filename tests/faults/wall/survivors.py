"""What must go on while hostile models do their worst: honest sessions, and the fork server."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from jobs.sandbox.fork_server import ForkServer
from jobs.sandbox.model_session import ModelSession, SessionLimits
from tests.faults.wall.hostile import LIMITS, ROWS, STAGES, ask_all, hostile_file, program

# Of no library, so that every runtime has it.
HONEST = program("""
import numpy

class Honest:
    n_features_in_ = 1
    feature_names_in_ = ["x"]

    def predict(self, rows):
        return 2 * numpy.asarray(rows)[:, 0] + 1

model = Honest()
""")
# Short, because many hostile models wait until their time is over.
SHORT = replace(LIMITS, load_seconds=2, batch_seconds=2)
PATIENT = replace(LIMITS, cpu_seconds=60, load_seconds=60, batch_seconds=60)


def process_number(session: ModelSession) -> int:
    """The number of a session's process."""
    number = session._process._number
    assert number
    return number


def honest_session(server: ForkServer, wall: bytes | None) -> ModelSession:
    """A session with a model that is ready to predict 2x + 1."""
    session = ModelSession(server, PATIENT, wall=wall, channels=2)
    session.load(HONEST)
    session.prepare("frame")
    return session


def require_honest_answer(session: ModelSession) -> None:
    """Require that an honest model answers as it should."""
    (column,) = session.predict(ROWS)
    assert column.to_pylist() == [1.0, 3.0, 5.0]


class HostileSessions:
    """Sessions with hostile models, all at a time, beside an honest one that goes on."""

    def __init__(self, server: ForkServer, wall: bytes | None, limits: SessionLimits = SHORT):
        self._server = server
        self._wall = wall
        self._limits = limits

    def outcomes(self, function, *arguments, stages=STAGES, modules=()) -> dict[str, str]:
        """How each of the sessions ended in which `function` ran, by its stage."""
        files = {when: hostile_file(function, arguments, when, modules=modules) for when in stages}
        with honest_session(self._server, self._wall) as honest, ThreadPoolExecutor(8) as threads:
            futures = {when: threads.submit(self._outcome, file) for when, file in files.items()}
            while not all(future.done() for future in futures.values()):
                require_honest_answer(honest)
                threading.Event().wait(0.02)
            require_honest_answer(honest)
        with honest_session(self._server, self._wall) as honest:
            require_honest_answer(honest)
        return {when: future.result() for when, future in futures.items()}

    def _outcome(self, content: bytes) -> str:
        with ModelSession(self._server, self._limits, wall=self._wall, channels=2) as session:
            number = process_number(session)
            outcome = ask_all(session, content)
        assert not Path(f"/proc/{number}").exists()
        return outcome
