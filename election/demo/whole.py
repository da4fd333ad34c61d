"""One community's two elections told from the plan to the archive; each part can be called alone to stand at its step."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from election.acts import elections
from election.demo.people import Community, Resident, Street
from election.demo.rolls import write_members_xlsx, write_roll_xlsx
from election.demo.story import PIN, Cast, sheet
from election.process import after, approval, campaign, meeting, nomination, result, roll, tally
from election.process.base import Role
from election.store.people import Listed

NOVEMBER, DECEMBER = 11, 12
PARTY_DAY, RESIDENTS_DAY = date(2010, 12, 24), date(2010, 12, 26)
DISTRICT, STREET = "qilihe", "liuyin"


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

    def turn(self, number: int, month: int, day_of_month: int) -> None:
        """Move the clock to a day of the plan, as this community keeps it."""
        planned = day(month, day_of_month)
        self.cast.clock.at(self.calendars.get(number, {}).get(planned, planned))

    def path(self, number: int | None = None) -> str:
        return f"{DISTRICT}/{STREET}" + ("" if number is None else f"/c{number}")


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


# --- the party organisation ------------------------------------------------------------------------------------------


def party_roll(sample: Sample, log: str, number: int) -> None:
    cast, place = sample.cast, sample.street.communities[number - 1]
    sample.turn(number, NOVEMBER, 20)
    cast.import_roll(log, f"registrar{number}", xlsx(write_members_xlsx, place.members), "党员名册.xlsx")
    cast.do(log, f"chair{number}", roll.FixRoll())


def party_nomination(sample: Sample, log: str, number: int, *, until_posted: bool = False) -> None:
    """Assembly, seats, six proposed for five seats, prospective list posted and reported."""
    cast, chair = sample.cast, f"chair{number}"
    sample.turn(number, NOVEMBER, 22)
    cast.do(log, "street", roll.FixAssembly(form="assembly"))
    cast.do(log, chair, roll.FixSeats(form="committee", offices=(roll.OfficeSeats(office="委员", seats=5),)))
    sample.turn(number, NOVEMBER, 26)
    place = sample.street.communities[number - 1]
    members = [p for p in cast.people(log) if p.category == "full"]
    young = sorted(members, key=lambda p: p.resident.birth, reverse=True)
    chosen = [p for p in young if (p.resident.age_on(PARTY_DAY) or 0) >= 28][:6]
    for i, person in enumerate(chosen):
        cast.do(
            log,
            chair,
            nomination.Propose(
                person=person.person,
                name=person.resident.name,
                office="member",
                routes=("organisation", "members") if i % 2 else ("masses", "members"),
                proposers="党员推荐会",
                education=education(place, person),
                sitting=i < 3,
            ),
        )
    sample.turn(number, DECEMBER, 1)
    cast.do(
        log,
        chair,
        nomination.FixProspective(candidates=tuple(nomination.Slot(person=p.person, office="member") for p in chosen)),
    )
    cast.do(log, chair, roll.PostNotice(kind="prospective_list", place="社区宣传栏"))
    if until_posted:
        return
    sample.turn(number, DECEMBER, 5)
    cast.do(log, chair, nomination.ReportProspective())


def approve_candidates(sample: Sample, log: str, number: int, *, approve: bool = True) -> None:
    """Assessed, studied by the street, decided by the district."""
    cast = sample.cast
    sample.turn(number, DECEMBER, 10)
    facts = cast.world(log).election
    for candidate in facts.prospective:
        for kind in nomination.assess_kinds(facts, candidate):
            cast.do(
                log,
                "street",
                nomination.Assess(
                    person=candidate.person, kind=kind, held_on=cast.clock.today, passed=True, result="合格"
                ),
            )
    cast.do(log, "street", nomination.StudyCandidates(opinion="经街道工委研究,同意上报。"))
    sample.turn(number, DECEMBER, 14)
    if approve:
        cast.do(log, "org", nomination.DecideCandidates(approve=True, document_number="七组发〔2010〕58号"))
    else:
        cast.do(
            log, "org", nomination.DecideCandidates(approve=False, reason="预备人选中妇女和青年党员偏少,请重新酝酿。")
        )


def hall(sample: Sample, log: str, number: int, body: str) -> None:
    """Staff with accounts, place and notice, ballots, boxes: all is there."""
    cast = sample.cast
    lead = f"chair{number}" if body == "party" else f"lead{number}"
    facts = cast.world(log).election
    candidates = {c.person for c in [*facts.prospective, *facts.official]}
    others = [p for p in cast.people(log) if p.person not in candidates and (p.resident.age_on(PARTY_DAY) or 0) >= 25]
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
        cast.do(log, lead, meeting.AppointStaff(person=person.person, name=person.resident.name, role=role))
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
    cast.do(log, lead, roll.PostNotice(kind="staff_notice", place="社区宣传栏"))
    when = cast.world(log).day
    assert when is not None
    cast.do(log, lead, meeting.FixPlace(on=when, time="上午9时", place="社区活动中心"))
    cast.do(log, lead, roll.PostNotice(kind="polling_notice", place="社区宣传栏"))
    sample.turn(number, DECEMBER, 22)
    cast.do(log, lead, meeting.ReleaseBallots(printed=facts.entitled + 5, design="0" * 64))
    cast.do(log, lead, meeting.SealBoxes(boxes=(meeting.Box(id="1号票箱"),)))
    cast.do(log, lead, meeting.CompletePreparation(venue_ready=True))


def hold_meeting(sample: Sample, log: str, number: int, body: str, present: int) -> None:
    cast = sample.cast
    lead = f"chair{number}" if body == "party" else f"lead{number}"
    when = cast.world(log).day
    assert when is not None
    cast.clock.at(when)
    cast.do(log, lead, meeting.OpenMeeting(place="社区活动中心"))
    cast.do(log, lead, meeting.CloseSignIn(present=present))
    cast.do(log, lead, meeting.HearReport(title="三年来的工作报告", deliberation="与会人员审议通过"))
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
    cast.do(log, lead, roll.PostNotice(kind="result_notice", place="社区宣传栏"))


def party_approval(sample: Sample, log: str, number: int, *, until_submitted: bool = False) -> None:
    """Report, consent, plenary, approval, appointment."""
    cast, chair = sample.cast, f"chair{number}"
    cast.do(log, chair, approval.ReportResult())
    cast.do(log, "street", approval.DecideConsent(approve=True))
    facts = cast.world(log).election
    elected = [c for c in facts.official if c.person in facts.elected]
    head = min(
        (c for c in elected if c.education not in ("", "primary", "junior_secondary")),
        key=lambda c: c.age or 99,
        default=elected[0],
    )
    deputy = next(c for c in elected if c.person != head.person)
    cast.do(
        log,
        "scrutineer1",
        result.ElectPlenary(
            present=5,
            secretary=result.Standing(person=head.person, name=head.name, votes_for=5, against=0, abstain=0),
            deputies=(result.Standing(person=deputy.person, name=deputy.name, votes_for=4, against=0, abstain=1),),
            exception_reason="经街道工委研究同意" if (head.age or 0) > 40 else "",
        ),
    )
    sample.turn(number, DECEMBER, 25)
    cast.do(log, "street", approval.SubmitResult(document_number="柳街工〔2010〕31号"))
    if until_submitted:
        return
    cast.do(log, "org", approval.DecideResult(approve=True, document_number="七组发〔2010〕66号"))
    cast.do(log, "street", approval.Appoint(document_number="柳街工〔2010〕33号"))


# --- the residents' committee ----------------------------------------------------------------------------------------


def residents_roll(sample: Sample, log: str, number: int) -> None:
    """Registration from the file, the list posted."""
    cast, place, lead = sample.cast, sample.street.communities[number - 1], f"lead{number}"
    sample.turn(number, NOVEMBER, 18)
    cast.import_roll(log, f"registrar{number}", xlsx(write_roll_xlsx, place.residents), "选民登记册.xlsx")
    people = cast.people(log)
    per_group: dict[str, Listed] = {}
    for person in people:
        if 35 <= (person.resident.age_on(RESIDENTS_DAY) or 0) <= 60:
            per_group.setdefault(person.resident.group, person)
    leaders = list(per_group.values())
    cast.do(
        log,
        f"chair{number}",
        roll.FormLeadingGroup(
            chair=leaders[0].person,
            members=tuple(
                roll.GroupMember(person=p.person, name=p.resident.name, group=p.resident.group) for p in leaders
            ),
        ),
    )
    sample.turn(number, NOVEMBER, 22)
    cast.do(log, f"registrar{number}", roll.CloseRegistration())
    cast.do(log, lead, roll.PostNotice(kind="roll_notice", place="各居民小组公示栏"))


def residents_seats(sample: Sample, log: str, number: int) -> None:
    """Seats fixed by the sitting meeting and posted, the roll fixed after its window, representatives chosen."""
    cast, place, lead = sample.cast, sample.street.communities[number - 1], f"lead{number}"
    sample.turn(number, NOVEMBER, 25)
    cast.do(
        log,
        lead,
        roll.FixSeats(
            form="residents",
            meeting_on=day(NOVEMBER, 24),
            meeting_present=45,
            offices=(
                roll.OfficeSeats(office="主任", seats=1),
                roll.OfficeSeats(office="副主任", seats=2, police=True, tertiary=True),
                roll.OfficeSeats(office="委员", seats=4),
            ),
        ),
    )
    cast.do(log, lead, roll.PostNotice(kind="seats_notice", place="社区宣传栏"))
    sample.turn(number, NOVEMBER, 28)
    cast.do(log, lead, roll.FixRoll())
    people = cast.people(log)
    households = {g: len({p.resident.household for p in people if p.resident.group == g}) for g in place.groups}
    each = 6
    for group in place.groups:
        own = [p for p in people if p.resident.group == group and 30 <= (p.resident.age_on(RESIDENTS_DAY) or 0) <= 70]
        fewest, most = -(-households[group] // 60), max(households[group] // 20, 1)
        count = min(max(each, fewest), most)
        chosen = own[:: max(len(own) // count, 1)][:count]
        cast.do(
            log,
            lead,
            roll.ElectRepresentatives(
                group=group,
                households=households[group],
                elected=tuple(roll.Chosen(person=p.person, name=p.resident.name) for p in chosen),
            ),
        )
    taken = set(cast.world(log).election.representatives)
    for i, unit in enumerate(place.units):
        staff = [p for p in people if p.person not in taken and 30 <= (p.resident.age_on(RESIDENTS_DAY) or 0) <= 55][
            i * 2 : i * 2 + 2
        ]
        cast.do(
            log,
            lead,
            roll.ElectRepresentatives(
                group=unit.name,
                unit=True,
                elected=tuple(roll.Chosen(person=p.person, name=p.resident.name) for p in staff),
            ),
        )
    total = len(cast.world(log).election.representatives)
    cast.do(log, lead, roll.FixRepresentatives(reason="" if 40 <= total <= 60 else "社区规模较小,按每组户数推选"))
    cast.do(log, lead, roll.PostNotice(kind="representatives", place="社区宣传栏"))


def residents_proposals(sample: Sample, log: str, number: int) -> list[tuple[Listed, str]]:
    """Ten proposed for seven seats with the margin per office: 2, 3 and 5."""
    cast, place, lead = sample.cast, sample.street.communities[number - 1], f"lead{number}"
    sample.turn(number, NOVEMBER, 29)
    facts = cast.world(log).election
    busy = set(facts.presiding) | set(facts.representatives)
    schooled = {r.id_number for r in place.residents if r.education in ("college", "bachelor", "senior_secondary")}
    able = [
        p
        for p in cast.people(log)
        if p.person not in busy
        and 26 <= (p.resident.age_on(RESIDENTS_DAY) or 0) <= 40
        and p.resident.id_number in schooled
    ]
    learned = {r.id_number for r in place.residents if r.education in ("college", "bachelor")}
    chosen = able[:: max(len(able) // 10, 1)][:10]
    # one of those for deputy has tertiary education, as the seats ask
    at = next((i for i, p in enumerate(chosen) if p.resident.id_number in learned), 3)
    chosen[3], chosen[at] = chosen[at], chosen[3]
    offices = ["chair"] * 2 + ["deputy"] * 3 + ["member"] * 5
    backers = [p.person for p in cast.people(log) if p.person not in {c.person for c in chosen}]
    for i, (person, office) in enumerate(zip(chosen, offices, strict=True)):
        routes: tuple[nomination.Route, ...] = (
            ("joint_voters", "masses") if i % 3 == 0 else ("leading_group", "organisation")
        )
        supporters = tuple(backers[i * 12 : i * 12 + 12]) if i % 3 == 0 else ()
        cast.do(
            log,
            lead,
            nomination.Propose(
                person=person.person,
                name=person.resident.name,
                office=office,
                routes=routes,
                supporters=supporters,
                proposers="见提名表",
                education=education(place, person),
                sitting=i in (0, 2, 5),
                police=i == 2,
            ),
        )
    return list(zip(chosen, offices, strict=True))


def residents_nomination(sample: Sample, log: str, number: int) -> None:
    cast, lead = sample.cast, f"lead{number}"
    proposed = residents_proposals(sample, log, number)
    sample.turn(number, DECEMBER, 1)
    cast.do(
        log,
        lead,
        nomination.FixProspective(candidates=tuple(nomination.Slot(person=p.person, office=o) for p, o in proposed)),
    )
    cast.do(log, lead, roll.PostNotice(kind="prospective_list", place="社区宣传栏"))
    sample.turn(number, DECEMBER, 5)
    cast.do(log, lead, nomination.AskAgreement(asked_whom="groups", how="各居民小组会议表决", asked=8, agreed=7))
    cast.do(log, lead, nomination.ReportProspective())


def residents_official(sample: Sample, log: str, number: int) -> None:
    cast, lead = sample.cast, f"lead{number}"
    sample.turn(number, DECEMBER, 18)
    cast.do(log, lead, nomination.FixOfficial(opinion="根据多数选民意见确定"))
    cast.do(log, lead, roll.PostNotice(kind="official_list", place="社区宣传栏"))


def residents_council(sample: Sample, log: str, number: int) -> None:
    cast, lead = sample.cast, f"lead{number}"
    facts = cast.world(log).election
    present = facts.meetings[-1].present or 0
    members = list(facts.representatives.values())[:7]
    cast.do(
        log,
        lead,
        result.ElectCouncil(
            members=tuple(
                result.Standing(person=m.person, name=m.name, votes_for=present - i, against=0, abstain=i)
                for i, m in enumerate(members)
            )
        ),
    )


def residents_filing(sample: Sample, log: str, number: int) -> None:
    cast = sample.cast
    sample.turn(number, DECEMBER, 27)
    facts = cast.world(log).election
    cast.do(
        log,
        "street",
        approval.Certify(
            certificates=tuple(
                approval.Certificate(person=p, number=f"柳居证〔2010〕{i:03d}号")
                for i, p in enumerate(facts.elected, 1 + number * 100)
            )
        ),
    )
    cast.do(log, "street", approval.FileResult(document_number="柳街办〔2010〕45号"))
    cast.do(log, "civil", approval.AcknowledgeFiling(approve=True, receipt="七民备〔2010〕19号"))


# --- after -----------------------------------------------------------------------------------------------------------


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
        after.SubmitReport(text="本社区换届选举工作自11月开始,至12月底结束,依法依规选举产生新一届班子。"),
    )
    sample.turn(number, DECEMBER, 30)
    cast.do(log, chair, after.SealArchive(bundle_sha256="0" * 64, entries=1, boxes_kept_at="街道档案室"))
