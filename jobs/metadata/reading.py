"""Reads a metadata.json: what of it can be used, and a finding for what cannot."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jobs.metadata.messages import sentence

LIMIT_BYTES = 1_000_000
SCHEMA: Mapping[str, Any] = json.loads(
    Path(__file__).with_name("schema.json").read_text(encoding="utf-8")
)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a metadata.json says.

    Attributes:
        text: a JSON object of what can be used; None when nothing can.
        findings: a sentence for each thing that cannot.
    """

    text: str | None
    findings: tuple[str, ...] = ()


def read(content: bytes) -> Metadata:
    """What a metadata.json says; a key that breaks the schema is left out, with a finding."""
    if len(content) > LIMIT_BYTES:
        finding = f"metadata.json has {len(content):,} bytes: keep it below {LIMIT_BYTES:,}"
        return Metadata(None, (finding,))
    odd: list[str] = []
    try:
        said = json.loads(content, parse_constant=odd.append)
        if not isinstance(said, dict):
            return Metadata(None, ("metadata.json is not a JSON object: write {…}",))
        kept, findings = _checked(said)
        text = json.dumps(kept, ensure_ascii=False, allow_nan=False)
        text.encode()
    except (ValueError, RecursionError) as error:
        return Metadata(None, (f"metadata.json is not JSON: {error}",))
    return Metadata(text, (*_constants(odd), *findings))


def _constants(odd: list[str]) -> list[str]:
    words = ", ".join(dict.fromkeys(odd))
    return [f"metadata.json holds {words}, which is not JSON: read as null"] if odd else []


def _checked(said: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The keys that keep to the schema, with all that it does not know; and the findings."""
    checks = _checks()
    # A key of null is one that its writer had nothing to say of.
    kept = {key: value for key, value in said.items() if value is not None or key not in checks}
    findings = []
    for key in checks.keys() & kept.keys():
        if finding := checks[key](kept[key]):
            findings.append(finding)
            del kept[key]
    return kept, sorted(findings)


@cache
def _checks() -> Mapping[str, Callable[[Any], str | None]]:
    return {key: _check(key, rule) for key, rule in SCHEMA["properties"].items()}


def _check(key: str, rule: Mapping[str, Any]) -> Callable[[Any], str | None]:
    # Who predicts reads no metadata.json, and need not wait for the library.
    import fastjsonschema

    validate = fastjsonschema.compile(
        {"$schema": SCHEMA["$schema"], "definitions": SCHEMA["definitions"], **rule},
        use_default=False,
    )

    def check(value: Any) -> str | None:
        try:
            validate(value, name_prefix=key)
        except fastjsonschema.JsonSchemaValueException as error:
            return sentence(key, rule, error)
        return None

    return check
