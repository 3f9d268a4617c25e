"""What the guides for operators tell to type exists: commands, flags, variables, resources."""

import json
import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.architecture.commands import (
    blocks,
    bq_flags,
    commands,
    gcloud_tree,
    terraform_flags,
)
from tests.architecture.terraform_modules import declarations, is_declared

ROOT = Path(__file__).parents[2]
GUIDES = [ROOT / "docs/first-deployment.md", ROOT / "docs/operating.md"]
# What is on every machine, or has no table of its flags to look into.
OTHERS = {"export", "curl", "sed", "jq", "tee", "gh"}


def typed(program):
    """Each command of a guide that starts with the program, once, to be named in a test's id."""
    found = [words for page in GUIDES for words in commands(page) if words and words[0] == program]
    return sorted({tuple(words) for words in found})


def flags(words, marker="--"):
    return {word.partition("=")[0] for word in words if word.startswith(marker)}


def unknown_to_gcloud(words):
    """Of a command of gcloud, the words that it does not know."""
    node = gcloud_tree()
    known = set(node["flags"])
    words = list(words[1:])
    while words and words[0] in node["commands"]:
        node = node["commands"][words.pop(0)]
        known |= set(node["flags"])
    if node["commands"]:
        return words[:1]
    negated = {flag.replace("--no-", "--", 1) for flag in flags(words)}
    return sorted(negated - known)


@pytest.mark.parametrize("words", typed("gcloud"), ids=" ".join)
def test_gcloud_has_the_command_and_each_of_its_flags(words):
    assert unknown_to_gcloud(words) == []


def test_a_command_or_a_flag_that_gcloud_lacks_is_noticed():
    assert unknown_to_gcloud(["gcloud", "pubsub", "subscription", "pull"]) == ["subscription"]
    wrong = ["gcloud", "pubsub", "subscriptions", "pull", "x", "--auto-acknowledge"]
    assert unknown_to_gcloud(wrong) == ["--auto-acknowledge"]


@pytest.mark.parametrize("words", typed("bq"), ids=" ".join)
def test_bq_has_the_command_and_each_of_its_flags(words):
    assert flags(words) <= bq_flags(words[1])


@pytest.mark.parametrize("words", typed("terraform"), ids=" ".join)
def test_terraform_has_the_command_and_each_of_its_flags(words):
    folder, command, *rest = words[1:]
    assert folder == "-chdir=terraform/envs/$ENV"
    assert flags(rest, "-") <= terraform_flags(command)


def test_what_terraform_is_pointed_at_is_in_the_module():
    words = [word for command in typed("terraform") for word in command]
    addresses = re.findall(r"\bmodule\.mlsys\.(\S+)", "\n".join(words))
    assert addresses
    assert [address for address in addresses if not is_declared(address)] == []


def test_variables_given_to_terraform_are_variables_of_every_environment():
    given = {name for page in GUIDES for name in re.findall(r"TF_VAR_(\w+)=", page.read_text())}
    assert "images" in given
    for path in (ROOT / "terraform/envs").glob("*/variables.tf"):
        assert given <= set(re.findall(r'^variable "(\w+)"', path.read_text(), re.MULTILINE))


def test_every_required_variable_of_an_environment_is_given_by_the_guide():
    given = set(re.findall(r"TF_VAR_(\w+)=", GUIDES[0].read_text()))
    for path in (ROOT / "terraform/envs/dev").glob("*.auto.tfvars.json"):
        given |= set(json.loads(path.read_text()))  # which Terraform reads by itself
    declared = (ROOT / "terraform/envs/dev/variables.tf").read_text()
    bodies = re.findall(r'^variable "(\w+)" \{(.*?)^\}', declared, re.MULTILINE | re.DOTALL)
    assert {name for name, body in bodies if "default" not in body} <= given


def test_arguments_written_into_an_environment_are_the_module_s():
    written = {
        name
        for page in GUIDES
        for block in blocks(page, "hcl")
        for name in re.findall(r"^  (\w+) +=", block, re.MULTILINE)
    }
    assert "predictions" in written
    main = (ROOT / "terraform/envs/dev/main.tf").read_text()
    assert written <= set(re.findall(r"^  (\w+) +=", main, re.MULTILINE))


def test_what_is_read_from_the_outputs_is_an_output():
    read = {name for page in GUIDES for name in re.findall(r"jq -r \.(\w+)", page.read_text())}
    assert "gateway_url" in read
    assert read <= set(re.findall(r'^output "(\w+)"', declarations(), re.MULTILINE))


def test_modules_that_are_run_exist():
    run = [
        word
        for page in GUIDES
        for words in commands(page)
        for word in words[2:3]
        if words[1] == "-m"
    ]
    assert all(find_spec(module) for module in run)


def test_nothing_else_is_asked_for():
    programs = {words[0] for page in GUIDES for words in commands(page) if words}
    checked = {"gcloud", "bq", "terraform", "make", ".venv/bin/python"}
    assert programs <= checked | OTHERS


def test_a_scheduled_prediction_of_the_guide_is_one_that_terraform_takes():
    (block,) = [each for each in blocks(GUIDES[0], "hcl") if "predictions" in each]
    example = json.loads((ROOT / "deployment/terraform/everything.tfvars.json").read_text())
    (request,) = (each["request"] for each in example["predictions"].values())
    assert set(re.findall(r"^        (\w+) +=", block, re.MULTILINE)) == set(request)
