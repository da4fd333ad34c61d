"""One community's two elections told from the plan to the archive; each part can be called alone to stand at its step."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from election.acts import elections
from election.demo.people import Community, Resident, Street
from election.demo.story import PIN, Cast, sheet
from election.process import after, campaign, demands, meeting, nomination, notices, preparation, result, tally, vetting
from election.process.base import Role
from election.process.facts import Election
from election.store.people import Listed

NOVEMBER, DECEMBER = 11, 12
PARTY_DAY, RESIDENTS_DAY = date(2010, 12, 24), date(2010, 12, 26)
DISTRICT = "qilihe"


def day(month: int, number: int) -> date:
    return date(2010, month, number)


@dataclass
class Sample:
    """What the story has made so far: the campaign, and for each community its two elections."""

    cast: Cast
    street: Street
    campaign: str = ""
    #: community -> day of the plan -> the day it really was there, where a community is ahead of the plan
    calendars: dict[int, dict[date, date]] = field(default_factory=dict)
    #: the day of the residents' election: ages are counted to it, and the plan's days from it
    election_day: date = RESIDENTS_DAY

    def turn(self, number: int, month: int, day_of_month: int) -> None:
        """Move the clock to a day of the plan, as this community keeps it."""
        planned = day(month, day_of_month)
        kept = self.calendars.get(number, {}).get(planned, planned)
        self.cast.clock.at(self.election_day + (kept - RESIDENTS_DAY))

    def path(self, number: int | None = None) -> str:
        return f"{DISTRICT}/{self.street.code}" + ("" if number is None else f"/c{number}")

    def numbered(self, office: str, number: int | str) -> str:
        """A document's number as it is printed: 七组发〔2010〕58号."""
        return f"{office}〔{self.election_day.year}〕{number}号"

    def age(self, person: Listed) -> int:
        return person.resident.age_on(self.election_day) or 0


def plan(sample: Sample) -> None:
    """The street's campaign: plan, leading group, training; accounts of district and street."""
    cast, street = sample.cast, sample.street
    cast.clock.at(day(NOVEMBER, 1))
    cast.join("admin", "admin", "系统管理员", Role.ADMINISTRATOR, "")
    cast.join("org", "zuzhibu", "组织部审核员", Role.ORGANISATION, DISTRICT)
    cast.join("civil", "minzhengju", "民政局审核员", Role.CIVIL, DISTRICT)
    cast.join("street", "jiedao", "街道换届办", Role.STREET, sample.path())
    act = campaign.PlanCampaign(
        title="2010年社区“两委”换届选举",
        term="第三届",
        district="七里河区",
        street=street.name,
        path=sample.path(),
        party_ruleset="qilihe-2010.party",
        residents_ruleset="qilihe-2010.residents",
        window_from=day(NOVEMBER, 1),
        window_to=day(DECEMBER, 31),
        party_day=PARTY_DAY,
        residents_day=RESIDENTS_DAY,
        phases=(
            campaign.Phase(title="动员部署", start=day(NOVEMBER, 1), end=day(NOVEMBER, 30)),
            campaign.Phase(title="组织选举", start=day(DECEMBER, 1), end=day(DECEMBER, 26)),
            campaign.Phase(title="总结验收", start=day(DECEMBER, 27), end=day(DECEMBER, 31)),
        ),
        communities=tuple(campaign.CommunityRef(id=f"c{i}", name=c.name) for i, c in enumerate(street.communities, 1)),
        conditions="德才兼备,办事公道,廉洁奉公,遵纪守法,热心为居民服务。",
        demonstration=True,
    )
    sample.campaign = elections.plan_campaign(
        cast.store, cast.actor("street"), act, cast.clock.today, cast.clock.tick()
    )
    cast.do(
        sample.campaign,
        "street",
        campaign.LeadCampaign(
            head="乔书记",
            members=("安主任", "季副书记"),
            working_group=("换届办三人",),
            guidance=tuple(
                campaign.Guidance(community=c.name, name=f"指导员{i}") for i, c in enumerate(street.communities, 1)
            ),
        ),
    )
    cast.clock.at(day(NOVEMBER, 8))
    cast.do(
        sample.campaign,
        "street",
        campaign.Train(topic="选举程序与计票办法", place="街道会议室", attendees=36, materials="换届选举工作手册"),
    )


