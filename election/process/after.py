"""After the result: handover, division of work, inspection, report, archive, and what comes later."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from typing import Annotated, ClassVar, Literal

import orjson
from pydantic import Field

from election.process.base import (
    COMMITTEE,
    PRESIDING,
    Act,
    Deed,
    Demand,
    Filled,
    Name,
    Payload,
    PersonId,
    PrivateWords,
    Role,
    Sha256,
    Text,
    Words,
    catalogued,
)
from election.process.facts import Election
from election.process.notices import LISTS
from election.process.steps import dependents, full_names, is_done, reopen
from election.process.world import World
from election.record.entry import Entry

PARTIES = frozenset({Role.OUTGOING, Role.INCOMING, Role.STREET})


class Item(Payload):
    kind: Literal["stamps", "offices", "accounts", "assets", "files", "debts", "open_matters"]
    what: Text = Field(min_length=1)
    quantity: Text = ""
    note: Text = ""


@catalogued
class ListHandover(Act):
    """Official stamps, offices, accounts, assets, files, debts, open matters; audit of those who leave (S-17)."""

    code: ClassVar[str] = "handover.list"
    step: ClassVar[str] = "handover"
    who: ClassVar[frozenset[str]] = PARTIES | COMMITTEE
    papers: ClassVar[tuple[str, ...]] = ("handover_list",)

    items: tuple[Item, ...] = Field(min_length=1, max_length=500)
    audit: PrivateWords = ""
    held_on: date

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        signed = any(world.election.handover_signatures.values())
        yield Demand("handover.unsigned", not signed)
        yield Demand("assess.not-future", self.held_on <= deed.occurred_on)

    def apply(self, world: World, deed: Deed) -> None:
        facts = world.election
        facts.handover_items = self.model_dump(mode="json", exclude={"audit"})
        facts.handover_sha256 = handover_digest(self)


def handover_digest(listed: ListHandover) -> str:
    """What the three sides sign: the list, without the audit's words."""
    value = listed.model_dump(mode="json", exclude={"audit"})
    return hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()


@catalogued
class SignHandover(Act):
    """Outgoing, incoming and the street sign the same list."""

    code: ClassVar[str] = "handover.sign"
    step: ClassVar[str] = "handover"
    who: ClassVar[frozenset[str]] = PARTIES
    signed: ClassVar[bool] = True

    list_sha256: Annotated[Sha256, Filled()]

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        facts = world.election
        yield Demand("handover.listed", facts.handover_items is not None, act="handover.list")
        yield Demand("handover.same-list", self.list_sha256 == facts.handover_sha256)
        yield Demand("tally.sign-once", deed.actor.account not in facts.handover_signatures.get(deed.actor.role, set()))

    def apply(self, world: World, deed: Deed) -> None:
        world.election.handover_signatures[deed.actor.role].add(deed.actor.account)


class Duty(Payload):
    person: PersonId
    name: Name
    duty: Text = Field(min_length=1)


@catalogued
class DivideWork(Act):
    """First full meeting: who does what; charter, goals and work plan (plan 六.3, 六.4)."""

    code: ClassVar[str] = "division.record"
    step: ClassVar[str] = "division"
    who: ClassVar[frozenset[str]] = frozenset({Role.INCOMING}) | COMMITTEE

    held_on: date
    duties: tuple[Duty, ...] = Field(min_length=1)
    plan: Words = ""

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield Demand("division.members", all(d.person in world.election.elected for d in self.duties))
        yield Demand("assess.not-future", self.held_on <= deed.occurred_on)

    def apply(self, world: World, deed: Deed) -> None:
        world.election.divided = True


class Point(Payload):
    point: Text = Field(min_length=1)
    ok: bool
    remedy: Text = ""


@catalogued
class Inspect(Act):
    """The street checks against its checklist; the district leading group after it (plan 五.11)."""

    code: ClassVar[str] = "inspection.record"
    step: ClassVar[str] = "inspection"
    who: ClassVar[frozenset[str]] = frozenset({Role.STREET, Role.ORGANISATION, Role.CIVIL})
    signed: ClassVar[bool] = True

    points: tuple[Point, ...] = Field(min_length=1)
    record_verified: Annotated[bool, Filled()] = False

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield Demand("inspection.record", self.record_verified)
        yield Demand("inspection.remedies", all(p.ok or p.remedy for p in self.points))
        if deed.actor.role != Role.STREET:
            yield Demand("inspection.street-first", Role.STREET in world.election.inspected, act="inspection.record")

    def apply(self, world: World, deed: Deed) -> None:
        world.election.inspected.add(deed.actor.role)


@catalogued
class SubmitReport(Act):
    """The turnover report goes to the street (plan 五.12)."""

    code: ClassVar[str] = "report.submit"
    step: ClassVar[str] = "report"
    who: ClassVar[frozenset[str]] = frozenset({Role.INCOMING}) | COMMITTEE
    papers: ClassVar[tuple[str, ...]] = ("turnover_report",)

    text: Words = Field(min_length=10)

    def apply(self, world: World, deed: Deed) -> None:
        world.election.report_sealed = True


