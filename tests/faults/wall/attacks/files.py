"""Attempts to change a file, whether it belongs to the test, the machine or the process itself."""

import ctypes
import mmap
import os

from tests.faults.wall.attack import add_raw, attack, syscall

_OPEN = ("open", "openat", "creat")
_HELD_BY_LANDLOCK = ("EACCES", 1)


def opened(path, flags, mode=0o600):
    os.close(os.open(path, flags, mode))
    return path


def marked(world, folder):
    return os.path.join(folder, world.marker)


def created_and_removed(world, folder):
    """Only where nothing refuses it is there something to remove."""
    path = opened(marked(world, folder), os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    os.unlink(path)
    return path


@attack(_OPEN, landlock=_HELD_BY_LANDLOCK)
def open_a_file_for_writing(world):
    return opened(world.victim, os.O_WRONLY)


@attack(_OPEN, landlock=_HELD_BY_LANDLOCK)
def open_a_file_for_reading_and_writing(world):
    return opened(world.victim, os.O_RDWR)


@attack(_OPEN, landlock=_HELD_BY_LANDLOCK)
def open_a_file_for_appending(world):
    return opened(world.victim, os.O_WRONLY | os.O_APPEND)


@attack(_OPEN, landlock=_HELD_BY_LANDLOCK)
def open_a_file_for_reading_and_truncate_it(world):
    return opened(world.victim, os.O_RDONLY | os.O_TRUNC)


# Such a descriptor can neither read nor write, so Landlock does not mind.
@attack(_OPEN)
def open_a_file_with_both_writing_bits(world):
    return opened(world.victim, os.O_ACCMODE)


@attack(_OPEN, landlock=_HELD_BY_LANDLOCK)
def create_a_file(world):
    return opened(marked(world, world.folder), os.O_WRONLY | os.O_CREAT)


@attack(_OPEN, landlock=_HELD_BY_LANDLOCK)
def create_a_file_to_read(world):
    return opened(marked(world, world.folder), os.O_RDONLY | os.O_CREAT)


@attack((*_OPEN, "unlink", "unlinkat"), landlock=_HELD_BY_LANDLOCK)
def create_a_file_in_tmp(world):
    return created_and_removed(world, "/tmp")


@attack((*_OPEN, "unlink", "unlinkat"), landlock=_HELD_BY_LANDLOCK)
def create_a_file_in_shared_memory(world):
    return created_and_removed(world, "/dev/shm")


@attack((*_OPEN, "unlink", "unlinkat"), landlock=_HELD_BY_LANDLOCK)
def create_a_file_in_the_working_folder(world):
    return created_and_removed(world, ".")


@attack((*_OPEN, "unlink", "unlinkat"), opened="*", landlock=_HELD_BY_LANDLOCK)
def create_a_file_beside_the_libraries(world):
    return created_and_removed(world, os.path.dirname(ctypes.__file__))


@attack((*_OPEN, "unlink", "unlinkat"), opened="*", landlock=_HELD_BY_LANDLOCK)
def create_a_file_in_the_repository(world):
    return created_and_removed(world, world.repository)


@attack(_OPEN, landlock=_HELD_BY_LANDLOCK)
def create_a_file_without_a_name(world):
    return opened(world.folder, os.O_RDWR | os.O_TMPFILE)


@attack(_OPEN, landlock=_HELD_BY_LANDLOCK)
def open_a_path_and_then_its_descriptor_for_writing(world):
    path = os.open(world.victim, os.O_PATH)
    try:
        return opened(f"/proc/self/fd/{path}", os.O_WRONLY)
    finally:
        os.close(path)


@attack(_OPEN, opened="*")
def open_its_own_memory_for_writing(world):
    return opened("/proc/self/mem", os.O_RDWR)


@attack(_OPEN, opened="*")
def open_its_own_oom_score_for_writing(world):
    return opened("/proc/self/oom_score_adj", os.O_WRONLY)


@attack(_OPEN, opened="*")
def open_the_read_end_of_its_channel_for_writing(world):
    # The name is a number: whichever it is, a descriptor of a pipe is reopened by its path.
    for descriptor in range(3, 64):
        if os.path.exists(f"/proc/self/fd/{descriptor}"):
            return opened(f"/proc/self/fd/{descriptor}", os.O_WRONLY)
    return None


@attack(behind="EACCES", opened="EACCES")
def map_a_readable_file_for_writing(world):
    protection = mmap.PROT_READ | mmap.PROT_WRITE
    with open(ctypes.__file__, "rb") as file:
        mmap.mmap(file.fileno(), 100, mmap.MAP_SHARED, protection).close()
    return "mapped"


@attack(("link", "linkat"), landlock=_HELD_BY_LANDLOCK)
def link_a_file(world):
    os.link(world.victim, marked(world, world.folder))
    return "linked"


@attack(("symlink", "symlinkat"), landlock=_HELD_BY_LANDLOCK)
def link_to_a_file(world):
    os.symlink(world.victim, marked(world, world.folder))
    return "linked"


@attack(("rename", "renameat", "renameat2"), landlock=_HELD_BY_LANDLOCK)
def rename_a_file(world):
    os.rename(world.victim, marked(world, world.folder))
    return "renamed"


@attack(("unlink", "unlinkat"), landlock=_HELD_BY_LANDLOCK)
def delete_a_file(world):
    os.unlink(world.victim)
    return "deleted"


@attack(("mkdir", "mkdirat"), landlock=_HELD_BY_LANDLOCK)
def make_a_folder(world):
    os.mkdir(marked(world, world.folder))
    return "made"


@attack(("rmdir", "unlinkat"), landlock=_HELD_BY_LANDLOCK)
def delete_a_folder(world):
    os.rmdir(world.empty_folder)
    return "deleted"


@attack(("mknod", "mknodat"), landlock=_HELD_BY_LANDLOCK)
def make_a_named_pipe(world):
    os.mkfifo(marked(world, world.folder))
    return "made"


@attack(("mknod", "mknodat"), opened="EPERM", landlock=_HELD_BY_LANDLOCK)
def make_a_device(world):
    os.mknod(marked(world, world.folder), 0o20600, os.makedev(1, 1))
    return "made"


@attack(("chmod", "fchmodat", "fchmodat2"))
def change_the_mode_of_a_file(world):
    os.chmod(world.victim, 0o777)
    return "changed"


@attack(("fchmod",), opened="EBADF")
def change_the_mode_through_a_path_descriptor(world):
    path = os.open(world.victim, os.O_PATH)
    try:
        os.fchmod(path, 0o777)
        return "changed"
    finally:
        os.close(path)


@attack(("chown", "lchown", "fchownat"))
def change_the_owner_of_a_file(world):
    os.chown(world.victim, os.getuid(), os.getgid())
    return "changed"


@attack(("utime", "utimes", "utimensat", "futimesat"))
def change_the_times_of_a_file(world):
    os.utime(world.victim, (1, 1))
    return "changed"


@attack(("truncate",), landlock=("EACCES", 3))
def truncate_a_file(world):
    os.truncate(world.victim, 0)
    return "truncated"


@attack(("setxattr",), opened="*")
def set_an_attribute_of_a_file(world):
    os.setxattr(world.victim, "user.marker", b"1")
    return "set"


@attack(("openat2",), behind="ENOSYS", landlock=_HELD_BY_LANDLOCK)
def create_a_file_by_openat2(world):
    how = (ctypes.c_uint64 * 3)(os.O_WRONLY | os.O_CREAT, 0o600, 0)
    path = marked(world, world.folder)
    os.close(syscall(world, "openat2", -100, path, ctypes.byref(how), 24))
    return path


def _folder(world):
    return world.folder


add_raw(
    [
        ("ftruncate", (-1, 0), "EBADF"),
        ("fallocate", (-1, 0, 0, 1), "EBADF"),
        ("fchown", (-1, 0, 0), "EBADF"),
        ("fsetxattr", (-1, None, None, 0, 0), "*"),
        ("removexattr", (_folder, b"user.marker"), "*"),
        ("name_to_handle_at", (-100, _folder, None, None, 0), "EFAULT"),
        ("open_by_handle_at", (-1, None, 0), "*"),
        ("copy_file_range", (-1, None, -1, None, 1, 0), "EBADF"),
        ("sendfile", (-1, -1, None, 1), "EBADF"),
        ("fsync", (-1,), "EBADF"),
        ("flock", (-1, 8), "EBADF"),
        ("chdir", (_folder,), "escaped"),
        ("umask", (0o22,), "escaped"),
    ]
)
