"""`make notebooks`: runs every notebook from top to bottom on a local cloud, and keeps the outputs.

What differs from run to run is not kept: metadata, times, numbers of executions. So a notebook
changes only when what it shows does.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

from local.running import Blueprint, running_cloud

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent
_CELL_SECONDS = 240
_KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}


def notebooks() -> list[Path]:
    """The notebooks of this folder."""
    return sorted(FOLDER.glob("*.ipynb"))


def executed(path: Path, variables: Mapping[str, str]) -> NotebookNode:
    """A notebook, run in a new kernel with these variables in its environment.

    Raises:
        CellExecutionError: when a cell fails.
    """
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=_CELL_SECONDS,
        resources={"metadata": {"path": str(FOLDER)}},
        extra_arguments=["--log-level=ERROR"],  # it warns of whoever else is on the machine
    )
    client.execute(env={**os.environ, **variables, "PYTHONPATH": str(ROOT)})
    return stripped(notebook)


def stripped(notebook: NotebookNode) -> NotebookNode:
    """The notebook without what depends on the machine and the time, but with its outputs."""
    notebook.metadata = NotebookNode(
        kernelspec=NotebookNode(_KERNELSPEC), language_info=NotebookNode(name="python")
    )
    for number, cell in enumerate(notebook.cells, start=1):
        cell.id = f"cell-{number:02}"
        cell.metadata = NotebookNode()
        if cell.cell_type == "code":
            cell.execution_count = None
            for output in cell.outputs:
                _strip(output)
    return notebook


def _strip(output: NotebookNode) -> None:
    if "metadata" in output:
        output.metadata = NotebookNode()
    if "execution_count" in output:
        output.execution_count = None


def main(arguments: Sequence[str]) -> int:
    """Run the notebooks and rewrite them; the exit code is returned."""
    parser = argparse.ArgumentParser("python -m notebooks.execute", description=__doc__)
    parser.add_argument("paths", nargs="*", type=Path, help="default: all of them")
    paths = parser.parse_args(arguments).paths or notebooks()
    with tempfile.TemporaryDirectory() as folder, running_cloud(Blueprint(Path(folder))) as cloud:
        for path in paths:
            nbformat.write(executed(path, cloud.variables), path)
            sys.stdout.write(f"{path.name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
