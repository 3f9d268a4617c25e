"""Attempts to start a process or a program, or to leave the namespaces of this one."""

import ctypes
import os
import sys

from tests.faults.wall.attack import add_raw, attack, syscall

_NEW_USER, _NEW_NETWORK, _NEW_FILES, _NEW_PROCESSES = 0x10000000, 0x40000000, 0x20000, 0x20000000
_SIGCHLD = 17
_PROGRAM = "/bin/true"


def ended(child):
    """In the child, end; in the parent, say that there is one. It cannot be waited for."""
    if child == 0:
        os._exit(0)
    return f"process {child}"


@attack(("fork", "clone"))
def fork(world):
    return ended(os.fork())


@attack(("fork", "clone"))
def fork_by_a_plain_clone(world):
    return ended(syscall(world, "clone", _SIGCHLD, None, None, None, None))


@attack(("clone3",), behind="ENOSYS")
def fork_by_clone3(world):
    arguments = (ctypes.c_uint64 * 11)()
    arguments[4] = _SIGCHLD
    return ended(syscall(world, "clone3", ctypes.byref(arguments), ctypes.sizeof(arguments)))


@attack(("clone",), opened="*")
def fork_into_a_user_namespace(world):
    return ended(syscall(world, "clone", _SIGCHLD | _NEW_USER, None, None, None, None))


@attack(("clone",), opened="EPERM")
def fork_into_a_network_namespace(world):
    return ended(syscall(world, "clone", _SIGCHLD | _NEW_NETWORK, None, None, None, None))


@attack(("clone",), opened="*")
def start_a_thread_in_a_user_namespace(world):
    flags = 0x10000 | 0x800 | 0x100 | _NEW_USER
    return syscall(world, "clone", flags, None, None, None, None)


@attack(("execve",))
def become_another_program(world):
    # Without a program there is nothing that could be started, whichever layer gives way.
    try:
        os.execv(world.folder + "/nothing", ["nothing"])
    except FileNotFoundError:
        return "it would be executed"


@attack(("execve", "fork", "vfork", "clone", "wait4", "pipe2", "dup2"), opened="*")
def run_a_program(world):
    import subprocess

    return subprocess.run([_PROGRAM], check=False).returncode == 0


@attack(("fork", "vfork", "clone", "clone3", "execve"), opened="*")
def spawn_a_program(world):
    return os.posix_spawn(_PROGRAM, [_PROGRAM], {})


@attack(
    ("fork", "vfork", "clone", "clone3", "execve", "wait4", "pipe2", "dup2"),
    behind="nothing",
    opened="*",
)
def run_a_command(world):
    return os.system(_PROGRAM) == 0


@attack(("memfd_create",))
def create_a_file_in_memory(world):
    return os.memfd_create("program")


@attack(("memfd_create", "execveat"), opened="*")
def execute_a_file_in_memory(world):
    program = os.memfd_create("program")
    os.write(program, b"#!/nothing\n")
    return syscall(world, "execveat", program, b"", None, None, 0x1000)


@attack(("fork", "vfork", "clone", "pipe2", "wait4"), opened="*")
def start_a_process_by_multiprocessing(world):
    import multiprocessing

    process = multiprocessing.get_context("fork").Process(target=sys.exit)
    process.start()
    return process.pid


@attack(("unshare",), opened="*")
def leave_the_user_namespace(world):
    return [syscall(world, "unshare", _NEW_USER)]


@attack(("unshare",), opened="EPERM")
def leave_the_network_namespace(world):
    return [syscall(world, "unshare", _NEW_NETWORK)]


@attack(("unshare",), opened="EPERM")
def leave_the_mount_namespace(world):
    return [syscall(world, "unshare", _NEW_FILES)]


@attack(("unshare",), opened="EPERM")
def leave_the_process_namespace(world):
    return [syscall(world, "unshare", _NEW_PROCESSES)]


add_raw(
    [
        ("execve", (None, None, None), "EFAULT"),
        ("execveat", (-1, b"", None, None, 0x1000), "*"),
        ("setns", (-1, 0), "EBADF"),
        ("wait4", (-1, None, 1, None), "ECHILD"),
        ("waitid", (0, 0, None, 1, None), "*"),
        ("memfd_secret", (0,), "*"),
        ("pkey_alloc", (0, 0), "*"),
    ]
)
