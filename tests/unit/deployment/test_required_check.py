"""The required check fails on whatever did not do what it should."""

import pytest

from deployment.required_check import failures

DEPLOYING = {"dev": "deploys"}


def needs(dev, deploys, check="success"):
    changes = {"result": "success", "outputs": {"deploys": deploys}}
    return {
        "check": {"result": check, "outputs": {}},
        "changes": changes,
        "dev": {"result": dev, "outputs": {}},
    }


@pytest.mark.parametrize(("dev", "deploys"), [("success", "true"), ("skipped", "false")])
def test_all_is_well_when_what_had_to_run_succeeded_and_nothing_else_ran(dev, deploys):
    assert list(failures(needs(dev, deploys), DEPLOYING)) == []


def test_a_deployment_that_had_to_run_and_was_skipped_is_a_failure():
    said = list(failures(needs("skipped", "true"), DEPLOYING))
    assert said == ["dev: skipped, and should be success"]


def test_a_deployment_for_which_there_was_no_reason_is_a_failure():
    assert list(failures(needs("success", "false"), DEPLOYING)) != []


@pytest.mark.parametrize("result", ["failure", "cancelled", "skipped"])
def test_a_check_that_did_not_succeed_is_a_failure(result):
    said = list(failures(needs("success", "true", check=result), DEPLOYING))
    assert said == [f"check: {result}, and should be success"]


def test_a_skip_that_nothing_justifies_is_a_failure():
    nothing_known = needs("skipped", "false")
    nothing_known["changes"] = {"result": "failure", "outputs": {}}
    assert "dev: skipped, and should be success" in list(failures(nothing_known, DEPLOYING))


def test_a_condition_for_a_job_that_is_not_needed_is_a_failure():
    said = list(failures(needs("success", "true"), {"dve": "deploys", **DEPLOYING}))
    assert said == ["dve has a condition and is not needed"]
