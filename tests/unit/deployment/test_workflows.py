"""A workflow's job may read only what it needs."""

import pytest

from deployment.workflows import findings

BUILDING = "jobs:\n  build:\n    outputs: {digest: x}\n"
CALLED = "on:\n  workflow_call:\n    outputs:\n      digest: {value: x}\n"


@pytest.fixture
def found(tmp_path):
    """What is found in a workflow whose job `deploy` has these lines, after a job `build`."""

    def _found(*lines, others=BUILDING):
        path = tmp_path / "pr.yml"
        path.write_text(others + "  deploy:\n" + "".join(f"    {line}\n" for line in lines))
        return [finding.removeprefix(f"{path}: ") for finding in findings(path)]

    return _found


READING = "if: ${{ needs.build.outputs.digest != '' }}"


def test_a_job_that_reads_an_output_of_a_job_it_does_not_need_is_found(found):
    assert found(READING) == ["job deploy reads needs.build and does not need build"]


@pytest.mark.parametrize("needs", ["needs: build", "needs: [build]"])
def test_a_job_may_read_what_it_needs(found, needs):
    assert found(needs, READING) == []


def test_a_condition_without_braces_is_read_too(found):
    assert found("if: needs.build.result == 'success'") != []


def test_an_output_that_the_needed_job_does_not_have_is_found(found):
    said = found("needs: build", "env: {DIGEST: '${{ needs.build.outputs.digests }}'}")
    assert said == ["job deploy reads digests of build, which has no such output"]


def test_a_needed_job_that_does_not_exist_is_found(found):
    assert found("needs: built") == ["job deploy needs built, which is no job"]


def test_the_outputs_of_a_called_workflow_are_those_that_it_declares(found, tmp_path):
    (tmp_path / "build.yml").write_text(CALLED)
    calling = "jobs:\n  build:\n    uses: ./.github/workflows/build.yml\n"
    assert found("needs: build", READING, others=calling) == []
    misread = "env: {DIGEST: '${{ needs.build.outputs.image }}'}"
    said = found("needs: build", misread, others=calling)
    assert said == ["job deploy reads image of build, which has no such output"]
