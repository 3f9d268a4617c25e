"""A model that somebody else has dumped, in a process of its own: it can be asked, not touched."""

from typing import TYPE_CHECKING, Any, Self

import pyarrow as pa

from jobs.dataframes.conversion import array_of
from jobs.models.description import ModelDescription
from jobs.models.findings import unusable
from jobs.models.inspection_result import InspectionConditions
from jobs.models.signature import input_names
from jobs.sandbox.inspector import Inspector
from jobs.sandbox.model_processes import ModelProcesses, prediction_limits
from jobs.sandbox.model_session import ModelSession
from shared.errors import FailedPrecondition, InvalidArgument
from shared.settings.settings import Settings

if TYPE_CHECKING:
    import pandas as pd


class WalledModel:
    """A model behind the wall. It lives until it is closed, or until its process ends.

    Attributes:
        description: what the model is.
    """

    def __init__(
        self, processes: ModelProcesses, session: ModelSession, description: ModelDescription
    ):
        self.description = description
        self._processes = processes
        self._session = session
        self._columns = input_names(description, {})

    def __repr__(self) -> str:
        return f"<{self.description.estimator} behind the wall>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def predict(self, frame: "pd.DataFrame") -> "pd.DataFrame":
        """The predictions for a frame of features, and their probabilities if it gives any.

        Columns are `prediction`, or `prediction_1`, … for several outputs, each followed by its
        `probability`, …; rows have the frame's index.

        Raises:
            InvalidArgument: when the frame lacks columns, or has values that no column can hold.
            FailedPrecondition: when the model refuses the rows.
        """
        import pandas as pd  # noqa: PLC0415

        answers = self._session.predict(self._batch(frame))
        step = 2 if self._session.has_probabilities else 1
        kinds = ("prediction", "probability")[:step]
        outputs = len(answers) // step
        numbers = [""] if outputs == 1 else [f"_{number}" for number in range(1, outputs + 1)]
        names = [f"{kind}{number}" for number in numbers for kind in kinds]
        columns = {n: each.to_pandas() for n, each in zip(names, answers, strict=True)}
        return pd.DataFrame(columns).set_index(frame.index)

    def _batch(self, frame: "pd.DataFrame") -> pa.RecordBatch:
        names: list[Any] = self._columns or list(frame.columns)
        if missing := [name for name in names if name not in frame.columns]:
            raise InvalidArgument(
                f"the frame lacks the features {', '.join(missing)}", reason="MISSING_COLUMNS"
            )
        arrays = [array_of(frame[name], None) for name in names]
        return pa.RecordBatch.from_arrays(arrays, names=[str(name) for name in names])

    def close(self) -> None:
        """End the model's process."""
        self._session.close()
        self._processes.close()


def walled_model(content: bytes, settings: Settings, source: str) -> WalledModel:
    """The model in a file, loaded behind the wall.

    Raises:
        FailedPrecondition: when it is none, or cannot be loaded.
    """
    processes = ModelProcesses.of(settings)
    try:
        session, description = _opened(content, processes, settings)
        session.prepare(description.takes)
        return WalledModel(processes, session, description)
    except FailedPrecondition as error:
        processes.close()
        raise FailedPrecondition(
            f"{source} is not loaded: {error.message}. If it is your own, trusted=True loads it in "
            "this process, without any check",
            reason="PICKLE_REFUSED",
        ) from error
    except BaseException:
        processes.close()
        raise


def _opened(
    content: bytes, processes: ModelProcesses, settings: Settings
) -> tuple[ModelSession, ModelDescription]:
    conditions = InspectionConditions.of(settings)
    with Inspector(processes) as inspector:
        session, description = inspector.open(content, conditions, prediction_limits(settings))
    if problem := unusable(description):
        raise FailedPrecondition(problem)
    return session, description