@catalogued
class SealArchive(Act):
    """The bundle is exported, verified and sealed; the turnover is closed, the log is not (V-23, D-09)."""

    code: ClassVar[str] = "archive.seal"
    step: ClassVar[str] = "archive"
    who: ClassVar[frozenset[str]] = frozenset({Role.COMMITTEE_CHAIR})
    signed: ClassVar[bool] = True
    final: ClassVar[bool] = True

    bundle_sha256: Annotated[Sha256, Filled()]
    entries: Annotated[int, Field(ge=1), Filled()]
    verified: Annotated[bool, Filled()] = False
    boxes_kept_at: Text = Field(min_length=2)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield Demand("archive.verified", self.verified)

    def apply(self, world: World, deed: Deed) -> None:
        world.election.archived_on = deed.occurred_on


@catalogued
class RecordLater(Act):
    """What comes after: a correction, a vacancy, a recall, a by-election, the destruction of kept material."""

    code: ClassVar[str] = "later.record"
    who: ClassVar[frozenset[str]] = frozenset({Role.STREET}) | PRESIDING | COMMITTEE
    signed: ClassVar[bool] = True
    any_time: ClassVar[bool] = True

    kind: Literal["correction", "vacancy", "recall", "by_election", "retention"]
    person: PersonId = ""
    text: Words = Field(min_length=4)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield Demand("later.announced", bool(world.election.elected), act="result.announce")
        if self.kind in ("vacancy", "recall"):
            yield Demand("later.person", self.person in world.election.elected)

    def apply(self, world: World, deed: Deed) -> None:
        world.election.later.append({"kind": self.kind, "person": self.person, "on": deed.occurred_on, "seq": deed.seq})


#: what is destroyed -> the ruleset's value that says for how many years it is kept
KEPT = {"personal": "retention.personal_years", "files": "retention.files_years", "ballots": "retention.ballots_years"}


@catalogued
class Destroy(Act):
    """What was kept long enough is destroyed: the openings of personal data and the papers that list people who stand
    there only as members or voters, the contents of attachments, the ballots. Names without which the result cannot be
    told stay (``Name``), those of representatives, delegates, principals and proxies do not (``ListedName``).

    The entries stay as they are: where a name stood, a commitment stands that nobody can open any more (PIPL 19, 47), and
    of a paper the digest. No paper may be missing but those that such an entry names.
    """

    code: ClassVar[str] = "retention.destroy"
    who: ClassVar[frozenset[str]] = frozenset({Role.STREET, Role.COMMITTEE_CHAIR})
    signed: ClassVar[bool] = True
    any_time: ClassVar[bool] = True

    what: Literal["personal", "files", "ballots"]
    #: openings, files or boxes
    number: Annotated[int, Field(ge=0), Filled()] = 0
    #: digests of the papers destroyed with the personal data (of a kind in ``LISTS``)
    lists: Annotated[tuple[Sha256, ...], Filled()] = ()
    reason: Text = Field(min_length=2)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        facts = world.election
        rule = facts.law.values.get(KEPT[self.what])
        yield Demand("retention.rule", rule is not None)
        # what was posted since, or before an act reached papers and listed names, may still go
        left = bool(self.lists) or (self.what == "personal" and self.number > 0)
        yield Demand("retention.once", self.what not in facts.destroyed or left)
        yield Demand("retention.lists", set(self.lists) <= set(lists_left(facts) if self.what == "personal" else ()))
        yield Demand("retention.archived", facts.archived_on is not None, act="archive.seal")
        if rule is not None and facts.archived_on is not None:
            until = years_after(facts.archived_on, int(str(rule.value)))
            yield Demand("retention.over", deed.occurred_on > until, {"until": until}, article=rule.article)

    def apply(self, world: World, deed: Deed) -> None:
        world.election.destroyed[self.what] = deed.occurred_on
        world.election.gone |= dict.fromkeys(self.lists, deed.occurred_on)


def lists_left(facts: Election) -> list[str]:
    """Digests of the sealed papers that only list people and are not destroyed yet."""
    return sorted(digest for digest, kinds in facts.papers.items() if kinds <= LISTS and digest not in facts.gone)


def papers_destroyed(entry: Entry) -> dict[str, int]:
    """``digest -> seq`` of the papers that this entry says were destroyed, whatever else stands in it."""
    named = entry.payload.get("lists") if entry.act == Destroy.code else None
    return {d: entry.seq for d in named if isinstance(d, str)} if isinstance(named, list) else {}


def years_after(day: date, years: int) -> date:
    """The same day so many years later; the 29th of February becomes the 1st of March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


@catalogued
class ReopenStep(Act):
    """A step is taken up again before anything that rests on it is done; further back only a return reaches."""

    code: ClassVar[str] = "step.reopen"
    who: ClassVar[frozenset[str]] = PRESIDING
    signed: ClassVar[bool] = True
    any_time: ClassVar[bool] = True

    step_name: Text
    reason: Words = Field(min_length=2)

    #: steps whose content can be taken up again by their own chair
    ALLOWED: ClassVar[frozenset[str]] = frozenset(
        {"electorate", "seats", "representatives", "households", "prospective", "official", "prepare"}
    )

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        facts = world.election
        known = self.step_name in self.ALLOWED and bool(full_names(facts, self.step_name))
        yield Demand("step.can-reopen", known)
        if known:
            (name,) = full_names(facts, self.step_name)
            yield Demand("step.done", is_done(facts, name))
            later = [s for s in dependents(facts, name)[1:] if is_done(facts, s)]
            yield Demand("step.nothing-rests", not later, {"step": later[0] if later else ""})

    def apply(self, world: World, deed: Deed) -> None:
        reopen(world, self.step_name)
