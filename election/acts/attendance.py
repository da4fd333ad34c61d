"""The list of those who came, made when sign-in closes: in the order of the 签到册, without time, sealed as one batch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from election import documents
from election.acts import offices
from election.acts.cards import entitled
from election.acts.papers.meeting import meeting_day
from election.acts.papers.rolls import name_groups
from election.acts.papers.sources import Sources, Stored
from election.documents.papers.meeting import Attendance
from election.process.world import World
from election.store import signing_in
from election.store.append import Content
from election.store.database import Store


@dataclass(frozen=True)
class Batch:
    """How many came, and the list as it is sealed beside the number."""

    present: int
    content: Content


def batch(store: Store, session: Session, world: World, on: date) -> Batch:
    """Who is signed in now and still entitled."""
    there = signing_in.present(session, world.election.id)
    people = entitled(store, session, world)
    came = [h for h in people if h.person in there]
    s = Sources(world, Stored(store, session), on, form=True)
    data = Attendance(
        heading=s.heading(offices.presiding(world), stamp=False, signatures=("发票员", "监票人")),
        meeting=offices.meeting(world),
        meeting_day=meeting_day(s),
        of=len(people),
        groups=name_groups(s, ((h.group, h.name) for h in came)),
    )
    return Batch(len(came), Content(documents.render("attendance", data), "application/pdf"))
