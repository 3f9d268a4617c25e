"""stub"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DEFAULT_RUNTIME = "sklearn-1.9"


@dataclass(frozen=True, slots=True)
class Runtime:
    name: str
    python: str
    versions: Mapping[str, str]


def read_catalog(folder: Path):
    return (Runtime("sklearn-1.9", "3.13", {"scikit-learn": "1.9.1", "xgboost": "3.2.0"}),)
