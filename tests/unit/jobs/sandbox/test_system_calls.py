"""What the compiled filter decides, by running it as the kernel would; without any process."""

import errno
import os
import struct

import pyseccomp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.sandbox import system_calls
from jobs.sandbox.system_calls import (
    ALLOWED,
    CONDITIONS,
    UNKNOWN,
    compile_filter,
    compiled_filter,
    wall_is_possible,
)
from shared.errors import FailedPrecondition

# linux/seccomp.h and linux/audit.h
ALLOW, KILL_PROCESS, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
ARCHITECTURES = {pyseccomp.Arch.X86_64: 0xC000003E, pyseccomp.Arch.AARCH64: 0xC00000B7}
ARCHITECTURE = ARCHITECTURES[pyseccomp.system_arch()]
OTHER_ARCHITECTURE = 0x40000003  # i386
_JUMPS = {0x15: int.__eq__, 0x25: int.__gt__, 0x35: int.__ge__, 0x45: int.__and__}


def decision(program, number, arguments=(), architecture=ARCHITECTURE):
    """What the filter returns for a system call: https://www.kernel.org/doc/html/latest/networking/filter.html"""
    words = [*(each % 2**64 for each in arguments), *[0] * 6][:6]
    call = struct.pack("<iIQ6Q", number, architecture, 0, *words)
    instructions = list(struct.iter_unpack("<HBBI", program))
    accumulator, position = 0, 0
    while True:
        code, true, false, value = instructions[position]
        position += 1
        if code == 0x20:
            (accumulator,) = struct.unpack_from("<I", call, value)
        elif code == 0x54:
            accumulator &= value
        elif code == 0x05:
            position += value
        elif code == 0x06:
            return value
        else:
            position += true if _JUMPS[code](accumulator, value) else false


def number_of(name):
    return pyseccomp.resolve_syscall(pyseccomp.system_arch(), name)


def is_allowed(name, *arguments):
    return decision(compiled_filter(), number_of(name), arguments) == ALLOW


KNOWN = [name for name in sorted(ALLOWED) if number_of(name) >= 0]


@pytest.mark.parametrize("name", KNOWN)
def test_what_is_on_the_list_is_allowed_with_any_argument(name):
    assert is_allowed(name)
    assert is_allowed(name, *[2**64 - 1] * 6)


@pytest.mark.parametrize("name", sorted(UNKNOWN))
def test_what_hides_its_arguments_is_unknown(name):
    assert decision(compiled_filter(), number_of(name)) == ERRNO | errno.ENOSYS


def test_everything_else_is_refused_also_what_a_later_kernel_adds():
    listed = {number_of(name) for name in (*ALLOWED, *CONDITIONS, *UNKNOWN)}
    for number in range(1000):
        if number not in listed:
            assert decision(compiled_filter(), number) == ERRNO | errno.EPERM


def test_nothing_on_the_list_starts_connects_changes_or_signals():
    verbs = ("socket", "connect", "send", "recv", "bind", "fork", "exec", "kill", "ptrace", "mount")
    objects = ("shm", "msg", "sem", "mq_", "io_", "key", "pidfd", "process_", "epoll", "inotify")
    changes = ("set", "ch", "link", "unlink", "rename", "mk", "rm", "trunc", "create", "dup")
    harmless = {"set_robust_list", "set_tid_address"}
    for name in ALLOWED - harmless:
        assert not name.startswith((*verbs, *objects, *changes)), name


@pytest.mark.parametrize("number", [0, 39, 41, 0x40000000, 0x40000027, 2**31 - 1])
def test_a_call_by_another_interface_ends_the_process(number):
    program = compiled_filter()
    assert decision(program, number, architecture=OTHER_ARCHITECTURE) == KILL_PROCESS
    if pyseccomp.system_arch() == pyseccomp.Arch.X86_64:
        x32 = number | 0x40000000
        assert decision(program, x32) == KILL_PROCESS


WRITING = (os.O_WRONLY, os.O_RDWR, os.O_CREAT, os.O_TRUNC, os.O_APPEND, os.O_ACCMODE)


@settings(deadline=None)
@given(st.integers(0, 2**64 - 1))
def test_a_file_is_opened_for_reading_or_not_at_all(flags):
    writes = bool(flags & (os.O_ACCMODE | os.O_CREAT | os.O_TRUNC | os.O_APPEND))
    assert is_allowed("openat", -100, 0, flags) is not writes


@pytest.mark.parametrize("flag", WRITING)
@pytest.mark.parametrize("others", [0, os.O_CLOEXEC, os.O_PATH, os.O_NONBLOCK, 2**64 - 2**32])
def test_no_other_flag_lets_a_writing_one_pass(flag, others):
    assert not is_allowed("openat", -100, 0, flag | others)
    assert is_allowed("openat", -100, 0, others)


THREAD = 0x3D0F00  # what the C library gives for a thread
NAMESPACES = (0x80, 0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000)


def test_a_thread_is_started_and_no_process():
    assert is_allowed("clone", THREAD)
    for flags in (0, 17, 0x100 | 17, 0x4000 | 0x100 | 17, THREAD & ~0x10000):
        assert not is_allowed("clone", flags)


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_no_thread_is_started_in_another_namespace(namespace):
    assert not is_allowed("clone", THREAD | namespace)


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_a_descriptor_is_asked_for_its_flags_and_no_signals_are_ordered(command):
    assert is_allowed("fcntl", 3, command) is (command in {1, 2, 3, 1030})


def test_limits_are_read_and_only_the_own():
    assert is_allowed("prlimit64", 0, 7, 0, 1)
    assert not is_allowed("prlimit64", 0, 7, 1, 0)
    assert not is_allowed("prlimit64", 0, 7, 2**32, 0)
    assert not is_allowed("prlimit64", 1, 7, 0, 1)


def test_a_hole_opens_what_it_is_for_and_nothing_else():
    program = compile_filter(ALLOWED | {"socket", "openat", "clone3"})
    assert decision(program, number_of("socket")) == ALLOW
    assert decision(program, number_of("openat"), [0, 0, os.O_RDWR]) == ALLOW
    assert decision(program, number_of("clone3")) == ALLOW
    assert decision(program, number_of("connect")) == ERRNO | errno.EPERM


def test_names_of_other_architectures_are_left_out():
    assert compile_filter(ALLOWED | {"no_such_call", "mmap2"}) == compile_filter(ALLOWED)


def test_the_filter_is_compiled_once():
    assert compiled_filter() is compiled_filter()
    assert len(compiled_filter()) % 8 == 0


def test_without_the_library_there_is_no_wall(monkeypatch):
    compiled_filter.cache_clear()
    monkeypatch.setitem(system_calls.__dict__, "_library", missing_library)
    assert not wall_is_possible()
    monkeypatch.undo()
    assert wall_is_possible()


def missing_library():
    raise FailedPrecondition("no library", reason="WALL_MISSING")
