"""The permission that a route requires, and the check that the caller has it."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from flask import Flask, current_app, g, request

from gateway.auth.authentication import Authenticate, authenticator
from gateway.context import clients
from shared.errors import PermissionDenied
from shared.settings.settings import Settings

_ATTRIBUTE = "mlsys_permission"


class Permission(StrEnum):
    """What a caller must be allowed to do to use a route."""

    NONE = "none"
    READ = "read"
    LAUNCH = "launch"
    CANCEL = "cancel"

    @property
    def has_effect(self) -> bool:
        """Whether a route that requires this permission changes something."""
        return self in {Permission.LAUNCH, Permission.CANCEL}


def requires[View: Callable[..., Any]](permission: Permission) -> Callable[[View], View]:
    """Declare the permission that a view requires; the decorator stands below the route's own.

    A view without this decorator requires `Permission.READ`.
    """

    def mark(view: View) -> View:
        setattr(view, _ATTRIBUTE, permission)
        return view

    return mark


def required_permission(view: Callable[..., Any] | None) -> Permission:
    """The permission that a view requires."""
    permission: Permission = getattr(view, _ATTRIBUTE, Permission.READ)
    return permission


def current_permission() -> Permission:
    """The permission that the current request's view requires."""
    return required_permission(current_app.view_functions.get(request.endpoint or ""))


def configure_authentication(app: Flask, settings: Settings) -> None:
    """Choose how an application authenticates its callers.

    Raises:
        InvalidArgument: when the mode contradicts where the application runs.
    """
    app.extensions["authenticate"] = authenticator(settings)


def authorize(permission: Permission) -> None:
    """Authenticate the caller of the current request, and require a permission of it.

    Raises:
        Unauthenticated: when the request proves no caller.
        PermissionDenied: when the caller does not have the permission.
    """
    authenticate: Authenticate = current_app.extensions["authenticate"]
    g.caller = authenticate(request.headers)
    if not is_allowed(g.caller, clients().settings.allowed_callers(permission)):
        raise PermissionDenied(
            f"{g.caller} may not {permission} here: ask who operates this deployment",
            reason="CALLER_NOT_ALLOWED",
            caller=g.caller,
            permission=permission,
        )


def is_allowed(caller: str, allowed: tuple[str, ...]) -> bool:
    """Whether a list of callers, `*@domain` or `*` names a caller."""
    return any(
        each in {"*", caller} or (each.startswith("*@") and caller.endswith(each[1:]))
        for each in allowed
    )
