"""Says in a sentence what is wrong in a metadata.json, and what to write instead. Pure."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fastjsonschema import JsonSchemaValueException

_SHOWN = 60
_TYPES = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "a text",
}

_WISHES = {
    "const": "be {}",
    "maxItems": "have at most {:,} entries",
    "maxLength": "have at most {:,} characters",
    "minLength": "not be empty",
    "minimum": "be at least {:,}",
    "pattern": "match {}",
}


def sentence(key: str, rule: Mapping[str, Any], error: "JsonSchemaValueException") -> str:
    """What is wrong with the value of a key, and an example of what is right."""
    example = json.dumps(rule["examples"][0], ensure_ascii=False) if "examples" in rule else "{…}"
    return (
        f"metadata.json: {_cut(str(error.name))} is {_shown(error.value)}, and should "
        f"{_wish(str(error.rule), error.rule_definition)}; {key} is not used: write it like "
        f'"{key}": {example}'
    )


def _shown(value: Any) -> str:
    return _cut(json.dumps(value, ensure_ascii=False))


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _wish(rule: str, bound: Any) -> str:
    """What a rule of the schema wants, as the end of a sentence."""
    match rule:
        case "type":
            return f"be {_either([bound] if isinstance(bound, str) else bound)}"
        case "enum":
            return f"be one of {', '.join(filter(None, bound))}"
        case "required":
            return f"have a {', a '.join(bound)}"
        case _:
            return _WISHES[rule].format(bound)


def _either(types: Sequence[str]) -> str:
    return " or ".join(_TYPES[each] for each in types)
