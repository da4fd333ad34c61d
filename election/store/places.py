"""Logs by what they belong to: which elections a community has, what lies below a place."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from election.store.tables import Log
from election.store.worlds import Gone, office_log


def log(session: Session, log_id: str, kind: str) -> Log:
    """The log of this id and kind. Raises Gone."""
    found = session.get(Log, log_id)
    if found is None or found.kind != kind:
        raise Gone(log_id)
    return found


def office(session: Session) -> str:
    """Id of the office log. Raises Gone while the office is not opened."""
    found = office_log(session)
    if found is None:
        raise Gone("office")
    return found.id


def elections(session: Session, campaign: str, community: str) -> dict[str, str]:
    """Body -> election id, of one community in one campaign."""
    rows = session.execute(
        select(Log.body, Log.id).where(Log.kind == "election", Log.campaign == campaign, Log.community == community)
    )
    return {str(body): id_ for body, id_ in rows}


def below(session: Session, kind: str, scope: str) -> list[Log]:
    """Logs of a kind at or below a place, in the order of their paths; scope ``""`` is everywhere."""
    query = select(Log).where(Log.kind == kind).order_by(Log.path, Log.body, Log.id)
    if scope:
        query = query.where(or_(Log.path == scope, Log.path.startswith(scope + "/", autoescape=True)))
    return list(session.scalars(query))


def around(session: Session, scope: str) -> list[Log]:
    """Campaigns that contain a place: those of its street."""
    parents = ["/".join(scope.split("/")[:n]) for n in range(1, scope.count("/") + 2)]
    return list(session.scalars(select(Log).where(Log.kind == "campaign", Log.path.in_(parents)).order_by(Log.path)))
