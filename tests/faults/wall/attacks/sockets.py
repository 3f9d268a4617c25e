"""Attempts to reach another process or machine through a socket."""

import socket
import urllib.error
import urllib.request

from tests.faults.wall.attack import add_raw, attack, syscall

_INET = ("socket", "connect", "sendto")


@attack(_INET, landlock=("EACCES", 4))
def connect_over_tcp(world):
    with socket.socket() as client:
        client.connect(("127.0.0.1", world.tcp_port))
        return "connected"


@attack(_INET, landlock=("EACCES", 4))
def connect_over_tcp_6(world):
    with socket.socket(socket.AF_INET6) as client:
        client.connect(("::1", world.tcp6_port))
        return "connected"


@attack(_INET)
def send_a_datagram(world):
    with socket.socket(type=socket.SOCK_DGRAM) as client:
        return client.sendto(b"escaped", ("127.0.0.1", world.udp_port))


@attack(("socket",), opened="EPERM")
def open_a_raw_socket(world):
    with socket.socket(type=socket.SOCK_RAW, proto=socket.IPPROTO_ICMP):
        return "opened"


@attack(_INET)
def connect_to_a_unix_path(world):
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(world.unix_path)
        return "connected"


@attack(_INET, landlock=("EPERM", 6))
def connect_to_an_abstract_address(world):
    with socket.socket(socket.AF_UNIX) as client:
        client.connect("\0" + world.abstract_name)
        return "connected"


@attack(_INET)
def send_to_a_unix_datagram_path(world):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
        return client.sendto(b"escaped", world.unix_datagram_path)


@attack(("socket",))
def open_a_netlink_socket(world):
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0):
        return "opened"


@attack(("socket",), opened="EPERM")
def open_a_packet_socket(world):
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW):
        return "opened"


@attack(("socket",), opened="*")
def open_a_vsock_socket(world):
    with socket.socket(40, socket.SOCK_STREAM):
        return "opened"


@attack(("socket",), opened="*")
def open_a_socket_of_the_crypto_interface(world):
    with socket.socket(38, socket.SOCK_SEQPACKET):
        return "opened"


@attack(("socket",))
def open_a_socket_of_any_family_and_type(world):
    opened, errors = [], {}
    for family in range(48):
        for kind in (1, 2, 3, 4, 5, 6, 10):
            try:
                socket.socket(family, kind).close()
                opened.append((family, kind))
            except OSError as error:
                errors[error.errno] = error
    if not opened:
        (error,) = errors.values()  # the same for each
        raise error
    return opened


@attack(("socketpair",))
def make_a_pair_of_sockets(world):
    return [each.close() or "made" for each in socket.socketpair()]


# The filter lets the socket pass here, and the connection is refused.
@attack(("socket",), opened="filter")
def connect_to_the_metadata_server(world):
    with socket.socket() as client:
        client.connect(("169.254.169.254", 80))
        return "connected"


@attack(("socket",), opened="filter")
def fetch_a_page(world):
    try:
        return urllib.request.urlopen(f"http://127.0.0.1:{world.tcp_port}/").read()
    except urllib.error.URLError as error:
        raise error.reason from error


@attack(("socket",), opened="filter")
def listen_for_connections(world):
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        return server.getsockname()


@attack(("sendto",), opened="ENOTSOCK")
def send_on_every_inherited_descriptor(world):
    for descriptor in range(3, 64):
        try:
            return syscall(world, "sendto", descriptor, b"escaped", 7, 0, None, 0)
        except OSError as error:
            if error.errno != 9:  # no such descriptor
                raise
    return None


add_raw(
    [
        ("connect", (0, None, 0), "ENOTSOCK"),
        ("bind", (0, None, 0), "ENOTSOCK"),
        ("listen", (0, 1), "ENOTSOCK"),
        ("accept4", (0, None, None, 0), "ENOTSOCK"),
        ("sendmsg", (0, None, 0), "ENOTSOCK"),
        ("sendmmsg", (0, None, 0, 0), "ENOTSOCK"),
        ("recvmsg", (0, None, 0), "ENOTSOCK"),
        ("recvfrom", (0, None, 0, 0, None, 0), "ENOTSOCK"),
        ("setsockopt", (0, 1, 1, None, 0), "ENOTSOCK"),
        ("shutdown", (0, 2), "ENOTSOCK"),
        ("io_uring_setup", (1, None), "*"),
        ("io_uring_enter", (0, 1, 0, 0, None, 0), "*"),
        ("io_uring_register", (0, 0, None, 0), "*"),
        ("io_setup", (0, None), "*"),
    ]
)
