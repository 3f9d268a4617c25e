"""Messages about invalid values in a metadata.json, with an example of a valid value. Pure."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from jobs.printable import without_controls

if TYPE_CHECKING:
    from fastjsonschema import JsonSchemaValueException

_MAX_CHARACTERS = 60
_TYPE_PHRASES = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "a text",
}

_RULE_PHRASES = {
    "const": "be {}",
    "maxItems": "have at most {:,} entries",
    "maxLength": "have at most {:,} characters",
    "minLength": "not be empty",
    "minimum": "be at least {:,}",
    "pattern": "match {}",
}


def message(key: str, rule: Mapping[str, Any], error: "JsonSchemaValueException") -> str:
    """What is wrong with the value of a key, what the schema requires, and an example."""
    example = json.dumps(rule["examples"][0], ensure_ascii=False) if "examples" in rule else "{…}"
    return (
        f"metadata.json: {_shortened(str(error.name))} is {_as_json(error.value)}, and should "
        f"{_requirement(str(error.rule), error.rule_definition)}; {key} is not used: write it like "
        f'"{key}": {example}'
    )


def _as_json(value: Any) -> str:
    return _shortened(json.dumps(value, ensure_ascii=False))


def _shortened(text: str) -> str:
    text = without_controls(text[: 2 * _MAX_CHARACTERS])
    return text if len(text) <= _MAX_CHARACTERS else f"{text[:_MAX_CHARACTERS]}…"


def _requirement(rule: str, bound: Any) -> str:
    """What a rule of the schema requires, as the end of a message."""
    match rule:
        case "type":
            types: Sequence[str] = [bound] if isinstance(bound, str) else bound
            return f"be {' or '.join(_TYPE_PHRASES[each] for each in types)}"
        case "enum":
            return f"be one of {', '.join(filter(None, bound))}"
        case "required":
            return f"have a {', a '.join(bound)}"
        case _:
            return _RULE_PHRASES[rule].format(bound)
