"""What a model's process says of its model. Pure.

It is not trusted: it is read strictly, lengths are bounded, and words for people become printable.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from jobs.printable import without_controls
from shared.errors import FailedPrecondition

_MAX_SENTENCE = 500
_MOST = 100_000

type Name = Annotated[str, Meta(max_length=1000)]
type Label = bool | int | float | str | None
type Reason = Literal[
    "ANSWER_TOO_LARGE",
    "MODEL_OUT_OF_MEMORY",
    "MODEL_REFUSED_ROWS",
    "MODEL_UNREADABLE",
    "PACKAGE_MISSING",
    "UNEXPECTED_SHAPE",
    "UNEXPECTED_VALUES",
]


class Part(Struct, frozen=True):
    """An entry of a dictionary, list or tuple around a model.

    Attributes:
        key: or the number of the entry.
        estimator: the class of the entry.
        predicts: whether it has a predict method.
        transforms: whether it has a transform method.
        holds: its own entries, where it is such a container and a model or transformer is in it.
        is_text_key: whether the key is a text.
    """

    key: Name
    estimator: Name
    predicts: bool
    transforms: bool
    holds: Annotated[tuple["Part", ...], Meta(max_length=20)] = ()
    is_text_key: bool = True

    def __post_init__(self) -> None:
        _make_printable(self, "key", "estimator")


class Labels(Struct, frozen=True):
    """The labels of an output.

    Attributes:
        type: BigQuery type, None when no type of BigQuery holds them.
        dtype: NumPy's.
        classes: the first of them.
    """

    type: Literal["BOOLEAN", "FLOAT", "INTEGER", "STRING"] | None
    dtype: Name
    classes: Annotated[tuple[Label, ...], Meta(max_length=100)]

    def __post_init__(self) -> None:
        _make_printable(self, "dtype")


class ModelDescription(Struct, frozen=True):
    """What a loaded object is.

    Attributes:
        estimator: its class.
        predicts: whether it has a predict method and is no class itself.
        is_class: whether it is a class.
        parts: what a dictionary, list or tuple holds, None for any other object.
        kind: classifier, regressor, clusterer, …
        is_fitted: False when it says that it was never fitted.
        features: names of its columns in its order, None when it was fitted on a plain array.
        feature_count: None when it does not say.
        takes: how it takes rows.
        takes_missing: whether it says that it takes missing values.
        is_labelling: whether it predicts numbers of clusters or of components, or -1 and 1.
        outputs: labels of each output of a classifier.
        output_count: of a regressor.
        known_values: for columns that an encoder knows, a value that it knows.
        versions: of the libraries in its process.
    """

    estimator: Name
    predicts: bool
    is_class: bool
    parts: Annotated[tuple[Part, ...], Meta(max_length=20)] | None = None
    kind: Name | None = None
    is_fitted: bool = True
    features: Annotated[tuple[str, ...], Meta(max_length=_MOST)] | None = None
    feature_count: Annotated[int, Meta(ge=0, le=2**31)] | None = None
    takes: Literal["frame", "array", "texts"] = "frame"
    takes_missing: bool = False
    is_labelling: bool = False
    outputs: Annotated[tuple[Labels, ...], Meta(max_length=10_000)] | None = None
    output_count: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    known_values: Annotated[dict[str, Label], Meta(max_length=_MOST)] = {}
    versions: Annotated[dict[Name, Name], Meta(max_length=100)] = {}

    def __post_init__(self) -> None:
        _make_printable(self, "estimator", "kind")
        versions = {printable(name): printable(each) for name, each in self.versions.items()}
        msgspec.structs.force_setattr(self, "versions", versions)


class CheckAnswer(Struct, frozen=True):
    """What the model's own methods made of some rows.

    Attributes:
        raised: the error that they raised.
        problem: what is wrong with the answers.
        is_fitted: False when it says that it was never fitted.
    """

    raised: str | None = None
    problem: str | None = None
    is_fitted: bool = True

    def __post_init__(self) -> None:
        _make_printable(self, "raised", "problem")


class Readiness(Struct, frozen=True):
    """The answer of a model that is ready to score."""

    probabilities: bool


class Refusal(Struct, frozen=True):
    """Why the process could not do what it was asked."""

    reason: Reason
    sentence: str

    def __post_init__(self) -> None:
        _make_printable(self, "sentence")


class WallRefusal(Struct, frozen=True):
    """Why the process could not shut itself in; it says so before it has seen a model."""

    sentence: str

    def __post_init__(self) -> None:
        _make_printable(self, "sentence")


def _make_printable(struct: Struct, *names: str) -> None:
    for name in names:
        if isinstance(text := getattr(struct, name), str):
            msgspec.structs.force_setattr(struct, name, printable(text))


def decode[Content: Struct](content: Any, kind: type[Content]) -> Content:
    """The content of a message.

    Raises:
        FailedPrecondition: when the message is anything else.
    """
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise FailedPrecondition(
            "the model's process sent something else than a description",
            reason="MODEL_CRASHED",
            detail=printable(str(error)),
        ) from error


def printable(text: str, most: int = _MAX_SENTENCE) -> str:
    """A text on one line without control characters, of at most that many letters."""
    words = " ".join(without_controls(text[: 2 * most]).split())
    return words if len(words) <= most else f"{words[:most]}…"
