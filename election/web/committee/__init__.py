"""Pages of the committee that prepares and runs a community's elections."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("committee", __name__, url_prefix="/c")

from election.web.committee import (  # noqa: E402  the views register themselves
    absent,
    doing,
    home,
    nomination,
    notices,
    objections,
    record,
    representatives,
    roll_changes,
    roll_import,
    rolls,
    sheets,
    steps,
    witnessing,
)

__all__ = [
    "absent",
    "blueprint",
    "doing",
    "home",
    "nomination",
    "notices",
    "objections",
    "record",
    "representatives",
    "roll_changes",
    "roll_import",
    "rolls",
    "sheets",
    "steps",
    "witnessing",
]
