"""Whoever types what the pages say gets what they promise: every block that can run here is run."""

import os
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.docs.pages import OF_A_REAL_PROJECT, ROOT, RUN_ELSEWHERE, blocks, pages
from tests.e2e.docs.reader import Reader

PAGES = {str(page.relative_to(ROOT)): blocks(page) for page in pages()}
RUNNABLE = {
    name: runnable
    for name, found in PAGES.items()
    if (runnable := [block for block in found if not block.needs])
}

# Blocks that do not run here, by page: a new one is a decision, so its number stands here.
NOT_RUN = {
    "docs/deployment.md": 3,
    "docs/first-deployment.md": 14,
    "docs/operating.md": 6,
    "docs/registry.md": 1,
    "docs/start-jupyter.md": 1,
}

# On a busy machine the README alone takes minutes: a dozen command lines start.
pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def newcomer(cloud, tmp_path_factory):
    """Somebody with a copy of the repository, in a new terminal, beside a cloud that is up."""
    folder = tmp_path_factory.mktemp("repository")
    for entry in ROOT.iterdir():
        if entry.name not in {".git", ".mlsys", ".env", "model.pkl", "metadata.json"}:
            (folder / entry.name).symlink_to(entry)
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in cloud.variables and not name.startswith(("COV_", "PYTEST_", "VIRTUAL_"))
    }
    environment |= {"HOME_FOLDER": str(cloud.home), "MPLBACKEND": "agg"}
    with closing(Reader(folder, environment)) as reader:
        yield reader


@pytest.fixture(scope="module")
def reader(newcomer):
    """The newcomer, when the README has been followed from top to bottom."""
    for block in RUNNABLE["README.md"]:
        newcomer.run(block)
    return newcomer


@pytest.mark.parametrize("name", RUNNABLE)
def test_every_command_of_a_page_does_what_the_page_says(reader, name):
    if name != "README.md":  # which the reader has behind them
        for block in RUNNABLE[name]:
            reader.run(block)


def test_what_does_not_run_here_is_counted_and_says_why():
    counted = Counter(block.page for found in PAGES.values() for block in found if block.needs)
    assert counted == NOT_RUN


def test_what_is_run_elsewhere_is_run_there():
    for command, place in RUN_ELSEWHERE.items():
        path, _, _ = place.partition(":")
        assert (ROOT / path).exists(), f"{command}: {place}"


def test_the_guides_through_a_real_project_are_checked_all_the_same():
    for page, test in OF_A_REAL_PROJECT.items():
        assert Path(page).name in (ROOT / test).read_text()
