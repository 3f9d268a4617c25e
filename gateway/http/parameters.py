"""The parameters of a request: query string, JSON body and Idempotency-Key header."""

from collections.abc import Mapping, Set
from typing import Any

from flask import request

from shared.errors import InvalidArgument

_NONE: Set[str] = frozenset()


def parameters(lists: Set[str] = _NONE) -> dict[str, Any]:
    """The raw parameters of the current request, from its query string and its JSON body.

    Args:
        lists: names of the parameters that the query string may repeat; their values are lists.

    Raises:
        InvalidArgument: when another parameter is repeated, one is in both query string and
            body, or the body is not a JSON object.
        werkzeug.exceptions.HTTPException: when the body is too large or not JSON.
    """
    query = request.args.to_dict(flat=False)
    if repeated := [name for name in query if len(query[name]) > 1 and name not in lists]:
        raise InvalidArgument(
            f"parameter {', '.join(repeated)} is given more than once", reason="INVALID_PARAMETERS"
        )
    raw = {name: each if name in lists else each[0] for name, each in query.items()}
    return raw | _body(raw)


def _body(query: Mapping[str, Any]) -> dict[str, Any]:
    if not request.get_data(cache=True):
        return {}
    try:
        body = request.get_json(force=True)
    except RecursionError:
        body = None
    if not isinstance(body, dict):
        raise InvalidArgument("the body must be a JSON object", reason="INVALID_PARAMETERS")
    if both := sorted(set(body) & set(query)):
        raise InvalidArgument(
            f"parameter {', '.join(both)} is both in the query and in the body",
            reason="INVALID_PARAMETERS",
        )
    return body


def with_idempotency_key(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters, with the Idempotency-Key header of the current request as run_id.

    Raises:
        InvalidArgument: when header and parameter differ.
    """
    if not (key := request.headers.get("Idempotency-Key")):
        return dict(raw)
    if raw.get("run_id", key) != key:
        raise InvalidArgument(
            "the Idempotency-Key header and run_id differ: give one of them",
            reason="INVALID_PARAMETERS",
        )
    return {**raw, "run_id": key}


def require_known_parameters(raw: Mapping[str, Any], known: Set[str] = _NONE) -> None:
    """Require that a route knows every parameter of its request.

    Raises:
        InvalidArgument: naming the unknown parameters, and the known ones.
    """
    if unknown := sorted(set(raw) - known):
        raise InvalidArgument(
            f"unknown parameter {', '.join(unknown)} (known: {', '.join(sorted(known)) or 'none'})",
            reason="INVALID_PARAMETERS",
        )
