"""A module that calls itself pure reaches no client, no web framework and no operating system."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

from tests.architecture.test_image_contents import imported_files, imported_names

ROOT = Path(__file__).parents[2]
FOLDERS = ("shared", "jobs", "gateway", "runtimes", "mlsys", "deployment", "local")
IMPURE = {"flask", "google", "os"}


def is_pure(path):
    docstring = ast.get_docstring(ast.parse(path.read_text())) or ""
    return re.search(r"\bPure\b", docstring) is not None


def module_name(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def impure_imports(path):
    names = set(imported_names(ast.parse(path.read_text())))
    packages = {name.partition(".")[0] for name in names}
    return (packages & IMPURE) | (names & {"shared.clients"})


PURE = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py") if is_pure(path)]
LIGHT = [path for path in PURE if module_name(path).startswith(("shared.", "gateway."))]


@pytest.mark.parametrize("path", sorted(PURE), ids=module_name)
def test_a_pure_module_imports_nothing_impure(path):
    assert impure_imports(path) == set()


@pytest.mark.parametrize("path", sorted(LIGHT), ids=module_name)
def test_a_pure_module_of_the_gateway_imports_nothing_impure_by_way_of_another(path):
    for file in imported_files(ROOT, [module_name(path)]):
        assert impure_imports(file) == set(), file


def test_an_impure_import_is_noticed(tmp_path):
    (tmp_path / "module.py").write_text("from google.cloud import bigquery\nimport os.path, json\n")
    assert impure_imports(tmp_path / "module.py") == {"google", "os"}


def test_the_import_contract_holds_every_module_that_calls_itself_pure():
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    (contract,) = [each for each in config["contracts"] if "themselves pure" in each["name"]]
    assert contract["source_modules"] == sorted(map(module_name, PURE), key=_position)


def _position(name):
    folder, _, rest = name.partition(".")
    return FOLDERS.index(folder), rest
