"""A model in the test's own process, asked by the same engine as behind the wall."""

import struct

from jobs.models.signature import model_signature
from jobs.publishing.author_model import describe
from jobs.sandbox.model_session import ModelFailure
from runtimes.model_process.answers import answer_parts
from runtimes.model_process.columns import decoded
from runtimes.model_process.errors import ModelError
from runtimes.model_process.features import feature_frame
from runtimes.model_process.predictions import Predictor

_COUNT = struct.Struct(">Q")


class InProcessModel:
    """Stands for a `ModelSession`: its answers have the types that they have after the pipe."""

    def __init__(self, estimator):
        self._engine = Predictor(estimator, describe(estimator).takes)

    @property
    def has_probabilities(self):
        return self._engine.has_probabilities

    def prepare(self, takes):
        """It is prepared as it is made."""

    def close(self):
        """It has no process."""

    def predict(self, batch):
        try:
            answer = b"".join(answer_parts(self._engine.predict(feature_frame(batch))))
        except ModelError as error:
            raise ModelFailure(str(error), reason=error.reason) from error
        (count,) = _COUNT.unpack_from(answer)
        return decoded(answer[_COUNT.size :], batch.num_rows, count)


def signature_of(estimator, metadata=None):
    """The signature of an estimator of this process."""
    return model_signature(describe(estimator), metadata or {})
