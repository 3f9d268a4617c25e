"""A local cloud as its users see it: where its services are, and what a client process needs."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from deployment.definitions import REPOSITORY, Definitions

PORT_NAMES = (
    "bigquery",
    "bigquery-storage",
    "storage",
    "eventarc",
    "run",
    "register",
    "gateway",
    "scheduler",
)

# gcloud's variable; no client library of ours needs one.
SCHEDULER_ENDPOINT = "CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDSCHEDULER"


@dataclass(frozen=True)
class Cloud:
    """One local cloud.

    Attributes:
        home: The folder of everything that it keeps.
        project: Google Cloud project that it plays.
        region: Region that its jobs and its data are in.
        environment: dev, staging or prod.
        ports: The port of 127.0.0.1 for each of `PORT_NAMES`.
        engine: Runs containers from their images, e.g. podman; empty: they are processes.
    """

    home: Path
    project: str
    region: str
    environment: str
    ports: Mapping[str, int]
    engine: str = ""

    @cached_property
    def definitions(self) -> Definitions:
        """What exists in it."""
        return Definitions(self.project, self.region, self.environment)

    @cached_property
    def address(self) -> dict[str, str]:
        """URL of each service; of bigquery-storage, which speaks gRPC, host and port."""
        hosts = {name: f"127.0.0.1:{port}" for name, port in self.ports.items()}
        return {
            name: host if name == "bigquery-storage" else f"http://{host}"
            for name, host in hosts.items()
        }

    @property
    def endpoints(self) -> dict[str, str]:
        """The variables that turn a client of Google Cloud into a client of this cloud."""
        return {
            "STORAGE_EMULATOR_HOST": self.address["storage"],
            "BIGQUERY_EMULATOR_HOST": self.address["bigquery"],
            "BIGQUERY_STORAGE_ENDPOINT": self.address["bigquery-storage"],
            "CLOUD_RUN_ENDPOINT": self.address["run"],
        }

    @property
    def container_variables(self) -> dict[str, str]:
        """What the definitions give to every container, the endpoints, and where runtimes are."""
        return {**self.definitions.variables, **self.endpoints, **self.runtimes}

    @property
    def runtimes(self) -> dict[str, str]:
        """The variables about the runtimes and the wall of models; an image has its own runtimes.

        Where the system can build no wall, whoever starts the cloud may say so.
        """
        if self.engine:
            return {}
        wall = {name: os.environ[name] for name in ("MLSYS_MODEL_WALL",) if name in os.environ}
        return {
            "MLSYS_RUNTIMES_FOLDER": str(REPOSITORY / ".runtimes"),
            "MLSYS_INSTALL_RUNTIMES": "yes",
            **wall,
        }

    @property
    def variables(self) -> dict[str, str]:
        """What a shell or a process on this machine needs: Python clients, gcloud and bq."""
        return {
            **self.container_variables,
            "GATEWAY_URL": self.address["gateway"],
            **self._gcloud_variables,
        }

    @property
    def _gcloud_variables(self) -> dict[str, str]:
        return {
            "CLOUDSDK_CONFIG": str(self.gcloud_folder),
            "CLOUDSDK_CORE_PROJECT": self.project,
            "CLOUDSDK_RUN_REGION": self.region,
            "CLOUDSDK_CORE_DISABLE_PROMPTS": "1",
            "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING": "1",
            "CLOUDSDK_CORE_SHOULD_PROMPT_TO_ENABLE_API": "false",
            "CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK": "1",
            "BOTO_CONFIG": str(self.boto_file),
            # Any text is a token here; without one bq asks for a login.
            "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE": str(self.token_file),
            "CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE": f"{self.address['storage']}/",
            "CLOUDSDK_API_ENDPOINT_OVERRIDES_BIGQUERY": f"{self.address['bigquery']}/",
            SCHEDULER_ENDPOINT: f"{self.address['scheduler']}/",
            # gcloud run puts the region before the host, which no number survives: so a name, and
            # a proxy that everything but 127.0.0.1 goes through.
            "CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN": "http://run.local/",
            "http_proxy": self.address["run"],
            "no_proxy": "127.0.0.1,localhost",
        }

    @property
    def triggers(self) -> list[dict[str, str]]:
        """Triggers of the definitions, each with the address of its service here."""
        return [
            {
                "name": trigger.name,
                "type": trigger.event_type,
                "bucket": trigger.bucket,
                "destination": f"{self.address[trigger.service]}/",
            }
            for trigger in self.definitions.triggers
        ]

    @property
    def triggers_file(self) -> Path:
        """Where the stand-in for Eventarc reads its triggers."""
        return self.home / "triggers.json"

    @property
    def user_folder(self) -> Path:
        """Home folder of the services' user: empty, so without anybody's credentials."""
        return self.home / "user"

    @property
    def gcloud_folder(self) -> Path:
        """The configuration of gcloud and bq, apart from the user's own."""
        return self.home / "gcloud"

    @property
    def token_file(self) -> Path:
        """What gcloud and bq take for an access token."""
        return self.gcloud_folder / "token"

    @property
    def boto_file(self) -> Path:
        """What makes gsutil a front of gcloud storage."""
        return self.gcloud_folder / "boto"
