"""The settings that only the gateway uses. Pure; `shared/settings/settings.py` reads them."""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from shared.errors import InvalidArgument
from shared.settings.variables import variable

_MODES = ("iam", "app", "key", "none")
_API_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,99}=[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    """Authentication, permissions and limits of the gateway's callers."""

    auth: str = variable(
        "MLSYS_AUTH",
        "how the gateway authenticates callers: iam (Cloud Run verifies them), app (Google's ID "
        "tokens), key (API keys) or none (local cloud only); default: iam on Cloud Run, else none",
    )
    auth_audience: str = variable(
        "MLSYS_AUTH_AUDIENCE", "the audience of ID tokens in the mode app: the gateway's URL"
    )
    certificates_url: str = variable(
        "MLSYS_CERTIFICATES_URL",
        "URL of the certificates for verifying ID tokens in the mode app",
        "https://www.googleapis.com/oauth2/v1/certs",
    )
    api_keys: tuple[str, ...] = variable(
        "MLSYS_API_KEYS",
        "the callers in the mode key, each name=SHA-256 of its key in hexadecimal; by commas",
        (),
    )
    readers: tuple[str, ...] = variable(
        "MLSYS_READERS",
        "the callers that may read: names, *@example.com or *; by commas",
        ("*",),
    )
    launchers: tuple[str, ...] = variable("MLSYS_LAUNCHERS", "the callers that may launch", ("*",))
    cancellers: tuple[str, ...] = variable(
        "MLSYS_CANCELLERS", "the callers that may cancel", ("*",)
    )
    input_datasets: tuple[str, ...] = variable(
        "MLSYS_INPUT_DATASETS",
        "datasets that predictions may read besides the output datasets: dataset or "
        "project.dataset; by commas; default: all that IAM allows",
        (),
    )
    output_datasets: tuple[str, ...] = variable(
        "MLSYS_OUTPUT_DATASETS",
        "datasets that predictions may write; by commas; default: all that IAM allows",
        (),
    )
    max_bytes: int = variable(
        "MLSYS_MAX_BYTES", "the maximum number of bytes that a prediction may read; 0: no bound", 0
    )
    max_open_runs: int = variable(
        "MLSYS_MAX_OPEN_RUNS", "the maximum number of open executions; 0: no bound", 100
    )
    launches_per_minute: int = variable(
        "MLSYS_LAUNCHES_PER_MINUTE",
        "launches per minute of a caller, in each instance; 0: no bound",
        60,
    )
    requests_per_minute: int = variable(
        "MLSYS_REQUESTS_PER_MINUTE",
        "other requests per minute of a caller, in each instance; 0: no bound",
        600,
    )
    deduplication_seconds: int = variable(
        "MLSYS_DEDUPLICATION_SECONDS",
        "seconds within which an equal request without a key gets the same execution; 0: never",
        60,
    )

    def allowed_callers(self, permission: str) -> tuple[str, ...]:
        """The callers that have a permission: `read`, `launch` or `cancel`."""
        callers = {"read": self.readers, "launch": self.launchers, "cancel": self.cancellers}
        return callers[permission]


def auth_mode(settings: GatewaySettings, *, on_cloud_run: bool, endpoints: tuple[str, ...]) -> str:
    """How the gateway authenticates callers: the setting, else a default for where it runs.

    Args:
        settings: the gateway's settings.
        on_cloud_run: whether this runs as a Cloud Run service.
        endpoints: addresses of the Google Cloud services; "" for Google's own.

    Raises:
        InvalidArgument: when the mode would leave the gateway open where it runs.
    """
    mode = settings.auth or ("iam" if on_cloud_run else "none")
    if mode not in _MODES:
        raise _contradiction(mode, f"use one of {', '.join(_MODES)}")
    if mode == "iam" and not on_cloud_run:
        raise _contradiction(mode, "only Cloud Run checks callers by IAM, and this is not it")
    if mode == "none" and on_cloud_run:
        raise _contradiction(mode, "on Cloud Run everybody could launch: use iam, app or key")
    if mode == "none" and not all(_is_loopback(each) for each in endpoints):
        raise _contradiction(mode, "that is for the local cloud, and this is Google's: use app")
    if mode == "app":
        _require_app_settings(settings)
    if mode == "key":
        _require_keys(settings)
    return mode


def _require_app_settings(settings: GatewaySettings) -> None:
    if not settings.auth_audience:
        raise _contradiction("app", "set MLSYS_AUTH_AUDIENCE to the gateway's URL")
    for permission in ("read", "launch", "cancel"):
        if "*" in settings.allowed_callers(permission):
            raise _contradiction(
                "app",
                "everybody in the world has a Google account: name callers or *@your-domain in "
                "MLSYS_READERS, MLSYS_LAUNCHERS and MLSYS_CANCELLERS",
            )


def _require_keys(settings: GatewaySettings) -> None:
    if not settings.api_keys:
        raise _contradiction("key", "MLSYS_API_KEYS names no key, so nobody could come in")
    for entry in settings.api_keys:
        if not _API_KEY.fullmatch(entry):
            raise InvalidArgument(
                f"MLSYS_API_KEYS has an entry {entry.partition('=')[0]!r} that is not "
                "name=SHA-256 in hexadecimal: printf %s KEY | sha256sum"
            )


def _is_loopback(endpoint: str) -> bool:
    host = urlsplit(endpoint if "//" in endpoint else f"//{endpoint}").hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:  # a host name, also one such as 127.0.0.1.example.com
        return False


def _contradiction(mode: str, why: str) -> InvalidArgument:
    return InvalidArgument(f"MLSYS_AUTH is {mode!r}: {why}")
