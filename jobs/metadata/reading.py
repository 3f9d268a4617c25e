"""Reads a metadata.json: keeps the valid keys, and makes a finding of each invalid one."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jobs.metadata.messages import message

LIMIT_BYTES = 1_000_000
# Far below what ends a recursion in Python.
_MOST_LEVELS = 100
_GOLDEN_ROWS = "golden_rows"
SCHEMA: Mapping[str, Any] = json.loads(
    Path(__file__).with_name("schema.json").read_text(encoding="utf-8")
)


@dataclass(frozen=True, slots=True)
class Metadata:
    """The usable content of a metadata.json.

    Attributes:
        text: a JSON object of the valid keys; None when the file is not a JSON object.
        findings: a message for each problem.
    """

    text: str | None
    findings: tuple[str, ...] = ()

    @property
    def row_text(self) -> str | None:
        """The content as the registry's row holds it: without what only a registration needs."""
        if self.text is None:
            return None
        kept = {
            name: value for name, value in json.loads(self.text).items() if name != _GOLDEN_ROWS
        }
        return json.dumps(kept, ensure_ascii=False)


def read(content: bytes) -> Metadata:
    """The usable content of a metadata.json; a key that violates the schema is left out."""
    if len(content) > LIMIT_BYTES:
        finding = f"metadata.json has {len(content):,} bytes: keep it below {LIMIT_BYTES:,}"
        return Metadata(None, (finding,))
    constants: list[str] = []
    try:
        parsed = json.loads(content, parse_constant=constants.append)
        if not isinstance(parsed, dict):
            return Metadata(None, ("metadata.json is not a JSON object: write {…}",))
        if not _is_flat(parsed):
            finding = f"metadata.json nests deeper than {_MOST_LEVELS} levels: write it flatter"
            return Metadata(None, (finding,))
        valid, findings = _validated(parsed)
        text = json.dumps(valid, ensure_ascii=False, allow_nan=False)
        text.encode()
    except (ValueError, RecursionError) as error:
        return Metadata(None, (f"metadata.json is not JSON: {error}",))
    return Metadata(text, (*_constant_findings(constants), *findings))


def _is_flat(content: Any) -> bool:
    """Whether no value is nested deeper than it may be; it takes no recursion to see."""
    level = [content]
    for _ in range(_MOST_LEVELS):
        lists = [list(each.values()) if isinstance(each, dict) else each for each in level]
        level = [value for each in lists for value in each if isinstance(value, dict | list)]
        if not level:
            return True
    return False


def _constant_findings(constants: list[str]) -> list[str]:
    if not constants:
        return []
    names = ", ".join(dict.fromkeys(constants))
    return [f"metadata.json holds {names}, which is not JSON: read as null"]


def _validated(content: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The valid keys and those that the schema does not define, and the findings of the others."""
    validators = _validators()
    # For a key of the schema, null means that there is no value.
    valid = {
        key: value for key, value in content.items() if value is not None or key not in validators
    }
    findings = []
    for key in validators.keys() & valid.keys():
        if finding := validators[key](valid[key]):
            findings.append(finding)
            del valid[key]
    return valid, sorted(findings)


@cache
def _validators() -> Mapping[str, Callable[[Any], str | None]]:
    return {key: _validator(key, rule) for key, rule in SCHEMA["properties"].items()}


def _validator(key: str, rule: Mapping[str, Any]) -> Callable[[Any], str | None]:
    """A function that returns the finding of a key's value, None for a valid value."""
    # Imported late: predictions import this module and read no metadata.json.
    import fastjsonschema

    validate = fastjsonschema.compile(
        {"$schema": SCHEMA["$schema"], "definitions": SCHEMA["definitions"], **rule},
        use_default=False,
    )

    def finding(value: Any) -> str | None:
        try:
            validate(value, name_prefix=key)
        except fastjsonschema.JsonSchemaValueException as error:
            return message(key, rule, error)
        return None

    return finding
