"""Who may open which page of the hall: the roles of the acts that are done there, and who looks on."""

from __future__ import annotations

from election.process.base import ACTS, COMMITTEE, DISTRICT, HALL, PRESIDING, PRESIDING_CHAIR, Role, expand
from election.web.context import Place

#: who leads the meeting
LEAD = PRESIDING | {Role.PRESIDER}
#: who announces
CHAIR = PRESIDING_CHAIR | {Role.PRESIDER}
#: who gives out the accounts of a meeting
GIVERS = PRESIDING_CHAIR | {Role.STREET}
#: who calls ballots onto the wall
CALLERS = frozenset({Role.CALLER, Role.TELLER, Role.SCRUTINEER})
#: who works with scanned boxes
SCANS = frozenset({Role.TELLER, Role.SCRUTINEER, Role.ADJUDICATOR, Role.PRESIDER, Role.CALLER})
#: whoever may see how far the meeting is; what they may do there is another matter
WATCH = HALL | PRESIDING | COMMITTEE | DISTRICT | {Role.STREET, Role.REGISTRAR, Role.OBSERVER}


def may(place: Place, act: str) -> bool:
    """Whether the person's role does this act in this election; whether it can be done now is the guard's business."""
    facts = place.world.election
    return place.role in expand(ACTS[act].who, facts.body) and ACTS[act].belongs(facts)


def has_role(place: Place, roles: frozenset[str]) -> bool:
    return place.role in expand(roles, place.world.election.body)
