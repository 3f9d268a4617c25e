import pytest

from shared.errors import InvalidArgument
from shared.settings.gateway import GatewaySettings, auth_mode
from shared.settings.settings import Settings

LOOPBACK = ("http://127.0.0.1:9000", "localhost:9050", "http://[::1]:9070")
GOOGLE = ("", "", "")
KEY = f"cron={'0' * 64}"


def settings(**variables) -> GatewaySettings:
    return Settings.from_environ({"GCP_PROJECT_ID": "p"} | variables)


def mode(*, on_cloud_run=False, endpoints=LOOPBACK, **variables):
    return auth_mode(settings(**variables), on_cloud_run=on_cloud_run, endpoints=endpoints)


def test_the_default_depends_on_where_the_gateway_runs():
    assert mode() == "none"
    assert mode(on_cloud_run=True, endpoints=GOOGLE) == "iam"


@pytest.mark.parametrize(
    "endpoints",
    [
        GOOGLE,
        ("http://127.0.0.1:1", "http://127.0.0.1:1", ""),
        ("http://10.0.0.1", *LOOPBACK[1:]),
        ("http://127.0.0.1.example.com", *LOOPBACK[1:]),
    ],
)
def test_the_mode_none_needs_every_endpoint_on_this_machine(endpoints):
    with pytest.raises(InvalidArgument, match="that is for the local cloud"):
        mode(endpoints=endpoints)


def test_the_mode_key_needs_well_formed_keys():
    assert mode(MLSYS_AUTH="key", MLSYS_API_KEYS=KEY, endpoints=GOOGLE) == "key"
    for keys in ("", "cron", f"cron={'0' * 63}", f"a b={'0' * 64}", f"{KEY},other=x"):
        with pytest.raises(InvalidArgument, match="MLSYS_API_KEYS"):
            mode(MLSYS_AUTH="key", MLSYS_API_KEYS=keys)


def test_callers_are_allowed_by_permission():
    given = settings(MLSYS_READERS="a,b", MLSYS_LAUNCHERS="a", MLSYS_CANCELLERS="*@example.com")
    assert given.allowed_callers("read") == ("a", "b")
    assert given.allowed_callers("launch") == ("a",)
    assert given.allowed_callers("cancel") == ("*@example.com",)
