"""Pictures of models for notebooks: `from mlsys import plots`, then e.g. `plots.roc(…)`."""

try:
    from jobs import plots
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        f"pictures need {error.name}, which comes with the extra: pip install 'mlsys[notebook]'",
        name=error.name,
    ) from error

__all__ = ["plots"]
