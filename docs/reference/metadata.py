"""The page of metadata.json, written from its schema."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from docs.reference.markdown import Row, page, table
from jobs.metadata.reading import LIMIT_BYTES, SCHEMA

type Rule = Mapping[str, Any]


def metadata() -> str:
    """What may stand in metadata.json."""
    rules: Mapping[str, Rule] = SCHEMA["properties"]
    # A model has one output or several.
    shown = {key: rule for key, rule in rules.items() if "examples" in rule and key != "targets"}
    whole = {key: rule["examples"][0] for key, rule in shown.items()}
    return page(
        "metadata.json",
        SCHEMA["description"],
        f"A file of more than {LIMIT_BYTES:,} bytes, and one that is no JSON object, is not used "
        "at all; a key that breaks its rule is left out. Either is a finding of the model's row in "
        "the registry, and so is whatever contradicts the model. None of them keeps a model from "
        "being approved. `mlsys inspect FILE` tells the same of the metadata.json beside "
        "a file. The rules stand in `jobs/metadata/schema.json`, a JSON Schema.",
        table(("key", "type", "meaning"), (_row(key, rule) for key, rule in rules.items())),
        *(paragraph for key, rule in rules.items() for paragraph in _parts(key, rule)),
        "## All of it",
        f"```json\n{json.dumps(whole, indent=2, ensure_ascii=False)}\n```",
    )


def _row(key: str, rule: Rule) -> Row:
    return f"`{key}`", _type(rule), rule.get("description", "")


def _parts(key: str, rule: Rule) -> Iterator[str]:
    """A section for each object that has keys of its own."""
    if parts := rule.get("properties"):
        groups = {each: part for each, part in parts.items() if "items" in part and _inner(part)}
        if plain := {each: part for each, part in parts.items() if each not in groups}:
            yield f"## `{key}`"
            yield table(("key", "type", "meaning"), (_row(*each) for each in plain.items()))
        for each, part in groups.items():
            yield f"## `{key}.{each}[]`"
            rows = (_row(*inner) for inner in _inner(part).items())
            yield table(("key", "type", "meaning"), rows)


def _inner(rule: Rule) -> Mapping[str, Rule]:
    inner: Mapping[str, Rule] = rule["items"].get("properties", {})
    return inner


def _type(rule: Rule) -> str:
    if reference := rule.get("$ref"):
        return _type(SCHEMA["definitions"][reference.rpartition("/")[2]])
    if "enum" in rule:
        return "one of " + ", ".join(str(each) for each in rule["enum"] if each)
    types = rule["type"] if isinstance(rule["type"], list) else [rule["type"]]
    words = " or ".join(types)
    return (
        f"{words} of {_type(rule['items'])}s" if types == ["array"] and "items" in rule else words
    )
