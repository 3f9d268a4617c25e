"""What goes wrong with a model, as a sentence for its owner."""

from __future__ import annotations


class ModelError(Exception):
    """The model cannot be loaded, described or asked.

    Attributes:
        reason: UPPER_SNAKE_CASE code, stable over releases. `jobs/models/description.py` has the
            list.
    """

    def __init__(self, sentence: str, reason: str = "MODEL_UNREADABLE"):
        super().__init__(sentence)
        self.reason = reason
