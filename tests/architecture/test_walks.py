"""The walks of docs/architecture.md are those of the code: functions, calls, and no way back."""

import ast
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/architecture.md"
_STEP = re.compile(r"^( *)- `([\w/]+\.py)` `([\w.]+)`", re.MULTILINE)


class Step(NamedTuple):
    depth: int
    file: str
    function: str

    @property
    def package(self):
        return "/".join(self.file.split("/")[:2])

    def __str__(self):
        return f"{self.file}:{self.function}"


STEPS = [Step(len(m[1]) // 2, m[2], m[3]) for m in _STEP.finditer(PAGE.read_text())]


def chains():
    """Each step with its callers, from the entry point down."""
    chain = []
    for step in STEPS:
        chain = [*chain[: step.depth], step]
        assert len(chain) == step.depth + 1, f"{step} is indented too deep"
        yield tuple(chain)


@cache
def definition(step):
    """The node of a function or method; its class's methods are searched for `Class.method`."""
    scope = ast.parse((ROOT / step.file).read_text()).body
    for name in step.function.split("."):
        found = [node for node in scope if getattr(node, "name", None) == name]
        assert found, f"{step.file} has no {step.function}"
        scope = found[0].body
    return found[0]


def names_used(function):
    nodes = list(ast.walk(function))
    return {node.id for node in nodes if isinstance(node, ast.Name)} | {
        node.attr for node in nodes if isinstance(node, ast.Attribute)
    }


CHAINS = list(chains())


def test_the_page_has_both_walks():
    entries = {str(chain[0]) for chain in CHAINS}
    assert {"gateway/launching/routes.py:predict", "jobs/register.py:on_event"} <= entries
    ends = {str(chain[-1]) for chain in CHAINS}
    assert "jobs/prediction/bigquery_jobs.py:run_once" in ends
    assert "shared/registry/registry.py:Registry.append" in ends


@pytest.mark.parametrize("chain", CHAINS, ids=lambda chain: str(chain[-1]))
def test_a_step_exists_and_is_called_by_the_step_above_it(chain):
    definition(chain[-1])
    if len(chain) > 1:
        called = chain[-1].function.rpartition(".")[2]
        assert called in names_used(definition(chain[-2])), f"{chain[-2]} does not use {called}"


@pytest.mark.parametrize("chain", CHAINS, ids=lambda chain: str(chain[-1]))
def test_no_call_goes_back_to_a_package_that_it_came_from(chain):
    packages = [step.package for step in chain]
    visited = [p for i, p in enumerate(packages) if i == 0 or p != packages[i - 1]]
    assert len(visited) == len(set(visited)), " → ".join(visited)


def test_a_function_that_is_not_called_is_noticed():
    predict = Step(0, "gateway/launching/routes.py", "predict")
    assert "reconcile" not in names_used(definition(predict))
    with pytest.raises(AssertionError, match="has no nothing"):
        definition(Step(0, "gateway/launching/routes.py", "nothing"))
