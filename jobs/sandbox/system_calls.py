"""The system calls that a model's process may make, as a filter that the kernel runs.

Everything that is not listed is refused with EPERM, also what a later kernel adds. libseccomp
compiles the filter here; the process itself only hands it to the kernel, so no runtime needs the
library.
"""

import errno
import os
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from shared.errors import FailedPrecondition

if TYPE_CHECKING:
    import pyseccomp

# Each works on what the process has already, or asks about the process itself.
ALLOWED = frozenset(
    {
        # Reading what is open, and answering through the channels, the only descriptors to write.
        *("read", "readv", "pread64", "preadv", "write", "writev", "close", "lseek"),
        *("poll", "ppoll", "select", "pselect6"),
        # Looking at files; Landlock decides which it reads, not which it may ask the size of.
        *("stat", "lstat", "fstat", "newfstatat", "fstatat64", "statx", "access", "faccessat"),
        *("faccessat2", "readlink", "readlinkat", "getdents64", "getcwd", "fstatfs", "statfs"),
        # Memory.
        *("brk", "mmap", "munmap", "mprotect", "mremap", "madvise"),
        # Threads.
        *("futex", "futex_waitv", "set_robust_list", "get_robust_list", "rseq", "set_tid_address"),
        *("sched_yield", "sched_getaffinity", "getcpu", "exit", "exit_group", "restart_syscall"),
        # Its own signal handlers.
        *("rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack"),
        # Time and facts.
        *("clock_gettime", "clock_getres", "clock_nanosleep", "nanosleep", "gettimeofday", "time"),
        *("getpid", "gettid", "getppid", "getuid", "geteuid", "getgid", "getegid", "getrandom"),
        *("getrusage", "getrlimit", "times", "sysinfo", "uname", "sched_get_priority_max"),
        "sched_get_priority_min",
    }
)

_CLONE_THREAD = 0x10000
_NEW_NAMESPACES = (
    0x7E020080  # CLONE_NEWTIME, NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
)
_WRITING = os.O_ACCMODE | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_FIOCLEX = 0x5451
_F_GETFD, _F_SETFD, _F_GETFL, _F_DUPFD_CLOEXEC = 1, 2, 3, 1030

# Calls that depend on an argument: its number, a mask, and the value of the masked bits.
CONDITIONS: Mapping[str, Sequence[Sequence[tuple[int, int, int]]]] = {
    "openat": [[(2, _WRITING, os.O_RDONLY)]],
    "open": [[(1, _WRITING, os.O_RDONLY)]],
    "clone": [[(0, _CLONE_THREAD | _NEW_NAMESPACES, _CLONE_THREAD)]],
    "fcntl": [
        [(1, 0xFFFFFFFF, command)] for command in (_F_GETFD, _F_SETFD, _F_GETFL, _F_DUPFD_CLOEXEC)
    ],
    # "Close it on exec": so Python asks for what an opener has opened, as pathlib's does.
    "ioctl": [[(1, 0xFFFFFFFF, _FIOCLEX)]],
    # Of its own limits, to ask; a limit is set by a third argument that is no null.
    "prlimit64": [[(0, 0xFFFFFFFF, 0), (2, 0xFFFFFFFFFFFFFFFF, 0)]],
}

# glibc then falls back to calls whose arguments the filter can see.
UNKNOWN = frozenset({"clone3", "openat2"})


def wall_is_possible() -> bool:
    """Whether this system can build the wall."""
    try:
        compiled_filter()
    except FailedPrecondition:
        return False
    return True


@cache
def compiled_filter() -> bytes:
    """The filter as a program of the Berkeley Packet Filter.

    Raises:
        FailedPrecondition: where the library is missing, or the system is none that it knows.
    """
    return compile_filter(ALLOWED)


def compile_filter(allowed: frozenset[str]) -> bytes:
    """A filter that allows `allowed`, and the calls of `CONDITIONS` under their conditions.

    Raises:
        FailedPrecondition: where the library is missing, or the system is none that it knows.
    """
    seccomp = _library()
    calls = seccomp.SyscallFilter(defaction=seccomp.ERRNO(errno.EPERM))
    # By the 32-bit interfaces; the default would end only the thread that calls.
    calls.set_attr(seccomp.Attr.ACT_BADARCH, seccomp.KILL_PROCESS)
    for name in sorted(allowed):
        _add(seccomp, calls, seccomp.ALLOW, name)
    for name in sorted(UNKNOWN - allowed):
        _add(seccomp, calls, seccomp.ERRNO(errno.ENOSYS), name)
    for name, alternatives in CONDITIONS.items():
        if name not in allowed:
            for conditions in alternatives:
                arguments = [
                    seccomp.Arg(number, seccomp.MASKED_EQ, mask, value)
                    for number, mask, value in conditions
                ]
                _add(seccomp, calls, seccomp.ALLOW, name, *arguments)
    with tempfile.TemporaryFile() as file:
        calls.export_bpf(file)
        file.seek(0)
        return file.read()


def _add(
    seccomp: Any, calls: "pyseccomp.SyscallFilter", action: int, name: str, *arguments: Any
) -> None:
    try:
        number = seccomp.resolve_syscall(seccomp.system_arch(), name)
    except ValueError:
        return
    if number >= 0:  # the others are of other architectures
        calls.add_rule(action, name, *arguments)


def _library() -> Any:
    try:
        import pyseccomp  # noqa: PLC0415  (it fails where the system library is missing)
    except (ImportError, OSError, RuntimeError, AttributeError) as error:
        raise FailedPrecondition(
            "no model is loaded here: the wall around a model's process needs Linux and libseccomp "
            "(Debian: apt-get install libseccomp2)",
            reason="WALL_MISSING",
            detail=str(error),
        ) from error
    return pyseccomp
