"""What a route does to the world: who may do it, and how carefully it is asked, hang on that."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from flask import current_app, request

_ATTRIBUTE = "mlsys_action"


class Action(StrEnum):
    """The kinds of routes; whatever does not say otherwise reads."""

    ASK_HEALTH = "ask_health"
    READ = "read"
    LAUNCH = "launch"
    CANCEL = "cancel"

    @property
    def has_effect(self) -> bool:
        """Whether something happens."""
        return self in {Action.LAUNCH, Action.CANCEL}


def performs[View: Callable[..., Any]](action: Action) -> Callable[[View], View]:
    """Say of a view what it does; it stands below the route's own decorator."""

    def mark(view: View) -> View:
        setattr(view, _ATTRIBUTE, action)
        return view

    return mark


def current_action() -> Action:
    """What the current request's route does."""
    return action_of(current_app.view_functions.get(request.endpoint or ""))


def action_of(view: Callable[..., Any] | None) -> Action:
    """What a view does."""
    action: Action = getattr(view, _ATTRIBUTE, Action.READ)
    return action
