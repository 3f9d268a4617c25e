"""From the bytes of a model.pkl to an object that predicts. It runs behind the wall."""

import importlib
import importlib.util
import io
import sys
import types
import warnings
from collections.abc import Mapping
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
            complete_older_models()
            return as_estimator(model)
        except ModelError:
            raise
        except MemoryError as error:
            raise ModelError("needs more memory than a model may take") from error
        except ModuleNotFoundError as error:
            raise _missing_module(error) from error
        except Exception as error:
            raise ModelError("cannot be loaded: %s" % words(error)) from error


def _strictly(content: bytes, options: Mapping[str, Any]) -> Any:
    pickles = importlib.import_module("jobs.pickles.safe_load")
    errors = importlib.import_module("jobs.pickles.errors")
    try:
        return pickles.load_strictly(content, options["allowed_names"])
    except errors.UnsafePickleError as error:
        raise ModelError(str(error)) from error


def _missing_module(error: ModuleNotFoundError) -> ModelError:
    package = (error.name or "").partition(".")[0]
    if package and importlib.util.find_spec(package) is None:
        return ModelError("needs the package %s" % package, "PACKAGE_MISSING")
    return ModelError(
        "names the module %s, which the runtime's release of %s has not: another release wrote it"
        % (error.name, package)
    )


def words(error: BaseException) -> str:
    """The type and the message of an error, on one line of bounded length."""
    try:
        message = " ".join(str(error).split())
    except Exception:  # noqa: BLE001  (an error of a model's own class can raise anything)
        message = ""
    return ("%s: %s" % (type(error).__name__, message))[:_WORDS]
