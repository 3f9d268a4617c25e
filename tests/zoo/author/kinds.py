"""The list of kinds: functions that fit a model, and what to fit it on."""

import numpy as np
import sklearn

from . import tables

FLOWERS = tables.flowers
GAPPY_FLOWERS = tables.gappy_flowers
PASSENGERS = tables.passengers
REVIEWS = tables.reviews
NUMBERS = ["Age", "Fare", "SibSp", "Visits"]
TEXTS = ["Sex", "Embarked"]

SKLEARN = tuple(map(int, sklearn.__version__.split(".")[:2]))

KINDS = {}


class Kind:
    """A kind of model.

    Attributes:
        name: of the model in the registry.
        table: makes the rows.
        features: names of columns of the table.
        targets: names of columns of the table, one for each output.
        fit: gets the features and the target, and returns the fitted model.
        hand: what the author hands over: "frame", "array" or "series".
        ask: returns what the model predicts for rows; None asks by its own methods.
        dump: name of the function that writes it; None for any.
        outputs: names of the predictions where they are other than the targets.
    """

    def __init__(self, table, targets, fit, **options):
        self.name = fit.__name__.replace("_", "-")
        self.table = table
        self.targets = [targets] if isinstance(targets, str) else list(targets)
        self.fit = fit
        self.features = options.pop("features", None) or tables.FLOWER_FEATURES
        self.hand = options.pop("hand", "frame")
        self.ask = options.pop("ask", None)
        self.dump = options.pop("dump", None)
        self.outputs = options.pop("outputs", None) or self.targets
        assert not options, options

    def rows(self, frame):
        """Some rows as the author hands them to the model."""
        rows = frame[self.features]
        if self.hand == "array":
            return np.ascontiguousarray(rows.to_numpy())  # row by row, as NumPy makes an array
        return rows[self.features[0]] if self.hand == "series" else rows

    def truth(self, frame):
        """The targets of some rows; one dimension for one target."""
        return frame[self.targets[0]] if len(self.targets) == 1 else frame[self.targets]


def kind(table, targets, *, where=True, **options):
    """Register the function that it decorates as a kind, where there is such a kind."""

    def register(fit):
        if not where:
            return fit
        made = Kind(table, targets, fit, **options)
        assert made.name not in KINDS, made.name
        KINDS[made.name] = made
        return fit

    return register
