import pytest

from local.cloud_run.template import Container, ContainerOverride, Overrides, Template, overridden
from local.google_json import InvalidArgumentError

TEMPLATE = Template(
    container=Container(name="main", args=("--a",), environment={"A": "1", "B": "2"}),
    task_count=3,
    timeout_seconds=60,
)


def with_container(override: ContainerOverride) -> Container:
    return overridden(TEMPLATE, Overrides(containers=(override,))).container


def test_no_override_changes_nothing() -> None:
    assert overridden(TEMPLATE, Overrides()) == TEMPLATE
    assert with_container(ContainerOverride()) == TEMPLATE.container


def test_args_replace_and_can_be_cleared() -> None:
    assert with_container(ContainerOverride(args=("--b",))).args == ("--b",)
    assert with_container(ContainerOverride(clear_args=True)).args == ()


def test_the_environment_is_merged() -> None:
    override = ContainerOverride(name="main", environment={"B": "3", "C": "4"})
    assert with_container(override).environment == {"A": "1", "B": "3", "C": "4"}


@pytest.mark.parametrize("count", [0, -1, 10_001])
def test_a_task_count_out_of_range_is_refused(count: int) -> None:
    with pytest.raises(InvalidArgumentError, match="task_count"):
        overridden(TEMPLATE, Overrides(task_count=count))


def test_a_container_of_another_name_is_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="'other'"):
        with_container(ContainerOverride(name="other"))
