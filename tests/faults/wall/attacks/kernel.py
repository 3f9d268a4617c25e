"""Attempts to reach other parts of the kernel, to loosen the wall, and to change the machine.

Their arguments are such that nothing happens even where a call is permitted.
"""

import ctypes
import struct

from tests.faults.wall.attack import add_raw, attack, syscall

_CPU, _OPEN_FILES = 0, 7


@attack(("prlimit64",), opened="EPERM")
def raise_the_own_limit_of_processor_time(world):
    limit = ctypes.create_string_buffer(struct.pack("QQ", 10**6, 10**6))
    return [syscall(world, "prlimit64", 0, _CPU, ctypes.byref(limit), None)]


@attack(("prlimit64",))
def read_a_limit_of_the_parent(world):
    limit = ctypes.create_string_buffer(16)
    syscall(world, "prlimit64", world.parent, _OPEN_FILES, None, ctypes.byref(limit))
    return struct.unpack("QQ", limit.raw)


@attack(("prlimit64",), opened="EFAULT")
def set_a_limit_of_the_parent(world):
    return [syscall(world, "prlimit64", world.parent, _OPEN_FILES, 1, None)]


@attack(("sched_setaffinity",), opened="*")
def choose_the_processors_of_the_parent(world):
    return [syscall(world, "sched_setaffinity", world.parent, 0, None)]


@attack(("capset",))
def set_capabilities(world):
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    nothing = (ctypes.c_uint32 * 6)()
    return [syscall(world, "capset", ctypes.byref(header), ctypes.byref(nothing))]


@attack(("capset",), opened="EPERM")
def take_a_capability_back(world):
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    everything = (ctypes.c_uint32 * 6)(*[0xFFFFFFFF] * 6)
    return [syscall(world, "capset", ctypes.byref(header), ctypes.byref(everything))]


@attack(("seccomp",), opened="EFAULT")
def add_a_filter(world):
    return [syscall(world, "seccomp", 1, 0, None)]


def _parent(world):
    return world.parent


add_raw(
    [
        # Loosening the wall.
        ("prctl", (4, 1, 0, 0, 0), "escaped"),  # PR_SET_DUMPABLE
        ("prctl", (38, 0, 0, 0, 0), "EINVAL"),  # PR_SET_NO_NEW_PRIVS
        ("prctl", (1, 0, 0, 0, 0), "escaped"),  # PR_SET_PDEATHSIG
        ("prctl", (22, 2, None, 0, 0), "EFAULT"),  # PR_SET_SECCOMP
        ("prctl", (8, 1, 0, 0, 0), "*"),  # PR_SET_KEEPCAPS
        ("prctl", (0x59616D61, -1, 0, 0, 0), "*"),  # PR_SET_PTRACER
        ("capget", (None, None), "*"),
        ("setrlimit", (0, None), "EFAULT"),
        ("landlock_create_ruleset", (None, 0, 1), "*"),
        ("landlock_restrict_self", (-1, 0), "*"),
        # Somebody else's identity.
        ("setuid", (0,), "*"),
        ("setgid", (0,), "*"),
        ("setreuid", (-1, -1), "escaped"),
        ("setregid", (-1, -1), "escaped"),
        ("setresuid", (-1, -1, -1), "escaped"),
        ("setresgid", (-1, -1, -1), "escaped"),
        ("setfsuid", (-1,), "escaped"),
        ("setgroups", (0, None), "EPERM"),
        # Objects that processes share.
        ("shmget", (0x7FFFFFF1, 4096, 0), "ENOENT"),
        ("shmat", (-1, None, 0), "EINVAL"),
        ("msgget", (0x7FFFFFF1, 0), "ENOENT"),
        ("msgsnd", (-1, None, 0, 0), "*"),
        ("semget", (0x7FFFFFF1, 1, 0), "ENOENT"),
        ("semop", (-1, None, 1), "*"),
        ("mq_open", (None, 0, 0, None), "*"),
        ("mq_unlink", (None,), "*"),
        ("add_key", (None, None, None, 0, 0), "*"),
        ("request_key", (None, None, None, 0), "*"),
        ("keyctl", (0, -3, 0), "*"),
        # Descriptors of the kernel's own.
        ("userfaultfd", (0x80001,), "*"),
        ("perf_event_open", (None, 0, -1, -1, 0), "*"),
        ("bpf", (0, None, 0), "*"),
        ("epoll_create1", (0,), "escaped"),
        ("eventfd2", (0, 0), "escaped"),
        ("timerfd_create", (0, 0), "escaped"),
        ("vmsplice", (0, None, 0, 0), "*"),
        ("splice", (-1, None, -1, None, 1, 0), "*"),
        ("tee", (-1, -1, 1, 0), "*"),
        # Priorities.
        ("setpriority", (0, _parent, 0), "*"),
        ("ioprio_set", (1, _parent, 0), "*"),
        ("sched_setscheduler", (_parent, 0, None), "EINVAL"),
        ("sched_setattr", (_parent, None, 0), "EINVAL"),
        ("sched_setparam", (_parent, None), "EINVAL"),
        # The machine.
        ("reboot", (0, 0, 0, 0), "*"),
        ("init_module", (None, 0, None), "*"),
        ("finit_module", (-1, None, 0), "*"),
        ("delete_module", (None, 0), "*"),
        ("kexec_load", (0, 0, None, 0), "*"),
        ("settimeofday", (None, None), "*"),
        ("clock_settime", (0, None), "EFAULT"),
        ("adjtimex", (None,), "*"),
        ("sethostname", (None, 0), "EPERM"),
        ("setdomainname", (None, 0), "EPERM"),
        ("syslog", (9, None, 0), "*"),
        ("vhangup", (), "EPERM"),
        ("iopl", (3,), "*"),
        ("ioperm", (0, 1, 1), "*"),
        ("personality", (0xFFFFFFFF,), "escaped"),
        ("modify_ldt", (0, None, 0), "*"),
        ("mlockall", (1,), "*"),
        ("membarrier", (0, 0, 0), "escaped"),
        ("mbind", (None, 0, 0, None, 0, 0), "*"),
        ("set_mempolicy", (0, None, 0), "*"),
        ("remap_file_pages", (None, 0, 0, 0, 0), "*"),
        ("quotactl_fd", (-1, 0, 0, None), "*"),
    ]
)
