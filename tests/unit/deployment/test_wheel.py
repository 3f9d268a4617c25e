import ast
import tomllib
from pathlib import Path

import pytest

from deployment.wheel import NESTED, UnnestedError, nest, nested, requirements

ROOT = Path(__file__).parents[3]
GROUPS = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
MODULE = Path("jobs/module.py")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("from jobs import plots", "from mlsys.jobs import plots"),
        ("from jobs.schema import Layout as L", "from mlsys.jobs.schema import Layout as L"),
        ("from  shared.errors import (\n    NotFound,\n)", None),
        ("if x: from jobs import y; from shared import z", None),
        ("import jobs.schema as layout", "import mlsys.jobs.schema as layout"),
        (
            "import os, jobs.a as a, shared.b as b",
            "import os, mlsys.jobs.a as a, mlsys.shared.b as b",
        ),
        ("é = 'é'; from jobs import y", "é = 'é'; from mlsys.jobs import y"),
    ],
)
def test_imports_of_both_folders_go_through_the_package(line, expected):
    adapted = nested(line.encode(), MODULE).decode()
    assert adapted == (
        expected or line.replace("jobs", "mlsys.jobs").replace("shared", "mlsys.shared")
    )


@pytest.mark.parametrize(
    "source",
    [
        "from jobsite import x\nimport sharedlib",
        "from . import jobs\nfrom .shared import x",
        "from mlsys.bigquery import bq_get",
        "# from jobs import x\nx = clients.jobs.list()",
        '"""What `python -m jobs` and jobs.schema are."""',
        "x = 'look at jobs/register.py, and at the jobs. They'",
    ],
)
def test_all_else_stays_as_it_is(source):
    assert nested(source.encode(), MODULE) == source.encode()


@pytest.mark.parametrize(
    "source",
    [
        "import jobs",
        "import jobs.schema",
        "def f():\n    import shared.errors",
        "import_module('jobs.commands.predict')",
        'import_module(f"jobs.commands.{name}")',
        "run([python, '-m', 'jobs.sandbox.scanning_process'])",
        "raise ValueError('see python -m jobs inspect')",
    ],
)
def test_what_would_not_be_found_in_the_wheel_fails_the_build(source):
    with pytest.raises(UnnestedError, match=r"jobs/module\.py:[123]: .* is not in the wheel"):
        nested(source.encode(), MODULE)


def test_every_module_of_the_repository_is_in_its_place_and_imports_from_there(tmp_path):
    nest(ROOT, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mlsys"]
    assert (tmp_path / "mlsys/jobs/metadata/schema.json").exists()
    for path in tmp_path.rglob("*.py"):
        imported = [
            node.module.partition(".")[0]
            for node in ast.walk(ast.parse(path.read_bytes()))
            if isinstance(node, ast.ImportFrom) and not node.level
        ]
        assert not set(NESTED) & set(imported), path


def test_the_dependencies_are_those_of_the_group_and_of_what_it_includes():
    found = list(requirements(GROUPS, "package"))
    assert set(GROUPS["jobs"]) < set(found)
    assert any(each.startswith("requests") for each in found)
