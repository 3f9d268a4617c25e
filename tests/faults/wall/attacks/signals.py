"""Attempts to send a signal. Each sends signal 0, which asks only whether it would be delivered."""

import ctypes
import fcntl
import os
import signal
import struct

from tests.faults.wall.attack import add_raw, attack, checked, libc, syscall

_SCOPED = ("EPERM", 6)


@attack(("kill",), landlock=_SCOPED)
def signal_the_parent(world):
    os.kill(world.parent, 0)
    return "sent"


@attack(("kill",), landlock=_SCOPED)
def signal_the_fork_server(world):
    os.kill(world.server, 0)
    return "sent"


# The kernel says that it was sent, whether anybody got it or not.
@attack(("kill",))
def signal_every_process(world):
    os.kill(-1, 0)
    return "sent"


@attack(("kill",), opened="*")
def signal_the_process_group_of_the_parent(world):
    os.kill(-world.parent_group, 0)
    return "sent"


@attack(("kill",))
def signal_the_own_process_group(world):
    os.kill(0, 0)
    return "sent"


@attack(("kill",))
def signal_itself(world):
    os.kill(os.getpid(), 0)
    return "sent"


@attack(("pidfd_open", "pidfd_send_signal"), landlock=_SCOPED)
def signal_a_process_by_its_descriptor(world):
    descriptor = syscall(world, "pidfd_open", world.parent, 0)
    syscall(world, "pidfd_send_signal", descriptor, 0, None, 0)
    return "sent"


@attack(("rt_sigqueueinfo",), landlock=_SCOPED)
def queue_a_signal_for_the_parent(world):
    content = ctypes.create_string_buffer(struct.pack("iii", 0, 0, -1), 128)
    syscall(world, "rt_sigqueueinfo", world.parent, 0, ctypes.byref(content))
    return "sent"


@attack(("rt_tgsigqueueinfo",), landlock=_SCOPED)
def queue_a_signal_for_a_thread_of_the_parent(world):
    content = ctypes.create_string_buffer(struct.pack("iii", 0, 0, -1), 128)
    parent = world.parent
    syscall(world, "rt_tgsigqueueinfo", parent, parent, 0, ctypes.byref(content))
    return "sent"


def _pipe():
    """A descriptor of a pipe of the process's own."""
    for descriptor in range(3, 64):
        try:
            os.fstat(descriptor)
        except OSError:
            continue
        return descriptor
    raise AssertionError("there is no channel")


@attack(("fcntl",))
def have_a_pipe_signal_the_parent(world):
    fcntl.fcntl(_pipe(), fcntl.F_SETOWN, world.parent)
    return "its owner is the parent"


@attack(("fcntl",))
def have_a_pipe_signal_a_process_group(world):
    fcntl.fcntl(_pipe(), fcntl.F_SETOWN, -world.parent_group)
    return "its owner is the group"


@attack(("fcntl",))
def have_a_pipe_signal_a_thread_of_the_parent(world):
    fcntl.fcntl(_pipe(), 15, struct.pack("ii", 0, world.parent))  # F_SETOWN_EX
    return "its owner is the thread"


@attack(("fcntl",))
def choose_the_signal_of_a_pipe(world):
    fcntl.fcntl(_pipe(), fcntl.F_SETSIG, signal.SIGKILL)
    return "chosen"


@attack(("fcntl",))
def have_a_pipe_send_signals(world):
    fcntl.fcntl(_pipe(), fcntl.F_SETFL, os.O_ASYNC)
    return "it sends"


@attack(("fcntl",), opened="*")
def have_a_folder_send_signals(world):
    folder = os.open(os.path.dirname(ctypes.__file__), os.O_RDONLY)
    try:
        fcntl.fcntl(folder, fcntl.F_NOTIFY, fcntl.DN_ACCESS)
        return "it sends"
    finally:
        os.close(folder)


@attack(("fcntl",), opened="*")
def have_a_lease_send_signals(world):
    file = os.open(ctypes.__file__, os.O_RDONLY)
    try:
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        return "it sends"
    finally:
        os.close(file)


@attack(("fcntl",))
def resize_a_pipe(world):
    return fcntl.fcntl(_pipe(), 1031, 4096)  # F_SETPIPE_SZ


@attack(("timer_create",))
def create_a_timer(world):
    checked(libc.timer_create(0, None, ctypes.byref(ctypes.c_void_p())))
    return "created"


@attack(("setitimer",))
def set_a_timer(world):
    signal.setitimer(signal.ITIMER_REAL, 0)
    return "set"


def _parent(world):
    return world.parent


add_raw(
    [
        ("tkill", (_parent, 0), "*"),
        ("tgkill", (_parent, _parent, 0), "*"),
        ("pidfd_send_signal", (-1, 0, None, 0), "EBADF"),
        ("alarm", (0,), "escaped"),
        ("mq_notify", (-1, None), "*"),
        ("ioctl", (0, 0x8901, None), "*"),  # FIOSETOWN
        ("ioctl", (0, 0x5412, None), "*"),  # TIOCSTI
        ("setpgid", (0, 0), "*"),
        ("setsid", (), "*"),
        ("signalfd4", (-1, None, 8, 0), "*"),
    ]
)
