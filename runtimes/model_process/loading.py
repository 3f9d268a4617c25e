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

from .boosters import as_estimator, complete_older_models
from .errors import ModelError

_WORDS = 300


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
                model = _strictly(content, options)
            else:
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


_strict_loader: Any = None


def import_strict_loader(code: str, package: str) -> None:
    """Import the loader of the policy `strict`, before the first fork.

    Args:
        code: the folder of its packages. It leaves the path again: no model needs to read it.
        package: the package of the loader, by the name that it has in that folder.
    """
    global _strict_loader  # noqa: PLW0603  (once, before any thread)
    sys.path.append(code)
    _strict_loader = importlib.import_module(f"{package}.safe_load")
    importlib.import_module(f"{package}.allowed_names").default_names()
    sys.path.remove(code)


def _strictly(content: bytes, options: Mapping[str, Any]) -> Any:
    try:
        return _strict_loader.load_strictly(content, options["allowed_names"])
    except _strict_loader.UnsafePickleError as error:
        raise ModelError(str(error)) from error


def _missing_module(error: ModuleNotFoundError) -> ModelError:
    name = error.name or ""
    package = name.partition(".")[0]
    if not package:
        return ModelError(f"cannot be loaded: {words(error)}")
    if name == package:
        return ModelError(f"needs the package {package}", "PACKAGE_MISSING")
    return ModelError(
        f"names the module {name}, which the runtime's release of {package} has not: another "
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
