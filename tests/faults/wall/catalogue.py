"""Every attack that this machine knows, by name."""

import platform
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from jobs.sandbox.fork_server import ForkServer
from tests.faults.wall.attack import ATTACKS, outcome
from tests.faults.wall.hostile import hostile_file, session_outcome, system_calls

_MODULES = [
    "files",
    "kernel",
    "limits",
    "memory",
    "mounts",
    "processes",
    "reading",
    "signals",
    "sockets",
    "sweep",
]
if platform.machine() == "x86_64":
    _MODULES.append("assembly")

_MODULE_OF: dict[str, str] = {}
for _name in _MODULES:
    _module = import_module(f"tests.faults.wall.attacks.{_name}")
    _MODULE_OF |= dict.fromkeys(ATTACKS.keys() - _MODULE_OF.keys(), _module.__name__)

_KNOWN = system_calls()
NAMES = [
    name
    for name, attack in ATTACKS.items()
    if not name.startswith("syscall ") or attack.calls[0] in _KNOWN
]


def attempt(
    server: ForkServer, world: Mapping[str, Any], name: str, when: str, wall: bytes | None
) -> str:
    """What comes of an attack at a stage of a session."""
    modules = [_MODULE_OF[name]]
    content = hostile_file(outcome, (name,), when, world=world, modules=modules)
    return session_outcome(server, content, when, wall)
