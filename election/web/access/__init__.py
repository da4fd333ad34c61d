"""Who is it, may they be here: sign-in, passwords, accounts, and the policy that every view declares."""

from __future__ import annotations

from flask import Blueprint, Flask

blueprint = Blueprint("access", __name__)

from election.web.access import people, register, second, views, vouching  # noqa: E402  the views register themselves


def public_home(app: Flask) -> None:
    """``/`` belongs to the voters' pages; without them it says who this is and where to sign in."""
    if not any(rule.rule == "/" for rule in app.url_map.iter_rules()):
        app.add_url_rule("/", "access.front", views.front)


__all__ = ["blueprint", "people", "public_home", "register", "second", "views", "vouching"]
