"""The wall's parts, each in a process of its own; tests/faults/wall attacks the whole."""

import multiprocessing
import resource
import signal
import threading
import time
from pathlib import Path

import pytest

from jobs.sandbox.system_calls import compiled_filter
from runtimes.model_process import landlock, wall
from runtimes.model_process.wall import ProcessLimits, WallError

LIMITS = ProcessLimits(memory_bytes=1 << 28, cpu_seconds=5)


def _run(function, arguments, answers):
    try:
        answers.put(function(*arguments))
    except BaseException as error:  # noqa: BLE001  (it is to be reported)
        answers.put(f"{type(error).__name__}: {error}")


def in_a_process(function, *arguments):
    """What a function returns in a process of its own, or its error."""
    context = multiprocessing.get_context("spawn")
    answers = context.SimpleQueue()
    process = context.Process(target=_run, args=[function, arguments, answers])
    process.start()
    answer = answers.get()
    process.join()
    return answer


def status_of_a_wall(system_calls):
    wall.shut_in(system_calls)
    return True


def test_a_wall_is_built():
    assert in_a_process(status_of_a_wall, compiled_filter()) is True


@pytest.mark.parametrize(
    ("system_calls", "sentence"),
    [
        (b"", "WallError: prctl 22: Invalid argument"),
        (bytes(800), "WallError: prctl 22: Invalid argument"),
        # A program that allows everything.
        (b"\x06\0\0\0\0\0\xff\x7f", "WallError: the wall does not hold: it permits a socket"),
    ],
)
def test_a_wall_that_does_not_hold_is_an_error(system_calls, sentence):
    assert in_a_process(status_of_a_wall, system_calls) == sentence


def wall_beside_a_thread(system_calls):
    threading.Thread(target=time.sleep, args=[60], daemon=True).start()
    wall.shut_in(system_calls)


def test_a_thread_that_would_stay_outside_is_an_error():
    answer = in_a_process(wall_beside_a_thread, compiled_filter())
    assert answer == "WallError: a library has started a thread before the wall stood"


def limits_that_are_set(limits):
    wall.limit_process(limits)
    names = ("CORE", "FSIZE", "CPU", "NOFILE", "AS", "NPROC", "MEMLOCK", "MSGQUEUE")
    return {name: resource.getrlimit(getattr(resource, f"RLIMIT_{name}")) for name in names}


def test_limits_are_set_and_cannot_be_raised():
    found = in_a_process(limits_that_are_set, LIMITS)
    for name in ("CORE", "FSIZE", "MEMLOCK", "MSGQUEUE"):
        assert found[name] == (0, 0)
    assert found["CPU"] == (5, 6)
    assert found["NOFILE"] == (256, 256)
    soft, hard = found["AS"]
    assert soft == hard > LIMITS.memory_bytes
    # The system's own threads count too: it has more than the limit, on a desktop.
    assert found["NPROC"][0] > 1024


def limits_below_others(limits):
    for name in ("RLIMIT_CPU", "RLIMIT_NOFILE"):
        resource.setrlimit(getattr(resource, name), (3, 3))
    wall._limit("RLIMIT_NOFILE", 256)
    wall._limit("RLIMIT_CPU", limits.cpu_seconds, limits.cpu_seconds + 1)
    return resource.getrlimit(resource.RLIMIT_NOFILE), resource.getrlimit(resource.RLIMIT_CPU)


def test_a_limit_that_is_lower_already_stays():
    assert in_a_process(limits_below_others, LIMITS) == ((3, 3), (3, 3))


def test_a_limit_that_a_system_lacks_is_left_out():
    wall._limit("RLIMIT_OF_ANOTHER_SYSTEM", 1)


def memory_of(limits, size):
    wall.limit_process(limits)
    return len(bytearray(size))


def test_memory_is_what_comes_on_top():
    assert in_a_process(memory_of, LIMITS, 1 << 27) == 1 << 27
    assert in_a_process(memory_of, LIMITS, 1 << 29) == "MemoryError: "


def capabilities_after_dropping():
    wall._drop_capabilities()
    lines = Path("/proc/self/status").read_text().splitlines()
    return {line.partition(":")[2].strip() for line in lines if line.startswith(("CapP", "CapE"))}


def test_capabilities_are_dropped():
    assert in_a_process(capabilities_after_dropping) == {"0" * 16}


def fail():
    raise OSError


def test_memory_is_hidden():
    assert in_a_process(dumpable_flags) == (1, 0)


def dumpable_flags():
    libc = wall.ctypes.CDLL(None)
    before = libc.prctl(3)  # PR_GET_DUMPABLE
    wall.hide_memory()
    return before, libc.prctl(3)


def signal_at_the_parent_s_death():
    wall.end_with_parent()
    number = wall.ctypes.c_int()
    wall.ctypes.CDLL(None).prctl(2, wall.ctypes.byref(number))  # PR_GET_PDEATHSIG
    return number.value


def test_a_process_ends_with_its_parent():
    assert in_a_process(signal_at_the_parent_s_death) == signal.SIGKILL


def test_a_process_offers_itself_when_memory_runs_out(tmp_path):
    wall.offer_to_end_first(str(tmp_path))
    assert (tmp_path / "oom_score_adj").read_text() == "1000"
    wall.offer_to_end_first(str(tmp_path / "missing"))  # no Linux: nobody asks


def test_what_is_not_refused_is_an_error():
    wall._require_refusal("what is refused", fail)
    with pytest.raises(WallError, match="it permits what is not"):
        wall._require_refusal("what is not", lambda: None)


def test_a_system_without_prctl_has_no_wall(monkeypatch):
    monkeypatch.setattr(wall.ctypes, "CDLL", lambda *_, **__: object())
    with pytest.raises(WallError, match="no Linux"):
        wall._control(38, 1)
    wall.hide_memory()
    wall.end_with_parent()


@pytest.mark.parametrize("refused", ["a landlock", "a filter"])
def test_a_refusal_of_the_kernel_is_an_error(refused, monkeypatch):
    def refuse(*_):
        raise OSError(38, "no such call")

    monkeypatch.setattr(wall, "_require_single_thread", lambda: None)
    monkeypatch.setattr(wall, "_drop_capabilities", lambda: None)
    monkeypatch.setattr(wall, "_control", lambda *_: None)
    monkeypatch.setattr(wall, "_filter", refuse if refused == "a filter" else lambda _: None)
    monkeypatch.setattr(
        landlock, "allow_reading_only", refuse if refused == "a landlock" else lambda *_: False
    )
    with pytest.raises(WallError, match=r"the kernel refuses it: .*no such call"):
        wall.shut_in(b"")
