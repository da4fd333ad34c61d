"""Opening an election, and its rolls: of voters and of members."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from election.process.base import (
    COMMITTEE,
    LEADING,
    PRESIDING_CHAIR,
    Act,
    Deed,
    Demand,
    Filled,
    Payload,
    PersonId,
    PrivateName,
    Role,
    Sha256,
    Text,
    catalogued,
)
from election.process.world import World

REGISTRARS = COMMITTEE | LEADING | {Role.REGISTRAR}


@catalogued
class OpenElection(Act):
    """First entry of an election: body, community, and the sealed ruleset with the version of count semantics."""

    code: ClassVar[str] = "election.open"
    who: ClassVar[frozenset[str]] = frozenset({Role.SERVER, Role.STREET})
    hidden: ClassVar[bool] = True
    any_time: ClassVar[bool] = True

    body_of_election: Literal["party", "residents"]
    community: str
    community_name: Text
    path: str
    campaign: str
    ruleset: str
    ruleset_sha256: Sha256
    count_semantics: int = 1
    demonstration: bool = False

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield Demand("election.first", world.election.size == 0)
        yield Demand("campaign.community-known", self.community in world.campaign.communities)
        yield Demand("election.ruleset", self._as_planned(world))
        if not self.demonstration:
            # A real election does not start on numbers from memory that the office has not confirmed.
            open_keys = [
                k
                for k in world.rules(self.ruleset_sha256).unconfirmed()
                if (self.ruleset, k) not in world.campaign.confirmed
            ]
            yield Demand(
                "campaign.rules-confirmed",
                not open_keys,
                {"keys": "、".join(open_keys[:5]), "count": len(open_keys)},
                act="campaign.confirm_rule",
            )

    def _as_planned(self, world: World) -> bool:
        """The ruleset is the one that the campaign's plan names; the street's own to the last number."""
        campaign = world.campaign
        if campaign.rulesets.get(self.body_of_election) != self.ruleset:
            return False
        sealed, own = world.rules(self.ruleset_sha256), campaign.own.get(self.ruleset)
        return sealed.id == self.ruleset and own in (None, sealed)

    def apply(self, world: World, deed: Deed) -> None:
        facts = world.election
        facts.body, facts.community, facts.community_name = self.body_of_election, self.community, self.community_name
        facts.path, facts.ruleset_sha256 = self.path, self.ruleset_sha256
        facts.rules = world.rules(self.ruleset_sha256)
        facts.demonstration = self.demonstration
        facts.opened_on = deed.occurred_on


class RollAct(Act):
    who: ClassVar[frozenset[str]] = REGISTRARS
    hidden: ClassVar[bool] = True

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield Demand("roll.not-frozen", not world.election.roll.frozen)


class GroupCount(Payload):
    group: Text
    count: int = Field(ge=0)


class RollState(RollAct):
    """After any change: how many stand on the roll, and the seal of all its rows (root over their commitments)."""

    registered: Annotated[int, Field(ge=0), Filled()]
    probationary: Annotated[int, Field(ge=0), Filled()] = 0
    held: Annotated[int, Field(ge=0), Filled()] = 0
    groups: Annotated[tuple[GroupCount, ...], Filled()] = ()
    root: Annotated[Sha256, Filled()]

    def apply(self, world: World, deed: Deed) -> None:
        roll = world.election.roll
        roll.imported = True
        roll.registered, roll.probationary, roll.held, roll.root = (
            self.registered,
            self.probationary,
            self.held,
            self.root,
        )
        roll.groups = {g.group: g.count for g in self.groups}


@catalogued
class ImportRoll(RollState):
    """A file of residents or members: all of its good rows, in one transaction (contracts §3)."""

    code: ClassVar[str] = "roll.import"
    step: ClassVar[str] = "register|roll"

    #: also from the command line of the server, where nobody is signed in: the record then says "server"
    who: ClassVar[frozenset[str]] = REGISTRARS | {Role.SERVER}

    rows: int = Field(ge=0)
    accepted: int = Field(ge=0)
    rejected: int = Field(ge=0)
    warnings: int = Field(ge=0)
    file_sha256: Sha256

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield from super().guard(world, deed)
        yield Demand("roll.open", not world.election.roll.closed)
        yield Demand("roll.some-row", self.accepted > 0)


@catalogued
class ChangeRoll(RollState):
    """One person added by hand, corrected, removed, merged with a double, or moved from or to another community."""

    code: ClassVar[str] = "roll.change"
    step: ClassVar[str] = "register|roll"
    any_time: ClassVar[bool] = True

    kind: Literal["add", "correct", "remove", "merge", "move_in", "move_out", "accept"]
    person: PersonId
    name: PrivateName
    basis: Text = Field(min_length=1)
    objection: int | None = None

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield from super().guard(world, deed)
        facts = world.election
        if facts.roll.closed:
            # after the list is fixed, only a decided objection or a supplementary notice changes it (E22)
            decided = (
                self.objection is not None
                and (o := facts.objections.get(self.objection)) is not None
                and o.upheld is True
            )
            yield Demand("roll.change-basis", decided or len(self.basis) >= 4)


@catalogued
class ReviewRoll(RollState):
    """A registrar has looked at rows that waited or were held: they stand, or they go."""

    code: ClassVar[str] = "roll.review"
    step: ClassVar[str] = "register|roll"
    any_time: ClassVar[bool] = True

    persons: tuple[PersonId, ...] = Field(min_length=1, max_length=5000)
    decision: Literal["accept", "remove"]
    basis: Text = Field(min_length=2)


@catalogued
class CloseRegistration(Act):
    """Registration of voters is complete; the list can be posted."""

    code: ClassVar[str] = "roll.close_registration"
    step: ClassVar[str] = "register"
    only: ClassVar[str] = "residents"
    who: ClassVar[frozenset[str]] = REGISTRARS
    final: ClassVar[bool] = True

    def apply(self, world: World, deed: Deed) -> None:
        world.election.roll.closed = True


@catalogued
class FixRoll(Act):
    """The list of voters stands: posted, its window over, every objection decided (V-07)."""

    #: what the deadline asks is that the list was posted
    timely: ClassVar[bool] = False

    code: ClassVar[str] = "roll.fix"
    step: ClassVar[str] = "roll"
    who: ClassVar[frozenset[str]] = PRESIDING_CHAIR
    signed: ClassVar[bool] = True
    final: ClassVar[bool] = True

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        facts = world.election
        notice = facts.posted("roll_notice")
        if facts.body == "residents" and notice is not None:
            days = int(facts.law.value("objection.window_days"))
            until = notice.posted_on + timedelta(days=days)
            yield Demand(
                "roll.window-over",
                deed.occurred_on > until,
                {"until": until, "days": days},
                article=facts.law.article("objection.window_days"),
            )

    def apply(self, world: World, deed: Deed) -> None:
        roll = world.election.roll
        roll.closed = roll.fixed = True
        roll.frozen = world.election.body == "party"


@catalogued
class ExcludeMember(Act):
    """A full member is left out of 应到, on a ground of P-11, with the superior's consent and the meeting's vote."""

    code: ClassVar[str] = "roll.exclude"
    step: ClassVar[str] = "roll"
    only: ClassVar[str] = "party"
    who: ClassVar[frozenset[str]] = REGISTRARS

    person: PersonId
    name: PrivateName
    ground: Literal[
        "illness", "abroad", "serving_sentence", "bed_ridden", "away_six_months", "moved_home", "suspended", "migrant"
    ]
    consent_document: Text = Field(min_length=2)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield Demand("roll.not-frozen", not world.election.roll.frozen)
        yield Demand("roll.not-excluded", self.person not in world.election.roll.excluded)

    def apply(self, world: World, deed: Deed) -> None:
        world.election.roll.excluded[self.person] = self.ground


@catalogued
class ReadmitMember(ExcludeMember):
    """Counted as entitled again."""

    code: ClassVar[str] = "roll.readmit"

    ground: Literal["returned", "corrected"] = "corrected"  # type: ignore[assignment]
    consent_document: Text = ""

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield Demand("roll.not-frozen", not world.election.roll.frozen)
        yield Demand("roll.is-excluded", self.person in world.election.roll.excluded)

    def apply(self, world: World, deed: Deed) -> None:
        del world.election.roll.excluded[self.person]
