import ast
import inspect
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

import mlsys

ROOT = Path(__file__).parents[3]
HEAVY = {"pandas", "numpy", "sklearn", "pyarrow", "google", "grpc", "requests", "matplotlib"}


def modules_after(program):
    """Names of the top-level modules that a program has imported."""
    program += "\nimport sys; print(*{name.partition('.')[0] for name in sys.modules})"
    command = [sys.executable, "-c", program]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return set(ran.stdout.split())


def test_importing_the_package_loads_nothing_heavy():
    assert not HEAVY & (modules_after("import mlsys") - modules_after(""))


def test_a_name_imports_only_what_it_needs():
    imported = modules_after("from mlsys import set_alias")
    assert "jobs" in imported
    assert not {"sklearn", "matplotlib"} & imported


@pytest.mark.parametrize("name", mlsys.__all__)
def test_every_public_name_exists_and_is_documented(name):
    value = getattr(mlsys, name)
    assert inspect.getdoc(value)
    assert getattr(mlsys, name) is value


def test_public_names_complete_before_they_are_imported():
    program = "import mlsys; assert set(mlsys.__all__) <= set(dir(mlsys))"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)


def test_no_module_replaces_a_public_name():
    names = {module.name for module in iter_modules(mlsys.__path__)}
    assert not names & set(mlsys.__all__)
    for name in sorted(names - {"__main__"}):
        import_module(f"mlsys.{name}")
    assert all(callable(getattr(mlsys, name)) for name in set(mlsys.__all__) - {"plots"})


def test_type_checkers_see_the_same_names_in_the_same_modules():
    tree = ast.parse(Path(mlsys.__file__).read_text())
    (block,) = [node for node in tree.body if isinstance(node, ast.If) and not node.orelse][:1]
    seen = {alias.name: each.module for each in block.body for alias in each.names}
    assert list(mlsys.__all__) == sorted(seen)
    assert seen.pop("plots") == "jobs"
    assert seen == {name: f"mlsys.{module}" for name, module in mlsys._MODULE_OF.items()}


def test_plots_without_matplotlib_name_the_extra_that_installs_it():
    program = "import sys; sys.modules['matplotlib'] = None; from mlsys import plots"
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 1
    assert "plots need matplotlib" in ran.stderr
    assert "pip install 'mlsys[notebook]'" in ran.stderr


def test_a_misspelled_name_is_an_error():
    with pytest.raises(ImportError, match="cannot import name 'publisch' from 'mlsys'"):
        from mlsys import publisch  # noqa: F401, PLC0415
    assert not hasattr(mlsys, "bq_push")
