"""Whether the caller of the current request may do what its route does."""

from flask import Flask, current_app, g, request

from gateway.auth.authentication import NOBODY, Authenticate, authenticator
from gateway.auth.permissions import Action
from shared.errors import PermissionDenied
from shared.settings.settings import Settings


def require_authentication(app: Flask, settings: Settings) -> None:
    """Let an application know its callers, and what they may do.

    Raises:
        InvalidArgument: when the surroundings contradict how it should know them.
    """
    app.extensions["authenticate"] = authenticator(settings)


def authorize(action: Action) -> None:
    """Refuse a request whose caller is unknown, or may not do what the route does.

    Raises:
        Unauthenticated: when nobody knows who is asking.
        PermissionDenied: when it is known, and not allowed.
    """
    authenticate: Authenticate = current_app.extensions["authenticate"]
    g.caller = authenticate(request.headers)
    settings: Settings = current_app.extensions["clients"].settings
    if not is_allowed(g.caller, settings.allowed_to(action)):
        raise PermissionDenied(
            f"{g.caller} may not {action} here: ask who operates this deployment",
            reason="CALLER_NOT_ALLOWED",
            caller=g.caller,
            action=action,
        )


def current_caller() -> str:
    """Who made the current request."""
    return str(g.get("caller", NOBODY))


def is_allowed(caller: str, allowed: tuple[str, ...]) -> bool:
    """Whether a list of callers, `*@domain` or `*` names a caller."""
    return any(
        each in {"*", caller} or (each.startswith("*@") and caller.endswith(each[1:]))
        for each in allowed
    )
