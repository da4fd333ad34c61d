"""Cookies of this host alone: over https each is ``__Host-`` and ``Secure``; a hall without https has the bare name.

All of them are read by the server only (HttpOnly) and come with links from elsewhere but not with foreign forms
(SameSite=Lax): a link in a message may lead to a page of ours (ASVS 3.3).
"""

from __future__ import annotations

from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface
from werkzeug.wrappers import Response


def name(bare: str) -> str:
    return f"__Host-{bare}" if request.is_secure else bare


def get(bare: str) -> str:
    return request.cookies.get(name(bare), "")


def put(response: Response, bare: str, value: str, *, seconds: int | None = None) -> Response:
    """``seconds`` to live; until the browser is closed if not given."""
    response.set_cookie(
        name(bare), value, max_age=seconds, secure=request.is_secure, httponly=True, samesite="Lax", path="/"
    )
    return response


def drop(response: Response, bare: str) -> Response:
    response.delete_cookie(name(bare), secure=request.is_secure, httponly=True, samesite="Lax", path="/")
    return response


class FormCookie(SecureCookieSessionInterface):
    """Flask's own cookie: the form token and messages."""

    def get_cookie_name(self, app: Flask) -> str:
        return name("form")

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure
