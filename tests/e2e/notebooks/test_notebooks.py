"""The notebooks run from top to bottom, and show what they showed when they were committed."""

import re

import nbformat
import pytest

from notebooks.execute import FOLDER, executed, notebooks, stripped

NOTEBOOKS = notebooks()
pytestmark = pytest.mark.timeout(900)
# Paths of a machine, addresses of a cloud, moments: nothing that the next run would not show.
OF_THIS_MACHINE = re.compile(r"127\.0\.0\.1|localhost|/home/|/root/|/tmp/|/work/|20\d\d-\d\d-\d\dT")


def shown(notebook):
    """What each cell shows: texts as they are, of pictures only how many."""
    return [
        [output.get("text") or _without_addresses(output) for output in cell.outputs]
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


def _without_addresses(output):
    assert output.output_type != "error", output
    return output.data.get("text/plain"), sorted(output.data)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_shows_what_is_committed(cloud, path):
    committed = nbformat.read(path, as_version=4)
    again = executed(path, cloud.variables)
    assert shown(again) == shown(committed), "run `make notebooks`, and look at what changed"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_committed_notebook_has_pictures_and_tells_nothing_of_the_machine(path):
    text = path.read_text()
    committed = nbformat.reads(text, as_version=4)
    nbformat.validate(committed)
    pictures = [
        o for c in committed.cells for o in c.get("outputs", ()) if "image/png" in o.get("data", {})
    ]
    assert pictures
    without_pictures = re.sub(r'"image/png": "[^"]*"', "", text)
    assert not OF_THIS_MACHINE.search(without_pictures)
    assert stripped(nbformat.reads(text, as_version=4)) == committed


def test_the_notebooks_are_named_as_examples():
    assert {path.name for path in NOTEBOOKS} >= {"titanic-survival-example.ipynb"}
    assert all(path.stem.endswith("-example") for path in NOTEBOOKS)
    assert {path.suffix for path in FOLDER.iterdir() if path.is_file()} == {".ipynb", ".py"}
