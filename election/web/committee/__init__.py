"""Pages of the committee that prepares and runs a community's elections."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("committee", __name__, url_prefix="/c")
