"""A turnover told in memory: every act is judged and applied by the machine itself, with no database around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from election import law
from election.process import (
    after,
    approval,
    campaign,
    demands,
    equal,
    machine,
    meeting,
    nomination,
    notices,
    office,
    preparation,
    representatives,
    result,
    roll,
    tally,
)
from election.process.base import Act, Actor, Deed, Demand, Role
from election.process.machine import SERVER
from election.process.world import World
from election.record import keys

PATH = "d/s/c1"
#: role -> where it stands
SCOPES = {Role.ADMINISTRATOR: "", Role.ORGANISATION: "d", Role.CIVIL: "d", Role.STREET: "d/s"}
PAPERS = {
    "notice.post",
    "prepare.ballots",
    "nomination.report",
    "result.announce",
    "result.report",
    "approve.submit",
    "approve.appoint",
    "certify.issue",
    "file.submit",
    "handover.list",
    "report.submit",
    "community.notice",
}


def day(month: int, number: int) -> date:
    return date(2010, month, number)


class Refusal(AssertionError):
    def __init__(self, demands: Sequence[Demand]) -> None:
        self.codes = {d.code for d in demands}
        self.demands = {d.code: d for d in demands}
        super().__init__([(d.code, d.params) for d in demands])


@dataclass
class Telling:
    """One election of one community. ``today`` is moved by hand."""

    body: str
    today: date = date(2010, 11, 10)
    rulesets: tuple[str, str] = ("qilihe-2010.party", "qilihe-2010.residents")
    world: World = field(default_factory=World)
    demonstration: bool = True

    def __post_init__(self) -> None:
        self.world.rules = lambda sha256: law.load(self.rulesets[0 if sha256 == "1" * 64 else 1])
        key = b"\x01"
        opened = {"server_key": key.hex(), "fingerprint": keys.fingerprint(key), "version": "1"}
        self.do(office.OpenOffice(name="server", demonstration=True, **opened), SERVER)
        for role in Role:
            if role not in (Role.SERVER, Role.VOTER):
                for number in (1, 2, 3):
                    self.do(
                        office.OpenAccount(
                            account=f"{role}{number}", role=role, scope=SCOPES.get(role, PATH), name="某人"
                        ),
                        SERVER,
                    )
        self.do(self.plan(), "street_officer")
        self.world.campaign.id = "campaign"
        self.do(campaign.LeadCampaign(head="某书记"), "street_officer")
        self.do(campaign.FormCommittee(community="c1", head="某主任", members=("某委员",)), "street_officer")
        self.do(self.posts(), "committee_chair")

    def plan(self, **changes: Any) -> campaign.PlanCampaign:
        base: dict[str, Any] = {
            "title": "换届",
            "term": "第三届",
            "street": "某街道",
            "path": "d/s",
            "party_ruleset": self.rulesets[0],
            "residents_ruleset": self.rulesets[1],
            "window_from": day(11, 1),
            "window_to": day(12, 31),
            "party_day": day(12, 24),
            "residents_day": day(12, 26),
            "communities": (campaign.CommunityRef(id="c1", name="某社区"),),
            "demonstration": self.demonstration,
        }
        return campaign.PlanCampaign(**(base | changes))

    def posts(self) -> campaign.PostPosts:
        return campaign.PostPosts(
            community="c1", purpose="换届", party_posts="5人", residents_posts="7人", conditions="条件", place="公示栏"
        )

    def open(self) -> Telling:
        ruleset = "1" * 64 if self.body == "party" else "2" * 64
        self.do(
            roll.OpenElection(
                body_of_election=self.body,
                community="c1",
                community_name="某社区",
                path=PATH,
                campaign="campaign",
                ruleset=self.rulesets[0 if self.body == "party" else 1],
                ruleset_sha256=ruleset,
                demonstration=self.demonstration,
            ),
            SERVER,
        )
        self.world.election.id = "election"
        return self

    # --- doing -------------------------------------------------------------------------------------------------------

    def deed(self, act: Act, who: str | Actor, **around: Any) -> Deed:
        actor = who if isinstance(who, Actor) else self.actor(who)
        kinds = list(act.papers) or ([act.kind] if isinstance(act, notices.PostNotice) else [])
        deed = Deed(
            act=act,
            actor=actor,
            occurred_on=around.pop("on", self.today),
            recorded_at=datetime.combine(self.today, time(4), UTC),
            seq=self.world.at(act.log).size,
            papers=[{"kind": k, "number": "1", "sha256": "a" * 64} for k in kinds],
            signed_by=[actor.account] if act.signed else [],
        )
        for name, value in around.items():
            setattr(deed, name, value)
        return machine.place(self.world, deed)

    def actor(self, who: str) -> Actor:
        role = who.rstrip("123")
        return Actor(who if who[-1] in "123" else f"{who}1", role, SCOPES.get(Role(role), PATH))

    def against(self, act: Act, who: str | Actor, **around: Any) -> list[Demand]:
        return machine.may(self.world, self.deed(act, who, **around))

    def do(self, act: Act, who: str | Actor, **around: Any) -> list[str]:
        """Do it, or raise Refusal. Returns the steps that became done."""
        deed = self.deed(act, who, **around)
        if demands := machine.may(self.world, deed):
            raise Refusal(demands)
        return machine.apply(self.world, deed)

    def refused(self, act: Act, who: str | Actor, code: str, **around: Any) -> Demand:
        """The act is refused for ``code``; returns the demand."""
        found = {d.code: d for d in self.against(act, who, **around)}
        assert code in found, f"{act.code} is not refused for {code}, but for {sorted(found)}"
        return found[code]

    # --- telling -----------------------------------------------------------------------------------------------------

    @property
    def facts(self) -> Any:
        return self.world.election

    @property
    def lead(self) -> str:
        return "committee_chair" if self.body == "party" else "leading_chair"

    def roll(self, registered: int = 40, probationary: int = 0) -> Telling:
        state = {"registered": registered, "probationary": probationary, "root": "b" * 64}
        self.do(
            roll.ImportRoll(
                rows=registered, accepted=registered, rejected=0, warnings=0, file_sha256="c" * 64, **state
            ),
            "registrar",
        )
        if self.body == "residents":
            self.do(
                representatives.FormLeadingGroup(
                    chair="l1",
                    members=tuple(representatives.GroupMember(person=f"l{i}", name=f"组员{i}") for i in (1, 2, 3)),
                ),
                "committee_chair",
            )
            self.do(roll.CloseRegistration(), "registrar")
            self.do(notices.PostNotice(kind="roll_notice", place="公示栏"), self.lead)
            self.today += timedelta(days=6)
        self.do(roll.FixRoll(), self.lead)
        return self

    def seats(self, *seats: tuple[str, int], **more: Any) -> Telling:
        if self.body == "party":
            self.do(representatives.FixAssembly(form="assembly"), "street_officer")
            self.do(
                representatives.FixSeats(
                    form="committee",
                    offices=tuple(
                        representatives.OfficeSeats(office=o, seats=n, **more) for o, n in seats or (("委员", 5),)
                    ),
                ),
                self.lead,
            )
        else:
            offices = tuple(
                representatives.OfficeSeats(office=o, seats=n, **more)
                for o, n in seats or (("主任", 1), ("副主任", 1), ("委员", 3))
            )
            self.do(
                representatives.FixSeats(
                    form="residents",
                    offices=offices,
                    meeting_on=self.today,
                    meeting_present=30,
                    reason="本社区不设管段民警",
                ),
                self.lead,
            )
            self.do(notices.PostNotice(kind="seats_notice", place="公示栏"), self.lead)
        return self

    def representatives(self, groups: int = 14, each: int = 3) -> Telling:
        for g in range(groups):
            people = tuple(representatives.Chosen(person=f"r{g}-{i}", name=f"代表{g}-{i}") for i in range(each))
            self.do(representatives.ElectRepresentatives(group=f"第{g}组", elected=people), self.lead)
        self.do(representatives.FixRepresentatives(), self.lead)
        self.do(notices.PostNotice(kind="representatives", place="公示栏"), self.lead)
        return self

    def propose(self, person: str, office: str, **more: Any) -> None:
        standing = {"on_roll": True, "full_member": True, "sex": "female", "age": 35, **more.pop("standing", {})}
        self.do(self.proposal(person, office, standing=nomination.Standing(**standing), **more), self.lead)

    def proposal(self, person: str, office: str, **more: Any) -> nomination.Propose:
        base: dict[str, Any] = {
            "person": person,
            "name": f"人{person}",
            "office": office,
            "routes": ("organisation",),
            "education": "college",
        }
        return nomination.Propose(**(base | more))

    def people(self, extra: int = 0) -> list[tuple[str, str]]:
        """As many candidates as the margin asks, per office."""
        return [
            (f"{c.id}{i}", c.id) for c in self.facts.contests for i in range(1, self.world.margin(c.seats) + extra + 1)
        ]

    def nominate(self, people: Sequence[tuple[str, str]] | None = None, *, method: str = "ballot") -> Telling:
        chosen = list(people or self.people())
        for person, post in chosen:
            self.propose(person, post)
        slots = tuple(nomination.Slot(person=p, office=o) for p, o in chosen)
        self.do(nomination.FixProspective(candidates=slots, method=method), self.lead)
        self.do(notices.PostNotice(kind="prospective_list", place="公示栏"), self.lead)
        if self.body == "residents":
            self.do(nomination.AskAgreement(asked_whom="groups", how="会议", asked=10, agreed=8), self.lead)
        self.do(nomination.ReportProspective(), self.lead)
        return self

    def approve(self) -> Telling:
        for candidate in list(self.facts.prospective):
            for kind in set(demands.assess_kinds(self.facts, candidate)) - set(candidate.assessed):
                self.do(
                    nomination.Assess(person=candidate.person, kind=kind, held_on=self.today, passed=True),
                    "street_officer",
                )
        self.do(nomination.StudyCandidates(opinion="同意"), "street_officer")
        self.do(nomination.DecideCandidates(approve=True, document_number="1号"), "organisation_reviewer")
        if self.body == "residents":
            self.do(nomination.FixOfficial(opinion="多数选民意见"), self.lead)
            self.do(notices.PostNotice(kind="official_list", place="公示栏"), self.lead)
        return self

    def staff(self) -> None:
        for number, role in enumerate(("scrutineer", "teller", "teller"), 1):
            if not any(s.person == f"s{number}" for s in self.facts.staff):
                self.do(preparation.AppointStaff(person=f"s{number}", name=f"工{number}", role=role), self.lead)

    def place(self) -> None:
        assert self.world.day is not None
        self.do(preparation.FixPlace(on=self.world.day, time="9时", place="活动中心"), self.lead)
        self.do(notices.PostNotice(kind="polling_notice", place="公示栏"), self.lead)

    def ballots(self, printed: int | None = None) -> None:
        self.do(preparation.ReleaseBallots(printed=printed or self.facts.entitled + 5, design="d" * 64), self.lead)
        self.do(preparation.SealBoxes(boxes=(preparation.Box(id="1"),)), self.lead)

    def prepare(self) -> Telling:
        self.staff()
        self.place()
        if self.facts.method == "ballot" and (self.facts.round is None or self.facts.round.printed is None):
            self.ballots()
        self.do(preparation.CompletePreparation(venue_ready=True), self.lead)
        return self

    def meet(self, present: int | None = None) -> Telling:
        assert self.world.day is not None
        self.today = max(self.today, self.world.day)
        present = self.facts.entitled if present is None else present
        self.do(meeting.OpenMeeting(place="活动中心"), self.lead)
        self.do(meeting.CloseSignIn(present=present), self.lead)
        self.do(meeting.HearReport(title="工作报告"), self.lead)
        if self.body == "party":
            self.do(meeting.AdoptMethod(votes_for=present), self.lead)
        self.do(meeting.ApproveScrutineers(votes_for=present), self.lead)
        self.do(meeting.DeclareValid(), self.lead)
        return self

    def figures(
        self, contest: str, votes: Sequence[int], returned: int | None = None, invalid: int = 0
    ) -> tally.Figures:
        this = self.facts.round
        returned = this.account["returned"] if returned is None else returned
        valid = returned - invalid
        people = [c.person for c in this.candidates[contest]]
        rows = tuple(
            tally.Row(candidate=p, votes_for=v, against=0, abstain=valid - v)
            for p, v in zip(people, votes, strict=True)
        )
        return tally.Figures(returned=returned, valid=valid, invalid=invalid, rows=rows)

    def account(self, issued: int | None = None, returned: int | None = None, **more: Any) -> meeting.AccountBallots:
        present = self.facts.meetings[-1].present
        issued = present if issued is None else issued
        return meeting.AccountBallots(
            issued=issued,
            returned=issued if returned is None else returned,
            spoiled=0,
            unused=self.facts.round.printed - issued,
            **more,
        )

    def enter(self, contest: str, first: tally.Figures, second: tally.Figures | None = None) -> None:
        second = second or first
        salts = ("1" * 64, "2" * 64)
        for who, figures, salt in (("teller1", first, salts[0]), ("teller2", second, salts[1])):
            self.do(tally.CommitTally(contest=contest, box="1", commitment=tally.commitment(figures, salt)), who)
        entries = (
            tally.Revealed(account="teller1", salt=salts[0], figures=first),
            tally.Revealed(account="teller2", salt=salts[1], figures=second),
        )
        self.do(tally.RevealTally(contest=contest, box="1", entries=entries), SERVER)

    def sign(self, contest: str) -> None:
        digest = self.facts.round.sheets[(contest, "1")].sha256
        for who in ("teller1", "teller2", "scrutineer1"):
            self.do(tally.SignTally(contest=contest, box="1", sheet_sha256=digest), who)

    def announcement(self) -> result.Announce:
        answer = result.decide(self.world)
        assert answer is not None
        return result.Announce(valid=answer["valid"], outcomes=result.outcomes(answer))

    def announcement_of_nothing(self) -> result.Announce:
        return result.Announce(valid=True)

    def vote(self, votes: dict[str, Sequence[int]], **account: Any) -> Telling:
        """One round: ``votes`` are the ``for`` of each candidate in order; the rest abstained."""
        self.do(self.account(**account), self.lead)
        self.do(tally.OpenBox(box="1"), "scrutineer")
        for contest, of in votes.items():
            self.enter(contest, self.figures(contest, of))
            self.sign(contest)
        self.do(self.announcement(), self.lead)
        return self

    def announced(self) -> Telling:
        self.do(notices.PostNotice(kind="result_notice", place="公示栏"), self.lead)
        return self

    def elected(self) -> set[str]:
        return set(self.facts.elected)

    def hands(self, votes: dict[str, Sequence[int]]) -> Telling:
        present = self.facts.meetings[-1].present
        tallies = tuple(
            equal.HandTally(
                contest=c,
                rows=tuple(
                    tally.Row(candidate=x.person, votes_for=v, against=present - v, abstain=0)
                    for x, v in zip(self.facts.round.candidates[c], of, strict=True)
                ),
            )
            for c, of in votes.items()
        )
        self.do(equal.RecordHands(tallies=tallies), self.lead)
        self.do(equal.SignHands(), "scrutineer")
        self.do(self.announcement(), self.lead)
        return self

    def consent(self) -> Telling:
        self.do(approval.ReportResult(), self.lead)
        self.do(approval.DecideConsent(approve=True), "street_officer")
        people = list(self.facts.elected)
        present = len(people)
        head = equal.NamedTally(person=people[0], name="书记", votes_for=present, against=0, abstain=0)
        self.do(equal.ElectPlenary(present=present, secretary=head), "scrutineer")
        return self

    def finish(self) -> Telling:
        items = (after.Item(kind="stamps", what="公章"),)
        self.do(after.ListHandover(items=items, held_on=self.today), "outgoing_member")
        for who in ("outgoing_member", "incoming_member", "street_officer"):
            self.do(after.SignHandover(list_sha256=self.facts.handover_sha256), who)
        duties = tuple(after.Duty(person=p, name="某", duty="工作") for p in self.facts.elected)
        self.do(after.DivideWork(held_on=self.today, duties=duties), "incoming_member")
        for who in ("street_officer", "organisation_reviewer"):
            self.do(after.Inspect(points=(after.Point(point="登记", ok=True),), record_verified=True), who)
        self.do(after.SubmitReport(text="换届工作报告,一切顺利完成。"), "incoming_member")
        self.do(
            after.SealArchive(bundle_sha256="e" * 64, entries=1, verified=True, boxes_kept_at="档案室"),
            "committee_chair",
        )
        return self


def party(members: int = 40) -> Telling:
    """A party election whose roll is fixed."""
    return Telling("party").open().roll(members)


def party_at_vote(members: int = 40, extra: int = 0) -> Telling:
    """Five seats, six or more candidates, the meeting declared valid."""
    told = party(members).seats()
    return told.nominate(told.people(extra)).approve().prepare().meet()


def residents(**more: Any) -> Telling:
    """A residents' election with its roll fixed, seats 1, 1, 3, and 42 representatives."""
    return Telling("residents", **more).open().roll(500).seats().representatives()


def residents_at_vote() -> Telling:
    return residents().nominate().approve().prepare().meet()
