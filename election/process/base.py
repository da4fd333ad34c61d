"""What an act is: a typed payload, who may do it, which step it serves, what it demands, what it changes.

Every act is one class. ``guard`` yields *demands*, met or not; an act with an unmet demand is refused, and the
demand names the article. ``apply`` changes the facts. Both are pure: facts in, nothing but facts out. The same
demands are what a page shows as "still missing" (``steps.missing``), so page and guard cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, StringConstraints

if TYPE_CHECKING:
    from election.process.facts import Election
    from election.process.world import World


class Role(StrEnum):
    """Who may act (steps.md, "Who")."""

    ADMINISTRATOR = "administrator"
    ORGANISATION = "organisation_reviewer"
    CIVIL = "civil_reviewer"
    STREET = "street_officer"
    COMMITTEE_CHAIR = "committee_chair"
    COMMITTEE_MEMBER = "committee_member"
    LEADING_CHAIR = "leading_chair"
    LEADING_MEMBER = "leading_member"
    REGISTRAR = "registrar"
    PRESIDER = "presider"
    DESK_CLERK = "desk_clerk"
    CALLER = "caller"
    TELLER = "teller"
    SCRUTINEER = "scrutineer"
    ADJUDICATOR = "adjudicator"
    OUTGOING = "outgoing_member"
    INCOMING = "incoming_member"
    OBSERVER = "observer"
    VOTER = "voter"
    #: the program itself, for what follows by rule from people's acts (two sealed entries opened together)
    SERVER = "server"


COMMITTEE = frozenset({Role.COMMITTEE_CHAIR, Role.COMMITTEE_MEMBER})
LEADING = frozenset({Role.LEADING_CHAIR, Role.LEADING_MEMBER})
DISTRICT = frozenset({Role.ORGANISATION, Role.CIVIL})
#: whoever presides: the turnover committee for the party, the leading group for the residents
PRESIDING = frozenset({"presiding"})
PRESIDING_CHAIR = frozenset({"presiding_chair"})
#: whoever leads what is done in the hall, by account or on the spot
HALL_LEAD = PRESIDING | {Role.PRESIDER}
#: who calls, counts, scrutinises and settles doubtful marks: none of them stands, nobody is two of them
COUNTING = frozenset({Role.CALLER, Role.TELLER, Role.SCRUTINEER, Role.ADJUDICATOR})
#: accounts made on the spot for a meeting, with a PIN
HALL = COUNTING | {Role.PRESIDER, Role.DESK_CLERK}


def expand(who: frozenset[str], body: str) -> frozenset[str]:
    """Roles meant by ``who`` in an election of ``body``."""
    chairs = {"party": Role.COMMITTEE_CHAIR, "residents": Role.LEADING_CHAIR}
    groups = {"party": COMMITTEE, "residents": LEADING}
    found: set[str] = set()
    for role in who:
        if role == "presiding":
            found |= groups.get(body, LEADING)
        elif role == "presiding_chair":
            found.add(chairs.get(body, Role.LEADING_CHAIR))
        else:
            found.add(role)
    return frozenset(found)


@dataclass(frozen=True)
class Demand:
    """One thing that must hold. ``code`` and ``params`` become a sentence in ``words``; ``act`` mends it."""

    code: str
    met: bool
    params: dict[str, Any] = field(default_factory=dict)
    article: str = ""
    #: code of the act that can meet it, for the link on the page
    act: str = ""
    #: an unmet warning does not refuse; it must be answered with a reason, which the minutes print
    warning: bool = False


class Personal:
    """Marks a field that is never in an entry, only its salted commitment.

    ``posted`` fields (names on posted lists) are opened in the bundle, the others are not. ``lasting`` ones stay when
    personal data are destroyed, because the result cannot be told without them.
    """

    def __init__(self, *, posted: bool = False, lasting: bool = False) -> None:
        self.posted, self.lasting = posted, lasting


class Long:
    """Marks a text of several lines."""


class Filled:
    """Marks a field that the program fills in from what it holds; a form does not ask for it."""


Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000), Long()]
_NameText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50)]
#: who stood for an office, got votes, was elected, or did the work of the election
Name = Annotated[_NameText, Personal(posted=True, lasting=True)]
#: who stood on a posted list only as somebody's representative, delegate, principal or proxy
ListedName = Annotated[_NameText, Personal(posted=True)]
PrivateName = Annotated[_NameText, Personal()]
PrivateWords = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000), Personal(), Long()]
PersonId = Annotated[str, StringConstraints(max_length=36)]
#: a person of whom not even the id may stand in the record: that somebody cannot leave the house is health data (D-04)
PrivatePerson = Annotated[str, StringConstraints(max_length=36), Personal()]
#: a ground chosen from a list that says something bad of somebody
PrivateChoice = Annotated[str, StringConstraints(max_length=40), Personal()]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Payload(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


@dataclass(frozen=True)
class Actor:
    account: str
    role: str
    #: place path, ``district/street/community``; an actor acts below it
    scope: str


@dataclass
class Deed:
    """One act as it is judged and applied: the payload with everything around it."""

    act: Act
    actor: Actor
    occurred_on: date
    recorded_at: datetime
    step: str = ""
    attempt: int = 1
    seq: int = 0
    #: hash of the entry before it; empty for the first
    prev: str = ""
    #: kinds and notice numbers of the papers sealed by it: ``{"kind", "number", "sha256"}``
    papers: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    #: account ids whose statements are embedded (the signer, or two vouchers for a paper signature)
    signed_by: list[str] = field(default_factory=list)
    on_paper: bool = False


class Act(Payload):
    """Base of all acts. Sub-classes set the class variables and override ``guard`` and ``apply``."""

    code: ClassVar[str]
    log: ClassVar[str] = "election"
    #: step without its body (``prepare``); the body is put in front where the ruleset has such a step
    step: ClassVar[str] = ""
    who: ClassVar[frozenset[str]] = frozenset()
    #: a milestone: a personal signature is required (steps.md ✍)
    signed: ClassVar[bool] = False
    #: kinds of papers that must be rendered and sealed with it
    papers: ClassVar[tuple[str, ...]] = ()
    #: only in elections of this body
    only: ClassVar[str] = ""
    #: the last act of its step: it is refused while anything else of the step is missing
    final: ClassVar[bool] = False
    #: may be done before the steps that come before are done, or after its own step is done
    any_time: ClassVar[bool] = False
    #: may still be done after its step is done, until this later step is
    until: ClassVar[str] = ""
    #: a step's deadline is met by its last act, unless it asks for another (a list must be *posted* in time)
    timely: ClassVar[bool] = True
    #: done by the program, never offered as a form
    hidden: ClassVar[bool] = False

    @classmethod
    def belongs(cls, facts: Election) -> bool:
        """Whether this election has such an act at all: its ruleset, or who votes, may leave it out."""
        return True

    def meets_deadline(self) -> bool:
        """Whether this is the act that the step's deadline asks for."""
        return self.final and self.timely

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield from ()

    def apply(self, world: World, deed: Deed) -> None:
        raise NotImplementedError


#: every act by its code: the one catalogue of what can happen
ACTS: dict[str, type[Act]] = {}


def catalogued(cls: type[Act]) -> type[Act]:
    """Enter an act into the catalogue."""
    if cls.code in ACTS:
        raise ValueError(f"act {cls.code} is defined twice")
    ACTS[cls.code] = cls
    return cls
