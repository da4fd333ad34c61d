"""Those proposed, by office, with the number of candidates that the margin asks for."""

from __future__ import annotations

from dataclasses import dataclass

from election.process.facts import Candidate, Contest
from election.process.world import World
from election.web.committee import links
from election.web.words import language
from election.words import acts as said


@dataclass(frozen=True)
class Person:
    """A proposed person as a line."""

    candidate: Candidate
    routes: str
    education: str
    chosen: bool
    withdraw: str


@dataclass(frozen=True)
class Office:
    """One office with those proposed for it and how many it needs."""

    contest: Contest
    people: tuple[Person, ...]
    needs: int
    propose: str

    @property
    def has(self) -> int:
        return len(self.people)


def offices(world: World, role: str) -> list[Office]:
    facts = world.election
    chosen = {(c.person, c.office) for c in facts.prospective}
    found = []
    for contest in facts.contests:
        people = tuple(
            Person(
                c,
                "、".join(said.option_label("nomination.propose", "routes", r, language()) for r in c.routes),
                said.option_label("nomination.propose", "education", c.education, language()) if c.education else "",
                (c.person, c.office) in chosen,
                links.address("nomination.withdraw", world, role, person=c.person, office=contest.id),
            )
            for c in facts.proposed.values()
            if c.office == contest.id
        )
        where = links.address("nomination.propose", world, role, office=contest.id) and links.form_address(
            "nomination.propose", world, office=contest.id
        )
        found.append(Office(contest, people, world.margin(contest.seats), where))
    return found