def community(sample: Sample, number: int) -> tuple[str, str]:
    """Committee, notice of posts, work reports; both elections opened. Returns (party, residents)."""
    cast = sample.cast
    place = f"c{number}"
    name = sample.street.communities[number - 1].name
    cast.clock.at(day(NOVEMBER, 10))
    cast.join(f"chair{number}", f"zhuren{number}", f"{name}换届委主任", Role.COMMITTEE_CHAIR, sample.path(number))
    cast.join(f"registrar{number}", f"dengji{number}", f"{name}登记员", Role.REGISTRAR, sample.path(number))
    cast.join(f"lead{number}", f"zuzhang{number}", f"{name}选举领导小组组长", Role.LEADING_CHAIR, sample.path(number))
    cast.do(
        sample.campaign,
        "street",
        campaign.FormCommittee(community=place, head="苗主任", members=("申委员", "汪委员", "路委员", "齐委员")),
    )
    cast.clock.at(day(NOVEMBER, 15))
    cast.do(
        sample.campaign,
        f"chair{number}",
        campaign.PostPosts(
            community=place,
            purpose="依法选举产生新一届社区党组织委员会和居民委员会。",
            party_posts="委员5人,其中书记1人、副书记1人",
            residents_posts="主任1人、副主任2人、委员4人",
            conditions="党组织负责人一般应具有高中以上学历,原则上年龄在40岁以下。",
            place="社区宣传栏",
        ),
    )
    for body, title in (("party", "社区党组织三年工作报告"), ("residents", "第二届居民委员会工作报告")):
        cast.do(
            sample.campaign,
            f"chair{number}",
            campaign.DraftReport(community=place, body_of_report=body, title=title, summary="已起草"),
        )
    return (
        elections.open_election(
            cast.store, cast.actor("street"), sample.campaign, place, "party", cast.clock.today, cast.clock.tick()
        ),
        elections.open_election(
            cast.store, cast.actor("street"), sample.campaign, place, "residents", cast.clock.today, cast.clock.tick()
        ),
    )


