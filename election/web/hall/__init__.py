"""Pages of the meeting: its order, the account of ballots, the tally, the result, the people who work in the hall."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("hall", __name__, url_prefix="/h")

from election.web.hall import (  # noqa: E402  the views register themselves
    adjudicate,
    blanks,
    council,
    differences,
    entry,
    hands,
    home,
    paper_account,
    printing,
    recount,
    result,
    scanning,
    sign_in,
    signatures,
    simple,
    staff,
    wall,
)

__all__ = [
    "adjudicate",
    "blanks",
    "blueprint",
    "council",
    "differences",
    "entry",
    "hands",
    "home",
    "paper_account",
    "printing",
    "recount",
    "result",
    "scanning",
    "sign_in",
    "signatures",
    "simple",
    "staff",
    "wall",
]
