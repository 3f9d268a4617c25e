"""Landlock: takes a process's access to files away, but for reading below some folders.

https://docs.kernel.org/userspace-api/landlock.html
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable
from contextlib import suppress

# The same numbers on every architecture.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG = 1
_RULE_PATH_BENEATH = 1

_EXECUTE, _READ_FILE, _READ_DIRECTORY = 1 << 0, 1 << 2, 1 << 3
# How many rights to files each version of the interface knows; 4 of them came after the first.
_RIGHTS_BY_VERSION = {1: 13, 2: 14, 3: 15, 4: 15}
_NEWEST_RIGHTS = 16
# The rights to connect and bind; and signals, abstract sockets.
_NETWORK_SINCE, _NETWORK_RIGHTS = 4, 0b11
_SCOPES_SINCE, _SCOPES = 6, 0b11


class _Ruleset(ctypes.Structure):
    _fields_ = (
        ("handled_access_fs", ctypes.c_uint64),
        ("handled_access_net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def version() -> int:
    """The version of the kernel's Landlock interface; 0 where it has none."""
    with suppress(AttributeError, OSError):
        return max(int(_libc().syscall(_CREATE_RULESET, None, 0, _VERSION_FLAG)), 0)
    return 0


def allow_reading_only(paths: Iterable[str], listed: Iterable[str] = ()) -> bool:
    """Leave this thread, and those that it starts, nothing but reading below `paths`.

    `no_new_privs` must be set. Paths that do not exist are left out.

    Args:
        paths: of files and folders.
        listed: folders of which, and below which, the names of files may be read, but no content.

    Returns:
        Whether it is so; False on a kernel without Landlock.

    Raises:
        OSError: when the kernel has Landlock and refuses.
    """
    kernel = version()
    if not kernel:
        return False
    libc = _libc()
    ruleset = _new_ruleset(libc, kernel)
    try:
        for path in paths:
            _allow(libc, ruleset, path)
        for path in listed:
            _allow(libc, ruleset, path, is_listed=True)
        _check(libc.syscall(_RESTRICT_SELF, ruleset, 0))
    finally:
        os.close(ruleset)
    return True


def _new_ruleset(libc: ctypes.CDLL, kernel: int) -> int:
    rights = _RIGHTS_BY_VERSION.get(kernel, _NEWEST_RIGHTS)
    rules = _Ruleset((1 << rights) - 1, 0, 0)
    size = 8
    if kernel >= _NETWORK_SINCE:
        rules.handled_access_net, size = _NETWORK_RIGHTS, 16
    if kernel >= _SCOPES_SINCE:
        rules.scoped, size = _SCOPES, 24
    return _check(libc.syscall(_CREATE_RULESET, ctypes.byref(rules), size, 0))


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, *, is_listed: bool = False) -> None:
    try:
        parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        # Libraries are mapped for execution, which Landlock does not count as executing.
        rights = (0 if is_listed else _READ_FILE) | (_READ_DIRECTORY if os.path.isdir(path) else 0)
        rule = _PathBeneath(rights, parent)
        _check(libc.syscall(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, ctypes.byref(rule), 0))
    finally:
        os.close(parent)


def _check(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return int(result)
