"""Budgets that keep rooms small, and rules of the whole repository."""

import ast
import re
import statistics
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILE_LINES = 250  # one budget for the whole repository; CONTRIBUTING.md names it
PRODUCTION = ("mlsys", "shared", "jobs", "gateway", "runtimes")
FOLDERS = (*PRODUCTION, "local", "deployment", "docs", "notebooks")
CODE = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
FUNCTIONS = [
    (path, node)
    for path in CODE
    for node in ast.walk(ast.parse(path.read_text()))
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
]


def body_lines(function):
    """Lines of a function's statements, without its signature and docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_fits_on_a_few_screens(path):
    assert len(path.read_text().splitlines()) <= FILE_LINES


def test_functions_are_short():
    lengths = [body_lines(function) for _, function in FUNCTIONS]
    assert statistics.median(lengths) <= 6
    longest = max(FUNCTIONS, key=lambda each: body_lines(each[1]))
    assert body_lines(longest[1]) <= 40, f"{longest[1].name} in {longest[0]}"


def test_only_settings_name_environment_variables_of_production():
    reading = re.compile(r"environ(?:\.get\(|\[)|getenv")
    production = [path for path in CODE if path.parts[len(ROOT.parts)] in PRODUCTION]
    readers = {str(p.relative_to(ROOT)) for p in production if reading.search(p.read_text())}
    # The server's own address, logging before there are settings, a shell's question.
    entries = {"gateway/server.py", "jobs/command_line.py", "mlsys/__main__.py"}
    assert readers == {"shared/settings/settings.py"} | entries


def test_no_file_names_a_package_registry():
    hosts = ("pypi" + ".org", "pythonhosted" + ".org", "registry.npmjs" + ".org")
    files = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in files.stdout.splitlines():
        content = (ROOT / name).read_bytes().decode(errors="ignore")
        assert not any(host in content for host in hosts), name
