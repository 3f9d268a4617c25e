"""What an attack is. Its code runs in a model's process, so on the Python of every runtime."""

import ctypes
import errno
import os
from collections import namedtuple

libc = ctypes.CDLL(None, use_errno=True)

# Attributes:
#     function: takes the `world` that a test describes; an escape returns evidence, or nothing.
#     behind: the outcome behind the wall.
#     calls: system calls which the filter would have to allow for it.
#     opened: the outcome when it does, and there is no Landlock; "*" is any but the filter's.
#     landlock: the outcome when only Landlock is left, and the version of Landlock that holds it.
Attack = namedtuple("Attack", "function behind calls opened landlock")

ATTACKS = {}


def attack(calls=(), behind="EPERM", opened="escaped", landlock=None):
    """Put a function among the attacks."""

    def add(function):
        name = function.__name__.replace("_", " ")
        assert name not in ATTACKS, name
        ATTACKS[name] = Attack(function, behind, tuple(calls), opened, landlock)
        return function

    return add


def add_raw(rows):
    """Put plain system calls among the attacks: name, arguments, outcome when it is allowed."""
    for name, arguments, opened in rows:
        values = " ".join(map(_shown, arguments))
        ATTACKS[f"syscall {name} {values}"] = Attack(
            _raw(name, arguments), "EPERM", (name,), opened, None
        )


def _shown(value):
    return "path" if callable(value) else str(value)


def _raw(name, arguments):
    def function(world):
        values = [each(world) if callable(each) else each for each in arguments]
        return [f"returned {syscall(world, name, *values)}"]

    return function


def outcome(name, world):
    """What came of an attack: "escaped" with evidence, "nothing", or the name of an error."""
    try:
        evidence = ATTACKS[name].function(world)
    except OSError as error:
        return errno.errorcode.get(error.errno, f"OSError {error}")
    except BaseException as error:  # noqa: BLE001  (it is to be reported)
        return f"raised {type(error).__name__}: {error}"
    return (f"escaped: {evidence!r}")[:2000] if evidence else "nothing"


def syscall(world, name, *arguments):
    """Make a system call as the C library does not know it.

    Raises:
        OSError: when the kernel refuses.
    """
    words = [_word(each) for each in arguments]
    words += [ctypes.c_long(0)] * (6 - len(words))
    result = libc.syscall(ctypes.c_long(world.numbers[name]), *words)
    return checked(result)


libc.syscall.restype = ctypes.c_long


def _word(value):
    if value is None:
        return ctypes.c_long(0)
    if isinstance(value, str):
        value = value.encode()
    return (
        ctypes.c_char_p(value)
        if isinstance(value, bytes)
        else (ctypes.c_long(value) if isinstance(value, int) else value)
    )


def checked(result):
    """The result of a call into the C library; an OSError when it is -1."""
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
