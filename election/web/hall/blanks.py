"""Paper forms for a hall without power: filled in by hand, entered later."""

from __future__ import annotations

from uuid import UUID

from flask import abort, make_response, render_template

from election.acts import papers, witnessing
from election.faults import WrongInput
from election.process.base import Role
from election.web.access.policy import policy
from election.web.committee.flow import Answer
from election.web.context import place, store, today
from election.web.hall import blueprint
from election.web.hall.rights import LEAD
from election.web.words import fault, language
from election.words import acts as said

WHO = LEAD | {Role.DESK_CLERK, Role.SCRUTINEER, Role.TELLER, Role.STREET}
#: forms that a meeting may need, in the order of its day; lists of names are for those who keep the door
NAMES = frozenset({"sign_in_sheet"})
KINDS = (
    "sign_in_sheet",
    "station_record",
    "ballot_control",
    "ballot_account",
    "tally_blank",
    "hands_tally",
    "result_report",
    "signing_sheet",
)


def _kinds() -> list[str]:
    """Those of this election's way of voting, and this person's."""
    facts = place().world.election
    unused = {"tally_blank", "ballot_account", "ballot_control"} if facts.method == "hands" else {"hands_tally"}
    if not facts.at_stations:
        unused |= {"station_record"}
    door = place().role not in (Role.SCRUTINEER, Role.TELLER)
    return [k for k in KINDS if k in papers.forms and k not in unused and (door or k not in NAMES)]


@blueprint.get("/<uuid:election>/forms")
@policy(at="election", roles=WHO)
def blanks(election: UUID) -> Answer:
    kinds = [(kind, said.paper_title(kind, language())) for kind in _kinds()]
    return render_template("web/hall/blanks.html", kinds=kinds)


@blueprint.get("/<uuid:election>/forms/<kind>.pdf")
@policy(at="election", roles=WHO)
def blank(election: UUID, kind: str) -> Answer:
    if kind not in _kinds():
        abort(404)
    witnessing.newest(store(), place().election)  # the form bears the record's state, signed at this moment
    try:
        with store().read() as session:
            data = papers.form(store(), session, place().world, kind, today())
    except WrongInput as wrong:
        return render_template("web/hall/blanks.html", kinds=[], wrong=fault(wrong)), 422
    response = make_response(data)
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = f"inline; filename={kind}.pdf"
    return response
