"""What an honest library does, and the wall must let it. It runs in the model's process."""

from pathlib import Path


def read_an_own_file(world):
    import sklearn

    text = Path(sklearn.__file__).with_name("base.py").read_text(encoding="utf-8")
    return str("class BaseEstimator" in text)
