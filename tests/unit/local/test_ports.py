import socket
from collections.abc import Iterator

import pytest

from local.ports import PortTakenError, chosen_ports


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_each_name_gets_a_port_of_its_own() -> None:
    names = [str(number) for number in range(20)]
    assert len(set(chosen_ports(names, {}, {}).values())) == len(names)


def test_a_remembered_port_is_chosen_again_while_it_is_free() -> None:
    first = chosen_ports(["a", "b"], {}, {})
    assert chosen_ports(["a", "b"], first, {}) == first


def test_a_remembered_port_that_is_taken_gives_way_to_another(taken_port: int) -> None:
    assert chosen_ports(["a"], {"a": taken_port}, {})["a"] != taken_port


def test_a_fixed_port_goes_before_a_remembered_one() -> None:
    ports = chosen_ports(["a", "b"], {}, {})
    assert chosen_ports(["a"], {"a": ports["a"]}, {"a": ports["b"]}) == {"a": ports["b"]}


def test_a_fixed_port_is_never_given_to_another_name() -> None:
    port = chosen_ports(["a"], {}, {})["a"]
    chosen = chosen_ports(["a", "b"], {"a": port}, {"b": port})
    assert chosen["b"] == port
    assert chosen["a"] != port


def test_a_fixed_port_that_is_taken_is_named(taken_port: int) -> None:
    with pytest.raises(PortTakenError, match=f"port {taken_port} for gateway: Address already"):
        chosen_ports(["gateway"], {}, {"gateway": taken_port})
