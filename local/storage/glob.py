"""The glob patterns of `matchGlob`; pure.

https://cloud.google.com/storage/docs/json_api/v1/objects/list#list-objects-and-prefixes-using-glob
"""

import re
from functools import lru_cache

from local.storage.errors import InvalidError

_TOKEN = re.compile(r"\*\*/|\*\*|\*|\?|\[!?[^\]]+\]|\{[^{}]*\}|\\.|.", re.DOTALL)
_WILDCARDS = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


@lru_cache(maxsize=256)
def glob_pattern(glob: str) -> re.Pattern[str]:
    """The regular expression that matches the same names, whole."""
    try:
        return re.compile(_expression(glob), re.DOTALL)
    except re.error as error:
        raise InvalidError(f"Invalid value for matchGlob: {glob}") from error


def _expression(glob: str) -> str:
    return "".join(_translated(token) for token in _TOKEN.findall(glob))


def _translated(token: str) -> str:
    if token in _WILDCARDS:
        return _WILDCARDS[token]
    if len(token) > 1 and token[0] == "[":
        return _character_class(token[1:-1])
    if len(token) > 1 and token[0] == "{":
        return f"(?:{'|'.join(map(_expression, token[1:-1].split(',')))})"
    return re.escape(token[-1])


def _character_class(members: str) -> str:
    negation = "^" if members[0] == "!" else ""
    listed = re.sub(r"([\\^\[&~|])", r"\\\1", members.removeprefix("!"))
    return f"[{negation}{listed}]"
