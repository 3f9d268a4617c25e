"""The folder of one local cloud: who runs it, where, and what it keeps."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from local.cloud import Cloud

DEFAULT_HOME = Path(".mlsys/cloud")


class AlreadyRunningError(Exception):
    """Another process runs a cloud in this home."""


@dataclass(frozen=True)
class Home:
    """The folder of one local cloud.

    The lock is the kernel's, on an open file: it ends with the process that holds it, so that a
    supervisor that was killed is no obstacle to the next.
    """

    folder: Path

    @property
    def logs(self) -> Path:
        """Folder of the services' logs."""
        return self.folder / "logs"

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """Hold the home for this process; nobody else can run a cloud in it meanwhile.

        Raises:
            AlreadyRunningError: when somebody else holds it.
        """
        self.logs.mkdir(parents=True, exist_ok=True)
        with self._lock_file.open("a+", encoding="utf-8") as lock:
            if not _locked(lock):
                raise AlreadyRunningError(self._refusal(lock))
            lock.truncate(0)
            lock.write(f"pid {os.getpid()}, since {datetime.now(UTC).astimezone():%F %T}")
            lock.flush()
            yield

    def running_cloud(self) -> Cloud | None:
        """Return the cloud that somebody runs here."""
        try:
            with self._lock_file.open(encoding="utf-8") as lock:
                return None if _locked(lock) else self._cloud()
        except FileNotFoundError:
            return None

    def remembered_ports(self) -> dict[str, int]:
        """Return the ports of the cloud that ran here last."""
        cloud = self._cloud()
        return dict(cloud.ports) if cloud else {}

    def remember(self, cloud: Cloud) -> None:
        """Save the cloud for other processes and for the next start."""
        unfinished = self._cloud_file.with_suffix(".tmp")
        fields = {name: value for name, value in asdict(cloud).items() if name != "home"}
        unfinished.write_text(json.dumps(fields, indent=2), encoding="utf-8")
        unfinished.replace(self._cloud_file)

    def _cloud(self) -> Cloud | None:
        if not self._cloud_file.exists():
            return None
        return Cloud(home=self.folder, **json.loads(self._cloud_file.read_text(encoding="utf-8")))

    def _refusal(self, lock: TextIO) -> str:
        lock.seek(0)
        return f"a local cloud runs in {self.folder} already ({lock.read()})"

    @property
    def _lock_file(self) -> Path:
        return self.folder / "lock"

    @property
    def _cloud_file(self) -> Path:
        return self.folder / "cloud.json"


def _locked(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
