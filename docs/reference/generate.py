"""`make reference`: writes the pages of this folder from the code and the definitions.

With --check nothing is written, and the exit code is 1 when a page is not what it would be.
"""

import argparse
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from docs.reference.markdown import page, table
from docs.reference.metadata import metadata
from shared.request.parameters import is_required
from shared.request.prediction_request import PredictionRequest
from shared.settings.settings import Settings
from shared.tables.output_schema import LINEAGE, PROBABILITY

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
_SCHEMAS = ROOT / "terraform/modules/mlsys/definitions/schemas"


def settings() -> str:
    """Every environment variable that the product reads."""
    rows = [
        (f"`{each.metadata['variable']}`", each.metadata["description"], _default(each))
        for each in fields(Settings)
    ]
    return page(
        "Settings",
        "Environment variables, read in `shared/settings/settings.py` and nowhere else. For "
        "notebooks and for the command `mlsys` a file `.env`, in the working folder or above it, "
        "may hold them too; the environment wins. "
        "`{env}` in a default stands for the value of `MLSYS_ENV`.",
        table(("variable", "meaning", "default"), rows),
    )


def _default(setting: Any) -> str:
    default = setting.metadata["default"]
    return "" if default in {"", ()} else f"`{default}`"


def prediction_parameters() -> str:
    """What a prediction can be asked for."""
    rows = [
        (
            f"`{each.name}`",
            each.metadata["description"],
            "yes" if is_required(each) else "",
        )
        for each in fields(PredictionRequest)
    ]
    return page(
        "Parameters of a prediction",
        "The same names in the query of `GET /predict`, in the JSON body of `POST /predict`, and "
        'as arguments of the job: `?key_columns=a,b`, `{"key_columns": ["a", "b"]}` and '
        "`--key_columns=a --key_columns=b` are one request.",
        table(("name", "meaning", "required"), rows),
    )


_PREDICTION = (
    "Named by `target` in metadata.json, else `prediction`; with several outputs by `targets`, "
    "else numbered from 1."
)
_PROBABILITY = (
    "Classifiers only. Two classes: of the second in sorted order, the positive one; more "
    "classes: of the one that is predicted. With several outputs one each, "
    f"`{PROBABILITY}_{{name}}`. NULL where the model gives none."
)


def output_columns() -> str:
    """The columns of a table of predictions, in their order."""
    rows = [
        ("the key columns", "as in the input", "What tells whose prediction a row is."),
        (
            "the prediction",
            "that of the labels; FLOAT for a regressor",
            _PREDICTION,
        ),
        (
            f"`{PROBABILITY}`",
            "FLOAT",
            _PROBABILITY,
        ),
        *((f"`{column.name}`", column.type, meaning) for column, meaning in LINEAGE),
    ]
    return page(
        "Columns of the output",
        "In this order. A new output table is partitioned by the day of `PredictionTimestamp` and "
        "clustered by `ModelName` and `ModelVersion`.",
        table(("column", "type", "meaning"), rows),
    )


def schema(name: str, introduction: str) -> Callable[[], str]:
    """The page of a table of the deployment's dataset."""

    def columns() -> str:
        described = json.loads((_SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
        rows = [
            (f"`{each['name']}`", each["type"], each["mode"], each["description"])
            for each in described
        ]
        return page(name, introduction, table(("column", "type", "mode", "meaning"), rows))

    return columns


def commands() -> str:
    """The help of every command of `mlsys`."""
    overview = _help()
    names = re.findall(r"^  ([a-z-]+) {2,}", overview.split("commands:")[1], re.MULTILINE)
    sections = [f"## {name}\n\n```text\n{_help(name)}\n```" for name in names]
    return page("Commands", f"```text\n{overview}\n```", *sections)


def _help(*command: str) -> str:
    finished = subprocess.run(
        [sys.executable, "-m", "mlsys", *command, "--help"],
        cwd=ROOT,
        env=os.environ | {"COLUMNS": "100", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return finished.stdout.strip()


PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands,
    "metadata.md": metadata,
    "model_registry.md": schema(
        "model_registry",
        "A view in the deployment's dataset: one row a model version, the newest generation of its "
        "model.pkl.",
    ),
    "model_registry_events.md": schema(
        "model_registry_events",
        "The log that the view `model_registry` is made of: one row a fact, appended and never "
        "changed.",
    ),
    "output-columns.md": output_columns,
    "prediction-parameters.md": prediction_parameters,
    "prediction_runs.md": schema(
        "prediction_runs", "A table in the deployment's dataset: one row a run of a prediction."
    ),
    "settings.md": settings,
}


def stale() -> list[str]:
    """Names of the pages that are not what `make reference` would write."""
    return [name for name, write in PAGES.items() if _text_of(name) != write()]


def _text_of(name: str) -> str:
    path = FOLDER / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or check them; the exit code is returned."""
    parser = argparse.ArgumentParser("python -m docs.reference.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    if parser.parse_args(arguments).check:
        names = stale()
        sys.stderr.writelines(f"docs/reference/{name} is stale: make reference\n" for name in names)
        return 1 if names else 0
    for name, write in PAGES.items():
        (FOLDER / name).write_text(write(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