def xlsx(write: Callable[[Sequence[Resident], Path], None], people: Sequence[Resident]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "roll.xlsx"
        write(people, path)
        return path.read_bytes()


def education(place: Community, person: Listed) -> str:
    found = next((r for r in place.residents if r.id_number and r.id_number == person.resident.id_number), None)
    return found.education if found else ""


def approve_candidates(sample: Sample, log: str, number: int, *, approve: bool = True) -> None:
    """Assessed, studied by the street, decided by the district."""
    cast = sample.cast
    sample.turn(number, DECEMBER, 10)
    facts = cast.world(log).election
    for candidate in facts.prospective:
        for kind in demands.assess_kinds(facts, candidate):
            if demands.assess_act(facts, kind) == "vetting.record":
                cast.do(log, "street", vetted(sample, facts, candidate.person))
                continue
            cast.do(
                log,
                "street",
                nomination.Assess(
                    person=candidate.person, kind=kind, held_on=cast.clock.today, passed=True, result="合格"
                ),
            )
    if not demands.decided_above(facts):
        return
    cast.do(log, "street", nomination.StudyCandidates(opinion="经街道工委研究,同意上报。"))
    sample.turn(number, DECEMBER, 14)
    if approve:
        cast.do(log, "org", nomination.DecideCandidates(approve=True, document_number=sample.numbered("七组发", 58)))
    else:
        cast.do(
            log, "org", nomination.DecideCandidates(approve=False, reason="预备人选中妇女和青年党员偏少,请重新酝酿。")
        )


def vetted(sample: Sample, facts: Election, person: str) -> vetting.RecordVetting:
    """No department objects to a candidate."""
    departments = facts.law.text("vetting.departments").split()
    return vetting.RecordVetting(
        person=person,
        held_on=sample.cast.clock.today,
        document_number=sample.numbered("七联审", 3),
        opinions=tuple(vetting.Opinion(department=d) for d in departments),
    )


def hall(sample: Sample, log: str, number: int, body: str) -> None:
    """Staff with accounts, place and notice, ballots, boxes: all is there."""
    cast = sample.cast
    lead = f"chair{number}" if body == "party" else f"lead{number}"
    facts = cast.world(log).election
    candidates = {c.person for c in [*facts.prospective, *facts.official]}
    others = [p for p in cast.people(log) if p.person not in candidates and sample.age(p) >= 25]
    step = max(len(others) // 40, 1)
    staff = iter(others[::step])
    sample.turn(number, DECEMBER, 20)
    for short, role in (
        ("scrutineer1", "scrutineer"),
        ("scrutineer2", "scrutineer"),
        ("teller1", "teller"),
        ("teller2", "teller"),
        ("caller1", "caller"),
    ):
        person = next(staff)
        cast.do(log, lead, preparation.AppointStaff(person=person.person, name=person.resident.name, role=role))
        if short != "caller1":
            cast.join(
                short,
                f"{short}-{body}{number}",
                person.resident.name,
                Role(role),
                sample.path(number),
                by=cast.actor(f"chair{number}"),
                election=log,
                password=PIN,
            )
    cast.do(log, lead, notices.PostNotice(kind="staff_notice", place="社区宣传栏"))
    when = cast.world(log).day
    assert when is not None
    cast.do(log, lead, preparation.FixPlace(on=when, time="上午9时", place="社区活动中心"))
    cast.do(log, lead, notices.PostNotice(kind="polling_notice", place="社区宣传栏"))
    sample.turn(number, DECEMBER, 22)
    cast.do(log, lead, preparation.ReleaseBallots(printed=facts.entitled + 5, design="0" * 64))
    cast.do(log, lead, preparation.SealBoxes(boxes=(preparation.Box(id="1号票箱"),)))
    cast.do(log, lead, preparation.CompletePreparation(venue_ready=True))


def hold_meeting(sample: Sample, log: str, number: int, body: str, present: int) -> None:
    cast = sample.cast
    lead = f"chair{number}" if body == "party" else f"lead{number}"
    when = cast.world(log).day
    assert when is not None
    cast.clock.at(when)
    cast.do(log, lead, meeting.OpenMeeting(place="社区活动中心"))
    cast.do(log, lead, meeting.CloseSignIn(present=present))
    years = "三五"[cast.world(log).election.law.number("term.years") == 5]
    cast.do(log, lead, meeting.HearReport(title=f"{years}年来的工作报告", deliberation="与会人员审议通过"))
    if body == "party":
        cast.do(log, lead, meeting.AdoptMethod(votes_for=present))
    cast.do(log, lead, meeting.ApproveScrutineers(votes_for=present))
    cast.do(log, lead, meeting.DeclareValid())


def vote(
    sample: Sample, log: str, number: int, body: str, shares: dict[str, Sequence[tuple[int, int]]], invalid: int = 1
) -> None:
    """Ballots issued and returned, counted by two, signed, announced, posted. ``shares``: contest -> (for, against) in ballot order."""
    cast = sample.cast
    lead = f"chair{number}" if body == "party" else f"lead{number}"
    facts = cast.world(log).election
    this = facts.rounds[-1]
    present = facts.meetings[-1].present or 0
    cast.do(
        log,
        lead,
        meeting.AccountBallots(issued=present, returned=present, spoiled=1, unused=(this.printed or 0) - present - 1),
    )
    cast.do(log, "scrutineer1", tally.OpenBox(box="1号票箱"))
    for contest, votes in shares.items():
        people = [c.person for c in this.candidates[contest]]
        cast.tally(
            log,
            contest,
            "1号票箱",
            sheet(present, invalid, [(p, f, a) for p, (f, a) in zip(people, votes, strict=True)]),
        )
    cast.do(log, lead, result.Announce())
    cast.do(log, lead, notices.PostNotice(kind="result_notice", place="社区宣传栏"))


def handover_people(sample: Sample, number: int) -> None:
    """Accounts of who hands over and who takes over, both bodies' the same."""
    for short, role, name in (("outgoing", Role.OUTGOING, "上届代表"), ("incoming", Role.INCOMING, "新一届代表")):
        if f"{short}{number}" not in sample.cast.accounts:
            by = sample.cast.actor(f"chair{number}")
            sample.cast.join(f"{short}{number}", f"{short}{number}", name, role, sample.path(number), by=by)


def close(sample: Sample, log: str, number: int, body: str) -> None:
    """Handover, division of work, inspection, report, archive."""
    cast, chair = sample.cast, f"chair{number}"
    sample.turn(number, DECEMBER, 27)
    handover_people(sample, number)
    kinds = ("stamps", "offices", "accounts", "assets", "files", "debts", "open_matters")
    whats = ("公章1枚", "办公用房3间", "银行账户1个", "办公桌椅12套", "档案46卷", "无债务", "低保复核2户")
    cast.do(
        log,
        f"outgoing{number}",
        after.ListHandover(
            held_on=cast.clock.today,
            items=tuple(after.Item(kind=k, what=w) for k, w in zip(kinds, whats, strict=True)),
            audit="离任审计无异常",
        ),
    )
    for who in (f"outgoing{number}", f"incoming{number}", "street"):
        cast.do(log, who, after.SignHandover(list_sha256="0" * 64))
    sample.turn(number, DECEMBER, 28)
    facts = cast.world(log).election
    duties = ("主持全面工作", "组织宣传", "治安调解", "公共卫生", "民政救助", "文化教育", "环境物业")
    cast.do(
        log,
        f"incoming{number}",
        after.DivideWork(
            held_on=cast.clock.today,
            plan="制定三年工作规划",
            duties=tuple(
                after.Duty(person=p, name=facts.names.get(p, ""), duty=duties[i % 7])
                for i, p in enumerate(facts.elected)
            ),
        ),
    )
    sample.turn(number, DECEMBER, 29)
    points = (
        ("选民登记与公布", "候选人产生与差额", "会议与投票", "计票与公布", "交接")
        if body == "residents"
        else ("党员名册", "候选人产生与差额", "会议与投票", "审批", "交接")
    )
    for who in ("street", "org"):
        cast.do(log, who, after.Inspect(points=tuple(after.Point(point=p, ok=True) for p in points)))
    cast.do(
        log,
        f"incoming{number}",
        after.SubmitReport(text="本社区换届选举工作依法依规进行,按时完成,选举产生了新一届班子。"),
    )
    sample.turn(number, DECEMBER, 30)
    cast.do(log, chair, after.SealArchive(bundle_sha256="0" * 64, entries=1, boxes_kept_at="街道档案室"))
