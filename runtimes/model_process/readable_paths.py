"""What a model's process may read: its runtime, the system's libraries, and modules."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

# What the dynamic linker, Python and time zones read outside of a runtime's own folders.
_SYSTEM_PATHS = (
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/usr/share/zoneinfo",
    "/etc/ld.so.cache",
    "/dev/null",
    "/dev/urandom",
    # joblib counts the processors that it may use.
    "/proc/cpuinfo",
    "/sys/devices/system/cpu",
    "/sys/fs/cgroup/cpu.max",
    "/sys/fs/cgroup/cpu/cpu.cfs_period_us",
    "/sys/fs/cgroup/cpu/cpu.cfs_quota_us",
)
_SYSTEM_PREFIXES = ("/", "/usr", "/usr/local")


def readable_paths(import_path: Iterable[str]) -> Sequence[str]:
    """The files and folders that a model's process may read: its runtime, and system libraries."""
    own = _own_prefixes()
    listed = set(listed_folders(import_path))
    # A package below the import path can be a link: what it leads to is read as well.
    packages = {
        os.path.realpath(path)
        for name, module in list(sys.modules.items())
        if "." not in name and isinstance(getattr(module, "__path__", None), list)
        for path in module.__path__
    }
    packages.add(os.path.dirname(os.path.realpath(__file__)))
    importable = {each for path in listed for each in _importable(path)}
    files = {path for path in import_path if path and path not in listed}
    return sorted({*_SYSTEM_PATHS, *own, *packages, *importable, *files})


def listed_folders(import_path: Iterable[str]) -> Sequence[str]:
    """The folders of the import path that are no runtime's or system's, e.g. somebody's project.

    Imports look for names in them. Beside packages they hold what no model may read, e.g. `.env`.
    """
    known = (*_own_prefixes(), *_SYSTEM_PATHS)
    return [
        path
        for path in import_path
        if os.path.isdir(path) and not any(_is_below(path, each) for each in known)
    ]


def _own_prefixes() -> set[str]:
    prefixes = {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}
    return {prefix for prefix in prefixes if prefix not in _SYSTEM_PREFIXES}


def _is_below(path: str, folder: str) -> bool:
    return (path + os.sep).startswith(folder + os.sep)


def _importable(folder: str) -> Iterator[str]:
    """What can be imported from a folder: modules, packages, and what describes distributions."""
    with suppress(OSError):
        for entry in os.scandir(folder):
            is_package = entry.is_dir() and not entry.name.startswith(".")
            if _is_module(entry.name) or (is_package and _has_modules(entry.path)):
                yield entry.path


def _is_module(name: str) -> bool:
    return name.endswith((".py", ".so")) or ".so." in name


def _has_modules(folder: str, levels: int = 1) -> bool:
    """Whether a folder is a package, or holds one, as a package without `__init__.py` does."""
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return False
    if folder.endswith((".dist-info", ".egg-info")):
        return True
    return any(_is_module(entry.name) for entry in entries) or (
        levels > 0 and any(entry.is_dir() and _has_modules(entry.path, 0) for entry in entries)
    )
