"""Whether matching a regular expression ends: no repeat in which a text can be read in two ways.

`(a+)+b` tries every way to cut a text of a into parts before it gives up, so each further letter
doubles the time. A repeat within a repeat is allowed where each round begins with a character that
the inner repeat does not match, e.g. `[a-z]+(?:-[a-z]+)*`. Pure.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from re import _constants, _parser  # type: ignore[attr-defined]  # Python's own parser
from typing import Any

_MAX_LENGTH = 1000
# Each part that a text may or may not have doubles the ways to read it.
_MAX_REPEATS = 10
_ALPHABET = range(0x250)
_CATEGORIES = {
    _constants.CATEGORY_DIGIT: r"\d",
    _constants.CATEGORY_NOT_DIGIT: r"\D",
    _constants.CATEGORY_SPACE: r"\s",
    _constants.CATEGORY_NOT_SPACE: r"\S",
    _constants.CATEGORY_WORD: r"\w",
    _constants.CATEGORY_NOT_WORD: r"\W",
}
_REPEATS = {_constants.MAX_REPEAT, _constants.MIN_REPEAT}
_SINGLE = {_constants.LITERAL, _constants.NOT_LITERAL, _constants.IN, _constants.ANY}

# Where the patterns within an item are.
_INNER: Mapping[Any, Callable[[Any], Iterable[Any]]] = {
    _constants.ASSERT: lambda argument: argument[1:],
    _constants.ASSERT_NOT: lambda argument: argument[1:],
    _constants.ATOMIC_GROUP: lambda argument: [argument],
    _constants.BRANCH: lambda argument: argument[1],
    _constants.GROUPREF_EXISTS: lambda argument: argument[1:],
    _constants.MAX_REPEAT: lambda argument: argument[2:],
    _constants.MIN_REPEAT: lambda argument: argument[2:],
    _constants.POSSESSIVE_REPEAT: lambda argument: argument[2:],
    _constants.SUBPATTERN: lambda argument: argument[-1:],
}

_Item = tuple[Any, Any]


def is_harmless_pattern(pattern: Any) -> bool:
    """Whether a pattern is a regular expression without ambiguous repeats."""
    if not isinstance(pattern, str) or len(pattern) > _MAX_LENGTH:
        return False
    try:
        items = list(_parser.parse(pattern))
    except (re.error, OverflowError, RecursionError):
        return False
    return all(map(_is_harmless, items)) and _count_repeats(items) <= _MAX_REPEATS


def _count_repeats(items: list[_Item]) -> int:
    inner = sum(_count_repeats(body) for each in items for body in _bodies(*each))
    own = [code for code, argument in items if code in _REPEATS and argument[0] != argument[1]]
    return inner + len(own)


def _is_harmless(item: _Item) -> bool:
    code, argument = item
    if code in _REPEATS:
        _, most, body = argument
        items = list(body)
        return all(map(_is_harmless, items)) and (most <= 1 or _is_unambiguous(items))
    return all(_is_harmless(each) for body in _bodies(code, argument) for each in body)


def _bodies(code: Any, argument: Any) -> list[list[_Item]]:
    """The items of each pattern within an item."""
    inner = _INNER.get(code)
    return [list(each) for each in inner(argument) if each] if inner else []


def _is_unambiguous(items: list[_Item]) -> bool:
    """Whether the body of a repeat reads each text in one way, however many rounds it takes."""
    items = _flat(items)
    if all(code in _SINGLE or code is _constants.AT for code, _ in items):
        return True
    first, *rest = items
    if first[0] not in _SINGLE:
        return False
    begins = _characters(first)
    for code, argument in rest:
        if code in _SINGLE or code is _constants.AT:
            continue
        inner = list(argument[2]) if code in _REPEATS else []
        if len(inner) != 1 or inner[0][0] not in _SINGLE or begins & _characters(inner[0]):
            return False
    repeats = [code for code, _ in rest if code in _REPEATS]
    return len(repeats) == 1


def _flat(items: list[_Item]) -> list[_Item]:
    """The items, with those of groups and of fixed repeats in the place of these."""
    flat: list[_Item] = []
    for code, argument in items:
        is_fixed = code in _REPEATS and argument[0] == argument[1]
        inner = _bodies(code, argument) if is_fixed or code is _constants.SUBPATTERN else None
        flat += _flat(inner[0]) if inner else [(code, argument)]
    return flat


def _characters(item: _Item) -> set[int]:
    code, argument = item
    if code is _constants.IN:
        negated = argument[0][0] is _constants.NEGATE
        found = set().union(*map(_characters, argument[negated:]))
        return set(_ALPHABET) - found if negated else found
    if code is _constants.LITERAL:
        return {argument}
    if code is _constants.NOT_LITERAL:
        return set(_ALPHABET) - {argument}
    if code is _constants.RANGE:
        return set(range(argument[0], argument[1] + 1))
    if code is _constants.CATEGORY and argument in _CATEGORIES:
        return {each for each in _ALPHABET if re.fullmatch(_CATEGORIES[argument], chr(each))}
    return set(_ALPHABET)
