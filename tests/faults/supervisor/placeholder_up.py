"""`up` with small services in place of the real ones: python placeholder_up.py HOME [NAME=PORT]."""

import sys
from pathlib import Path

from local.__main__ import up
from local.cloud import Cloud
from local.running import Blueprint
from local.supervisor.service import Accepts, Service

ENVIRONMENT = {"PATH": str(Path(sys.executable).parent)}

SERVER = "import http.server as h, sys; h.test(port=int(sys.argv[1]), bind='127.0.0.1')"
# Ends neither by SIGTERM nor with its parent, and has a child in a session of its own.
STUBBORN = f"""
import signal, subprocess, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
{SERVER}
"""


def placeholders(cloud: Cloud) -> tuple[Service, ...]:
    """One that serves, one that does its work and ends, one that is hard to end."""
    return (
        _server("storage", SERVER, cloud.ports["storage"]),
        Service("provision", "ends", ("python", "-c", "pass"), ENVIRONMENT, address=""),
        _server("gateway", STUBBORN, cloud.ports["gateway"]),
    )


def _server(name: str, code: str, port: int) -> Service:
    command = ("python", "-u", "-c", code, str(port))
    return Service(name, "serves", command, ENVIRONMENT, Accepts(port), f"http://127.0.0.1:{port}")


if __name__ == "__main__":
    home, *fixed = sys.argv[1:]
    ports = {name: int(port) for name, port in (each.split("=") for each in fixed)}
    sys.exit(up(Blueprint(Path(home), services=placeholders, ports=ports)))
