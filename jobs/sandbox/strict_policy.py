"""In which runtimes the policy `strict` can load models: those that its table knows. Pure."""

from runtimes.catalog import Runtime
from shared.errors import FailedPrecondition

# Of the table, jobs/pickles/allowed_names_generated.txt, and of the loader that reads it.
SKLEARN = "1.9"
PYTHON = "3.13"


def strict_finding(runtime: Runtime) -> str | None:
    """Why the policy `strict` loads nothing in a runtime; None where it can."""
    sklearn = _minor(runtime.versions["scikit-learn"])
    if (sklearn, _minor(runtime.python)) == (SKLEARN, PYTHON):
        return None
    return (
        f"the policy strict knows the names of scikit-learn {SKLEARN} on Python {PYTHON} only, and "
        f"the runtime {runtime.name} has {sklearn} on {_minor(runtime.python)}: fit the model "
        f"again with scikit-learn {SKLEARN}, or let the operator set MLSYS_MODEL_POLICY=walled"
    )


def require_strict_runtime(runtime: Runtime) -> None:
    """Require a runtime in which the policy `strict` can load models.

    Raises:
        FailedPrecondition: for any other.
    """
    if finding := strict_finding(runtime):
        raise FailedPrecondition(finding, reason="RUNTIME_NOT_STRICT", runtime=runtime.name)


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])
