"""Pages of the street and the district: boards, review, approval."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("district", __name__, url_prefix="/d")

from election.web.district import (  # noqa: E402  the views register themselves
    campaigns,
    confirming,
    doing,
    inbox,
    landing,
    many,
    review,
    rulesets,
)

__all__ = ["blueprint", "campaigns", "confirming", "doing", "inbox", "landing", "many", "review", "rulesets"]
