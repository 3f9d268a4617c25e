import pytest

from gateway.launching.launch_options import MAX_TASKS, LaunchOptions, split_options
from shared.errors import InvalidArgument


def test_options_are_split_from_the_prediction_s_parameters():
    raw = {"env": "dev", "tasks": "4", "max_bytes": "1000", "dry_run": "true", "x": 1}
    options, others = split_options(raw)
    assert options == LaunchOptions(tasks=4, max_bytes=1000, dry_run=True)
    assert others == {"env": "dev", "x": 1}


def test_a_missing_or_empty_option_has_its_default():
    for raw in ({}, {"tasks": "", "max_bytes": None, "dry_run": None}):
        assert split_options(raw) == (LaunchOptions(tasks=None, max_bytes=None, dry_run=False), {})


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("tasks", "1", 1),
        ("tasks", MAX_TASKS, 1_000),
        ("max_bytes", 10**18, 10**18),
        ("dry_run", True, True),
        ("dry_run", "1", True),
        ("dry_run", "", True),
        ("dry_run", "FALSE", False),
        ("dry_run", 0, False),
    ],
)
def test_a_value_is_a_text_or_a_json_value(name, raw, value):
    options, _ = split_options({name: raw})
    assert getattr(options, name) == value


@pytest.mark.parametrize(
    ("name", "raw", "reason"),
    [
        ("tasks", "0", "INVALID_TASKS"),
        ("tasks", "1001", "INVALID_TASKS"),
        ("tasks", "-1", "INVALID_TASKS"),
        ("tasks", "1.5", "INVALID_TASKS"),
        ("tasks", "٣", "INVALID_TASKS"),
        ("tasks", "9" * 5_000, "INVALID_TASKS"),
        ("max_bytes", str(10**18 + 1), "INVALID_MAX_BYTES"),
        ("max_bytes", ["1"], "INVALID_MAX_BYTES"),
        ("dry_run", "yes", "INVALID_PARAMETERS"),
    ],
)
def test_a_malformed_option_is_named(name, raw, reason):
    with pytest.raises(InvalidArgument, match=f"{name} is") as caught:
        split_options({name: raw})
    assert (caught.value.reason, caught.value.subjects["parameter"]) == (reason, name)
