"""Pages of the street and the district: boards, review, approval."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("district", __name__, url_prefix="/d")
