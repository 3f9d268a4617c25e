"""A model that takes all it can ends its own session, and nothing else."""

import platform
import re
from dataclasses import replace

import pytest

from tests.faults.wall import bombs
from tests.faults.wall.hostile import STAGES
from tests.faults.wall.survivors import PATIENT, SHORT, HostileSessions

BUSY = replace(PATIENT, cpu_seconds=1)
# What the session says in the end, at whatever stage the model did it.
_MEMORY = "[Mm]emory"
_TIME = "1 s of processor time|was killed"
_THREADS = "new thread|too much memory, processor time or threads"
_CRASH = "SIGSEGV"
_GOES_ON = "answered 1 columns of 3 rows"
OUTCOMES = {
    bombs.use_memory_as_bytes: _MEMORY,
    bombs.use_memory_as_one_mapping: _MEMORY,
    bombs.use_memory_as_many_objects: _MEMORY,
    bombs.use_memory_as_one_text: _MEMORY,
    bombs.start_threads: _THREADS,
    bombs.start_threads_with_small_stacks: _THREADS,
    bombs.use_descriptors: "Too many open files",
    bombs.recurse_in_compiled_code: "RecursionError|SIGSEGV",
    bombs.exit_at_once: "with code 3",
    bombs.exit_as_if_all_was_well: "with code 0",
    bombs.abort: f"{_CRASH}|SIGABRT",
    bombs.write_to_no_memory: _CRASH,
    bombs.run_no_instructions: _CRASH,
    bombs.raise_system_exit: "SystemExit: the model wants to end",
    bombs.raise_keyboard_interrupt: "KeyboardInterrupt",
    bombs.raise_an_error_that_raises: "the model raised RaisingError",
    bombs.raise_a_large_error: "the model raised LargeError",
    bombs.raise_a_large_ordinary_error: "LargeOrdinaryError: x{100}",
    bombs.raise_an_error_with_control_characters: r"the model raised ControlError: \[31mred",
    bombs.raise_an_error_without_a_name: "the model raised an error",
    bombs.delete_all_modules: "there is nothing left|KeyError",
    bombs.replace_the_code_around_it: "with code [01]",
    bombs.leave_a_thread_behind: f"{_GOES_ON}|{_THREADS}",
    bombs.leave_an_exit_function_behind: _GOES_ON,
    bombs.collect_no_garbage_and_trace_everything: _GOES_ON,
}
WAITING = {
    bombs.sleep_for_ever: "takes too long",
    bombs.wait_for_ever: "takes too long",
    bombs.end_the_main_thread: "takes too long|code 0",
}
COMPUTING = {
    bombs.compute_for_ever: _TIME,
    bombs.compute_for_ever_in_threads: _TIME,
    bombs.compute_for_ever_in_compiled_code: _TIME,
    bombs.ignore_signals_and_compute: _TIME,
    bombs.raise_an_endless_error: _TIME,
    bombs.recurse: f"{_CRASH}|{_MEMORY}|{_TIME}|SystemError",
}
if platform.machine() == "x86_64":
    OUTCOMES[bombs.start_threads_without_stacks] = _THREADS
    COMPUTING[bombs.start_threads_that_compute] = f"{_THREADS}|{_TIME}"


def require_bounded_end(sessions, bomb, pattern, stages=STAGES):
    for when, outcome in sessions.outcomes(bomb, stages=stages).items():
        assert re.search(pattern, outcome), (when, outcome)
        assert outcome.isprintable()
        assert len(outcome) < 600


def name_of(bomb):
    return bomb.__name__


@pytest.mark.parametrize("bomb", OUTCOMES, ids=name_of)
def test_a_bomb_ends_its_own_session_alone(bomb, server, wall):
    require_bounded_end(HostileSessions(server, wall, PATIENT), bomb, OUTCOMES[bomb])


@pytest.mark.parametrize("bomb", WAITING, ids=name_of)
def test_a_model_that_waits_ends_its_own_session_alone(bomb, server, wall):
    require_bounded_end(HostileSessions(server, wall, SHORT), bomb, WAITING[bomb])


@pytest.mark.parametrize("bomb", COMPUTING, ids=name_of)
def test_a_model_that_computes_for_ever_ends_its_own_session_alone(bomb, server, wall):
    sessions = HostileSessions(server, wall, BUSY)
    require_bounded_end(sessions, bomb, COMPUTING[bomb], stages=["load", "predict"])


def test_the_limit_of_processor_time_is_named(server, wall):
    sessions = HostileSessions(server, wall, BUSY)
    (outcome,) = sessions.outcomes(bombs.compute_for_ever, stages=["load"]).values()
    assert outcome == "ended: the model took more than 1 s of processor time"


def test_who_ignores_the_signal_is_killed(server, wall):
    sessions = HostileSessions(server, wall, BUSY)
    (outcome,) = sessions.outcomes(bombs.ignore_signals_and_compute, stages=["load"]).values()
    assert "was killed" in outcome
