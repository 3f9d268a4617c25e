"""From the bytes of a model.pkl to an object that predicts. It runs behind the wall."""

from __future__ import annotations

import importlib
import io
import sys
import types
import warnings
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import joblib

from .boosters import as_estimator
from .errors import ModelError
from .older_models import complete_older_models

_WORDS = 300
# The modules of the strict loader, once they are imported.
_STRICT: dict[str, Any] = {}


def load(content: bytes, options: Mapping[str, Any]) -> Any:
    """The object that a file of joblib or pickle holds, raw boosters as estimators.

    Args:
        content: the file's bytes.
        options: `strict` asks for the loader of exact names, with `allowed_names` besides.

    Raises:
        ModelError: when it cannot be loaded; the message completes "the file …".
    """
    # A pickle may name what its author's script or notebook defined; it must not find this program.
    sys.modules["__main__"] = types.ModuleType("__main__")
    with warnings.catch_warnings():
        # The runtime was chosen by the versions; a difference of patch releases is no news.
        warnings.simplefilter("ignore")
        try:
            if options.get("strict"):
                return as_estimator(_strictly(content, options))
            model = joblib.load(io.BytesIO(content))
            complete_older_models()  # the libraries that it has imported
            return as_estimator(model)
        except ModelError:
            raise
        except MemoryError as error:
            raise ModelError(
                "needs more memory than a model may take", "MODEL_OUT_OF_MEMORY"
            ) from error
        except ModuleNotFoundError as error:
            raise _missing_module(error) from error
        except Exception as error:
            raise ModelError(f"cannot be loaded: {words(error)}") from error


def import_strict_loader(folder: str, package: str) -> None:
    """Import the loader of the policy `strict`, before the first fork.

    Args:
        folder: of the package. It leaves the path again, because no model needs to read it.
        package: has `pickles.safe_load`, e.g. "jobs".
    """
    sys.path.append(folder)
    for name in ("allowed_names", "errors", "safe_load"):
        _STRICT[name] = importlib.import_module(f"{package}.pickles.{name}")
    _STRICT["allowed_names"].default_names()  # reads its files
    sys.path.remove(folder)


def _strictly(content: bytes, options: Mapping[str, Any]) -> Any:
    if not _STRICT:
        raise ModelError("cannot be loaded by exact names in a process that was not started for it")
    try:
        return _STRICT["safe_load"].load_strictly(content, options["allowed_names"])
    except _STRICT["errors"].UnsafePickleError as error:
        raise ModelError(str(error)) from error


def _missing_module(error: ModuleNotFoundError) -> ModelError:
    name = error.name or ""
    package = name.partition(".")[0]
    if not package:
        return ModelError(f"cannot be loaded: {words(error)}")
    if name == package:
        return ModelError(f"needs the package {package}", "PACKAGE_MISSING")
    return ModelError(
        f"names the module {name}, which the runtime's release of {package} lacks: another "
        "release wrote it"
    )


def words(error: BaseException) -> str:
    """The type and the message of an error, on one line of bounded length."""
    name = message = ""
    # An error of a model's own class can raise anything, also when it is asked for its name.
    with suppress(BaseException):
        name = str(type(error).__name__)
        message = " ".join(str(error).split())
    return ("{}: {}".format(name or "an error", message))[:_WORDS]
