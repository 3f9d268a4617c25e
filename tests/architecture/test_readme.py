"""The README is tested: what it names exists, and what exists is named."""

import re
import subprocess
from dataclasses import fields
from pathlib import Path

from gateway.app import create_app
from shared.clients import Clients
from shared.request.prediction_request import PredictionRequest
from shared.settings.settings import Settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *(ROOT / "docs").rglob("*.md"),
    *(ROOT / "terraform").rglob("*.md"),
    *(ROOT / "data").rglob("*.md"),
]
TARGETS = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))


def test_every_make_target_that_a_page_names_exists():
    named = {
        target
        for page in PAGES
        for target in re.findall(r"\bmake (?:-s )?([a-z][a-z-]*)\b", _code(page.read_text()))
    }
    assert named
    assert named <= TARGETS


def _code(text):
    """Commands are set as code; elsewhere, and in what a command prints, "make" is a word."""
    text = re.sub(r"```text.*?```", "", text, flags=re.DOTALL)
    return "\n".join(re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL))


def test_make_help_prints_every_target_that_a_person_may_want():
    printed = subprocess.run(
        ["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    documented = {line.split()[0] for line in printed.splitlines()}
    assert documented == TARGETS
    assert {"setup", "demo", "up", "env", "test", "check", "clean"} <= documented


def test_the_readme_names_the_gateway_s_routes_and_no_others():
    app = create_app(
        Clients(Settings.from_environ({"GCP_PROJECT_ID": "p", "K_SERVICE": "gateway"}))
    )
    rules = [rule for rule in app.url_map.iter_rules() if not rule.endpoint.endswith("static")]
    routes = {str(rule).replace("<", "{").replace(">", "}") for rule in rules}
    table = README.split("| route | does |")[1].split("\n\n")[0]
    assert set(re.findall(r"`(?:GET|POST|GET, POST) (\S+)`", table)) == routes


def test_the_readme_names_every_parameter_of_a_prediction():
    section = README.split("Parameters of `/predict`")[1].split("\n\n")[0]
    names = {field.name for field in fields(PredictionRequest)}
    assert names <= set(re.findall(r"`([a-z_]+)`", section))


def test_the_readme_says_what_each_top_level_folder_is_for():
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    folders = {f"{line.split('/')[0]}/" for line in listed.stdout.splitlines() if "/" in line}
    table = README.split("| folder | what it is for |")[1].split("\n\n")[0]
    assert set(re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)) == folders


def test_every_link_between_pages_leads_somewhere():
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_decision_is_listed():
    decisions = ROOT / "docs" / "decisions"
    listed = set(re.findall(r"\]\(([^)]+)\)", (decisions / "README.md").read_text()))
    assert listed == {page.name for page in decisions.glob("0*.md")}


def test_every_variable_that_a_page_names_is_a_setting():
    known = {field.metadata["variable"] for field in fields(Settings)}
    named = {
        name
        for page in PAGES
        for name in re.findall(r"\b(?:GCP|GCS|BQ|MLSYS|GATEWAY)_[A-Z_]+\b", page.read_text())
    }
    assert named <= known


def test_the_table_of_contributing_covers_every_package():
    table = (ROOT / "CONTRIBUTING.md").read_text()
    packages = {
        f"{path.parent.relative_to(ROOT)}/"
        for top in ("shared", "jobs", "gateway")
        for path in (ROOT / top).glob("*/__init__.py")
    }
    assert len(packages) > 20
    assert packages <= set(re.findall(r"^\| `([\w/]+/)` \|", table, re.MULTILINE))


def test_every_module_that_a_page_names_exists():
    pages = [page for page in PAGES if page.name != "CHANGELOG.md"]
    named = {
        (page, path)
        for page in pages
        for path in re.findall(
            r"`((?:mlsys|shared|jobs|gateway|local|deployment|benchmarks|tests)/[\w/]+\.\w+)`",
            page.read_text(),
        )
    }
    assert len(named) > 100
    assert {path for _, path in named if not (ROOT / path).exists()} == set()
