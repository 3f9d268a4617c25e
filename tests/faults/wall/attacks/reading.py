"""Attempts to read what belongs to somebody else: files, processes, environment, descriptors."""

import gc
import os
import select
import stat
import sys

from tests.faults.wall.attack import add_raw, attack, syscall


def content(path):
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return os.read(descriptor, 200)
    finally:
        os.close(descriptor)


@attack(behind="EACCES")
def read_the_users_of_the_machine(world):
    return content("/etc/passwd")


@attack(behind="EACCES")
def read_a_secret(world):
    return content(world.secret)


@attack(behind="EACCES")
def read_a_secret_through_a_path_descriptor(world):
    path = os.open(world.secret, os.O_PATH)
    try:
        return content(f"/proc/self/fd/{path}")
    finally:
        os.close(path)


@attack(behind="EACCES")
def read_a_secret_through_a_link_of_its_own_root(world):
    return content("/proc/self/root" + world.secret)


@attack(behind="EACCES")
def list_a_folder(world):
    return os.listdir(world.folder)


@attack(behind="EACCES")
def list_the_root_folder(world):
    return os.listdir("/")


@attack(behind="EACCES")
def list_the_processes(world):
    return os.listdir("/proc")


@attack(behind="EACCES")
def list_the_temporary_files(world):
    return os.listdir("/tmp")


@attack(behind="EACCES")
def read_the_repository(world):
    return content(os.path.join(world.repository, "README.md"))


@attack(behind="EACCES")
def read_the_code_of_the_jobs(world):
    return content(os.path.join(world.repository, "jobs/sandbox/fork_server.py"))


@attack(behind="EACCES")
def read_the_command_line_of_the_parent(world):
    return content(f"/proc/{world.parent}/cmdline")


# These are held twice: without Landlock, because the processes are not dumpable.
@attack(behind="EACCES", opened="EACCES")
def read_the_environment_of_the_parent(world):
    return content(f"/proc/{world.parent}/environ")


@attack(behind="EACCES", opened="EACCES")
def read_the_memory_of_the_parent(world):
    return content(f"/proc/{world.parent}/mem")


@attack(behind="EACCES", opened="EACCES")
def read_the_memory_map_of_the_parent(world):
    return content(f"/proc/{world.parent}/maps")


@attack(behind="EACCES", opened="EACCES")
def read_a_descriptor_of_the_parent(world):
    return content(f"/proc/{world.parent}/fd/{world.secret_descriptor}")


# Their numbers only, and only for root: what they are cannot be read, as above.
@attack(behind="EACCES", opened="*")
def list_the_descriptors_of_the_parent(world):
    return os.listdir(f"/proc/{world.parent}/fd")


@attack(behind="EACCES", opened="EACCES")
def read_the_root_of_the_parent(world):
    return content(f"/proc/{world.parent}/root{world.secret}")


@attack(behind="EACCES", opened="EACCES")
def read_the_environment_of_the_fork_server(world):
    return content(f"/proc/{world.server}/environ")


@attack(behind="EACCES", opened="EACCES")
def read_the_memory_of_the_fork_server(world):
    return content(f"/proc/{world.server}/mem")


@attack(behind="EACCES", opened="EACCES")
def read_the_errors_of_the_fork_server(world):
    return content(f"/proc/{world.server}/fd/2")


@attack(behind="EACCES", opened="*")
def read_its_own_environment_in_proc(world):
    return content("/proc/self/environ")


@attack(behind="EACCES", opened="*")
def read_its_own_memory_map(world):
    return content("/proc/self/maps")


@attack(behind="EACCES", opened="*")
def read_the_terminal(world):
    os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NONBLOCK))
    return "opened"


@attack(behind="nothing", opened="nothing")
def find_a_secret_in_the_environment(world):
    return [value for value in os.environ.values() if world.marker in value]


@attack(behind="nothing", opened="nothing")
def find_a_variable_of_the_parent(world):
    return sorted(set(os.environ) & set(world.variables))


@attack(behind="nothing", opened="nothing")
def find_a_secret_among_the_objects_in_memory(world):
    own = {id(world.__dict__), id(sys._getframe().f_locals)}
    found = []
    for each in gc.get_objects():
        if isinstance(each, dict) and id(each) not in own:
            found += [value for value in list(each.values()) if _holds(value, world.marker)]
    return [value for value in found if world.marker + "-in-a-descriptor" in value]


def _holds(value, marker):
    return isinstance(value, str) and len(value) < 1000 and marker in value


@attack(behind="nothing", opened="nothing")
def find_a_descriptor_that_is_neither_null_nor_a_pipe(world):
    found = []
    for descriptor in range(1024):
        try:
            kind = os.fstat(descriptor)
        except OSError:
            continue
        is_null = stat.S_ISCHR(kind.st_mode) and kind.st_rdev == os.makedev(1, 3)
        if not is_null and not stat.S_ISFIFO(kind.st_mode):
            found.append((descriptor, oct(kind.st_mode)))
    return found


@attack(behind="nothing", opened="nothing")
def read_every_descriptor(world):
    found = []
    for descriptor in range(1024):
        try:
            if select.select([descriptor], [], [], 0)[0]:
                found += [os.read(descriptor, 1000)]
        except (OSError, ValueError):
            continue
    return [each for each in found if each]


@attack(("pidfd_getfd", "pidfd_open"), opened="EPERM")
def take_a_descriptor_of_the_parent(world):
    parent = syscall(world, "pidfd_open", world.parent, 0)
    return syscall(world, "pidfd_getfd", parent, world.secret_descriptor, 0)


@attack(("recvmsg", "socketpair"), opened="escaped")
def make_a_socket_that_can_carry_descriptors(world):
    import socket

    return len([each.close() for each in socket.socketpair()])


def _parent(world):
    return world.parent


add_raw(
    [
        ("process_vm_readv", (_parent, None, 0, None, 0, 0), "*"),
        ("process_vm_writev", (_parent, None, 0, None, 0, 0), "*"),
        ("ptrace", (16, _parent, None, None), "EPERM"),
        ("ptrace", (0x4206, _parent, None, None), "EPERM"),
        ("ptrace", (0, 0, None, None), "*"),
        ("kcmp", (_parent, _parent, 0, 0, 0), "EPERM"),
        ("process_madvise", (-1, None, 0, 0, 0), "EBADF"),
        ("process_mrelease", (-1, 0), "*"),
        ("pidfd_open", (_parent, 0), "escaped"),
        ("pidfd_getfd", (-1, 0, 0), "*"),
        ("fcntl", (0, 0, 0), "escaped"),
        ("dup", (0,), "escaped"),
        ("dup2", (0, 9), "escaped"),
        ("dup3", (0, 9, 0), "escaped"),
        ("pipe2", (None, 0), "EFAULT"),
        ("move_pages", (_parent, 0, None, None, None, 0), "*"),
        ("migrate_pages", (_parent, 0, None, None), "*"),
        ("lookup_dcookie", (0, None, 0), "*"),
    ]
)
