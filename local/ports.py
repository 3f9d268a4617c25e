"""Ports of 127.0.0.1: free ones, the same as last time where they are still free."""

import socket
from collections.abc import Iterable, Mapping
from contextlib import ExitStack


class PortTakenError(Exception):
    """A port that was asked for cannot be had."""


def chosen_ports(
    names: Iterable[str], remembered: Mapping[str, int], fixed: Mapping[str, int]
) -> dict[str, int]:
    """Return a free port for each name: the fixed one, else the remembered one, else any.

    Raises:
        PortTakenError: when a fixed port is not free.
    """
    with ExitStack() as held:  # until all are chosen, so that no two are the same
        ports = {name: _fixed(name, port, held) for name, port in fixed.items()}
        for name in names:
            if name not in ports:
                ports[name] = _free(remembered.get(name, 0), held)
        return ports


def _fixed(name: str, port: int, held: ExitStack) -> int:
    try:
        return _bound(port, held)
    except OSError as error:
        raise PortTakenError(
            f"port {port} for {name}: {error.strerror}; --port {name}=N chooses another"
        ) from error


def _free(preferred: int, held: ExitStack) -> int:
    try:
        return _bound(preferred, held)
    except OSError:
        return _bound(0, held)


def _bound(port: int, held: ExitStack) -> int:
    listener = held.enter_context(socket.socket())
    # As servers do it: a port whose last connections are still fading away is free.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen()  # or the next one with that option gets the same port
    bound: int = listener.getsockname()[1]
    return bound
