"""Attempts to change what the folders of the machine are, or to watch them."""

from tests.faults.wall.attack import add_raw


def _folder(world):
    return world.folder


add_raw(
    [
        ("mount", (b"none", _folder, b"tmpfs", 0, None), "EPERM"),
        ("umount2", (_folder, 0), "EPERM"),
        ("pivot_root", (_folder, _folder), "EPERM"),
        ("chroot", (_folder,), "EPERM"),
        ("fsopen", (b"tmpfs", 0), "EPERM"),
        ("fsmount", (-1, 0, 0), "*"),
        ("fspick", (-100, _folder, 0), "*"),
        ("open_tree", (-100, _folder, 1), "EPERM"),
        ("move_mount", (-100, _folder, -100, _folder, 0), "*"),
        ("mount_setattr", (-100, _folder, 0, None, 0), "*"),
        ("quotactl", (0, None, 0, None), "*"),
        ("swapon", (_folder, 0), "EPERM"),
        ("swapoff", (_folder,), "EPERM"),
        ("acct", (None,), "EPERM"),
        ("fanotify_init", (0, 0), "*"),
        ("inotify_init1", (0,), "escaped"),
    ]
)
