"""Advice about a dictionary, a list or a tuple around a model. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence

from jobs.models.description import Part
from jobs.models.estimator_names import short_name

_MOST_NAMED = 10
_TARGET_ENCODERS = frozenset({"LabelBinarizer", "LabelEncoder", "MultiLabelBinarizer"})


def parts_finding(container: str, parts: Sequence[Part]) -> str:
    """What the container holds, and what to dump instead of it."""
    if not parts:
        return f"the file holds an empty {short_name(container)}: dump the fitted model itself"
    more = ", …" if len(parts) > _MOST_NAMED else ""
    named = ", ".join(f"{_named(part)} is {_described(part)}" for part in parts[:_MOST_NAMED])
    held = f"the file holds a {short_name(container)} around its parts ({named}{more})"
    leaves = list(_leaves("it", parts))
    if not any(part.predicts for _, part in leaves):
        return f"{held}: none of them has a predict method: dump the fitted model itself"
    load = "with it = joblib.load('model.pkl'), "
    return f"{held}: {load}{_advice(leaves)}{_what_is_lost(parts)}"


def _named(part: Part) -> str:
    return f"its {part.key!r}" if part.is_text_key else f"item {part.key}"


def _what_is_lost(parts: Sequence[Part]) -> str:
    """What the advised model does not hold; a part that changes the target changes all answers."""
    others = [part.key for part in parts if part.is_text_key and not list(_leaves("", [part]))]
    if not others:
        return ""
    return (
        f"; what is in {_listed([repr(each) for each in others])} is lost then: what changes rows "
        "has to be a step too, and what changes the target a TransformedTargetRegressor"
    )


def _described(part: Part) -> str:
    held = Counter(short_name(each.estimator) for _, each in _leaves("", part.holds))
    counted = ", ".join(f"{count} {name}" for name, count in held.items())
    return f"a {short_name(part.estimator)}" + (f" with {counted}" if counted else "")


def _leaves(path: str, parts: Sequence[Part]) -> Iterator[tuple[str, Part]]:
    """What predicts or transforms, at any depth, each with the expression that reaches it."""
    for part in parts:
        key = repr(part.key) if part.is_text_key else part.key
        own = f"{path}[{key}]"
        if part.predicts or part.transforms:
            yield own, part
        yield from _leaves(own, part.holds)


def _advice(leaves: Sequence[tuple[str, Part]]) -> str:
    models = [path for path, part in leaves if part.predicts]
    steps = [(path, part) for path, part in leaves if not part.predicts]
    if len(models) > 1:
        prepared = ", each after the steps that prepare its rows in one Pipeline" if steps else ""
        return f"dump each model into a model.pkl of its own{prepared}: {_listed(models)}"
    (model,) = models
    if not steps:
        return (
            f"{model} is the only one that predicts, and nothing prepares its rows: dump it alone, "
            f"joblib.dump({model}, 'model.pkl')"
        )
    names = {short_name(part.estimator) for _, part in steps}
    encoders = sorted(names & _TARGET_ENCODERS)
    if len(steps) == 1 and not encoders:
        return f"dump one Pipeline of both, e.g. make_pipeline({steps[0][0]}, {model})"
    fit_again = (
        f" (a {encoders[0]} is for targets only: an OrdinalEncoder with categories=[e.classes_ for "
        "each e] gives columns the same numbers)"
        if encoders
        else ""
    )
    entries = list(dict.fromkeys(path.partition("]")[0] + "]" for path, _ in steps))
    return (
        f"dump one Pipeline that prepares its rows as the training did, with what is in "
        f"{_listed(entries)}{fit_again} as steps or in a ColumnTransformer, and {model} as its "
        "last step"
    )


def _listed(paths: Sequence[str]) -> str:
    return ", ".join(paths[:_MOST_NAMED]) + (", …" if len(paths) > _MOST_NAMED else "")
