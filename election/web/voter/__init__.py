"""Public pages: the voter's check, objections, notices, candidates, results, the check of a paper.

Nobody signs in here. What a visitor types is answered on the page that was asked, never in an address, and is kept
nowhere; how often somebody asks is counted by keyed hashes (``election.acts.public``). The visitor's address is the one
that the connection came from; behind a proxy the operator says so when serving (``ELECTION_BEHIND_PROXY``).
"""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug.wrappers import Response

blueprint = Blueprint("voter", __name__)

from election.web.voter import check, home, notices, objections, papers, results  # noqa: E402  the views register themselves

#: pages on which somebody types who they are: no copy stays in the browser or on the way
PRIVATE = frozenset(f"voter.{name}" for name in ("check_roll", "slip", "object_here", "follow", "check_paper"))


@blueprint.after_request
def keep_private(response: Response) -> Response:
    if request.endpoint in PRIVATE:
        response.headers["Cache-Control"] = "no-store"
    return response


__all__ = ["blueprint", "check", "home", "notices", "objections", "papers", "results"]
