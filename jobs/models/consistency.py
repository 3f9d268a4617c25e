"""Where metadata.json contradicts the model, one finding each. Pure.

None of them keeps a model from being approved: what it was fitted on is what counts. Some make
every prediction fail, and are better read at the registration.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jobs.dataframes.arrow_types import api_name
from jobs.models.signature import declared_columns
from shared.registry.signature import ModelSignature, OutputColumn

_MANY = 10


def consistency_findings(metadata: Mapping[str, Any], signature: ModelSignature) -> tuple[str, ...]:
    """Where metadata.json contradicts a model's signature."""
    return (
        *_of_features(metadata, signature),
        *_of_inputs(metadata, signature),
        *_of_outputs(metadata, signature.outputs),
        *_of_keys(metadata, signature.outputs),
    )


def _of_features(metadata: Mapping[str, Any], signature: ModelSignature) -> Iterator[str]:
    if not isinstance(listed := metadata.get("features"), list):
        return
    names = list(signature.features)
    if names and [str(name) for name in listed] != names:
        yield (
            f"metadata.json lists the features {_words(listed)}, but the model was fitted on "
            f"{_words(names)}: the model's own are used"
        )
    elif signature.n_features not in {None, len(listed)}:
        yield (
            f"metadata.json lists {len(listed)} features, but the model was fitted on "
            f"{signature.n_features}: correct the list, or fit the model on a DataFrame"
        )


def _of_inputs(metadata: Mapping[str, Any], signature: ModelSignature) -> Iterator[str]:
    names = set(signature.features)
    strangers = [c["name"] for c in declared_columns(metadata, "inputs") if c["name"] not in names]
    if names and strangers:
        yield (
            f"metadata.json's signature has the inputs {_words(strangers)}, which are no features "
            "of the model: they are not used"
        )


def _of_outputs(metadata: Mapping[str, Any], outputs: Sequence[OutputColumn]) -> Iterator[str]:
    targets = metadata.get("targets") or ()
    if targets and len(targets) != len(outputs):
        yield (
            f"metadata.json names {len(targets)} targets ({_words(targets)}), and the model "
            f"predicts {len(outputs)} outputs: no prediction works until each has its name"
        )
    declared = declared_columns(metadata, "outputs")
    if declared and len(declared) != len(outputs):
        yield (
            f"metadata.json's signature has {len(declared)} outputs, and the model predicts "
            f"{len(outputs)}: its own are used"
        )
    for said, output in zip(declared, outputs, strict=False):
        if said["name"] != output.name:
            yield (
                f"metadata.json's signature calls an output {said['name']}: predictions are "
                f"called {output.name}, as target and targets say"
            )
        if said.get("type") and api_name(said["type"]) != output.type:
            yield (
                f"metadata.json's signature has {output.name} as {said['type']}, and the model "
                f"predicts {output.type}: its own type is used"
            )


def _of_keys(metadata: Mapping[str, Any], outputs: Sequence[OutputColumn]) -> Iterator[str]:
    taken = {output.name.casefold() for output in outputs}
    if clashes := [key for key in metadata.get("key_columns") or () if key.casefold() in taken]:
        yield (
            f"metadata.json has {_words(clashes)} as key column and as name of the prediction: "
            "no prediction works until one of them has another name"
        )


def _words(names: Sequence[Any]) -> str:
    listed = ", ".join(str(name) for name in names[:_MANY])
    return f"{listed}, …" if len(names) > _MANY else listed
