import pytest
from flask import Flask

from gateway.auth.authorization import (
    Permission,
    current_permission,
    is_allowed,
    required_permission,
    requires,
)


@requires(Permission.LAUNCH)
def launch():
    return "launched"


def test_a_view_keeps_its_permission_and_its_behaviour():
    assert required_permission(launch) is Permission.LAUNCH
    assert launch() == "launched"


def test_a_view_without_a_permission_of_its_own_requires_read():
    assert required_permission(lambda: None) is Permission.READ
    assert required_permission(None) is Permission.READ


@pytest.mark.parametrize(
    ("path", "permission"),
    [("/launch", Permission.LAUNCH), ("/read", Permission.READ), ("/none", Permission.READ)],
)
def test_the_current_permission_is_that_of_the_route(path, permission):
    app = Flask(__name__)
    app.add_url_rule("/launch", view_func=launch)
    app.add_url_rule("/read", view_func=lambda: "", endpoint="read")
    with app.test_request_context(path):
        assert current_permission() is permission


def test_only_launching_and_cancelling_have_an_effect():
    assert {each for each in Permission if each.has_effect} == {"launch", "cancel"}


@pytest.mark.parametrize(
    ("caller", "allowed", "may"),
    [
        ("a@b.c", ("*",), True),
        ("a@b.c", ("a@b.c",), True),
        ("a@b.c", ("*@b.c",), True),
        ("a@evil-b.c", ("*@b.c",), False),
        ("a@b.c.evil", ("*@b.c",), False),
        ("a@b.c", (), False),
        ("a@b.c", ("A@b.c",), False),
    ],
)
def test_a_list_of_callers_names_callers_domains_or_everybody(caller, allowed, may):
    assert is_allowed(caller, allowed) is may
