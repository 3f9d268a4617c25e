"""An image holds the modules that its process imports, and shared holds what both images import."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONSOLE = ROOT / "gateway/console"


def module_file(root, name):
    """The file of a module or package, None when the name is neither."""
    path = root.joinpath(*name.split("."))
    files = (path.with_suffix(".py"), path / "__init__.py")
    return next((file for file in files if file.exists()), None)


def imported_names(node):
    """The dotted names that a syntax tree imports, also in functions, but not for type checking."""
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    # A relative import stays within its package: only the process of a model has such.
    if isinstance(node, ast.ImportFrom) and not node.level:
        yield node.module
        yield from (f"{node.module}.{alias.name}" for alias in node.names)
    for child in ast.iter_child_nodes(node):
        yield from imported_names(child)


def imported_files(root, entry_points):
    """The files that modules import, directly or not, with those of their packages."""
    found, names = set(), list(entry_points)
    while names:
        name = names.pop()
        file = module_file(root, name)
        if file and file not in found:
            found.add(file)
            names += imported_names(ast.parse(file.read_text()))
        if "." in name:
            names.append(name.rpartition(".")[0])
    return found


def copied_modules(dockerfile):
    text = (ROOT / dockerfile).read_text()
    folders = re.findall(r"^COPY (\w+) \w+$", text, re.MULTILINE)
    return {path for folder in folders for path in (ROOT / folder).rglob("*.py")}


def gateway_modules():
    """The modules that gunicorn's command line in Dockerfile.gateway loads."""
    (command,) = re.findall(r"^CMD (.*)$", (ROOT / "Dockerfile.gateway").read_text(), re.MULTILINE)
    entry_points = re.findall(r"gateway[./]\w+(?=\.py|:)", command)
    assert len(entry_points) == 2
    return imported_files(ROOT, [name.replace("/", ".") for name in entry_points])


def job_modules():
    """The modules of the jobs and what they import; the command line imports commands by name."""
    files = (ROOT / "jobs").rglob("*.py")
    names = [".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files]
    return imported_files(ROOT, names)


def test_the_gateway_s_image_holds_only_what_the_gateway_imports():
    assert copied_modules("Dockerfile.gateway") - gateway_modules() == set()


def test_the_gateway_s_image_holds_all_that_the_gateway_imports():
    assert gateway_modules() - copied_modules("Dockerfile.gateway") == set()


def test_every_module_of_shared_is_imported_by_the_jobs_too():
    assert set((ROOT / "shared").rglob("*.py")) - job_modules() == set()


@pytest.mark.parametrize("folder", ["templates", "static"])
def test_every_template_and_every_static_file_is_used(folder):
    sources = [*CONSOLE.glob("*.py"), *(CONSOLE / "templates").iterdir()]
    for file in (CONSOLE / folder).iterdir():
        assert any(file.name in source.read_text() for source in sources if source != file), file


def test_imports_are_found_wherever_they_are(tmp_path):
    (tmp_path / "app").mkdir()
    for name, text in {
        "__init__": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import app.types",
        "main": "import json\nfrom app import used\n",
        "used": "def run():\n    from app.late import answer\n",
        "late": "answer = 42\n",
        "types": "",
        "unused": "",
    }.items():
        (tmp_path / f"app/{name}.py").write_text(text)
    found = {file.stem for file in imported_files(tmp_path, ["app.main"])}
    assert found == {"__init__", "main", "used", "late"}
