"""Pages of the meeting: desk, tally, wall."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("hall", __name__, url_prefix="/h")
