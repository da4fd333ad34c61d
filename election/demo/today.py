"""The same turnover under today's law: all voters, at two stations and with a mobile box, proxies, joint vetting.

A street of its own with one community. What the two laws have in common is told by the same functions as in 2010; here
is what differs, and all of it because the rulesets say so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Literal

from election.acts import elections
from election.demo import residents, whole
from election.demo.people import street_of_today
from election.demo.story import PIN, Cast, sheet
from election.demo.whole import DECEMBER, NOVEMBER, Sample
from election.process import (
    absent,
    campaign,
    electorate,
    meeting,
    nomination,
    notices,
    preparation,
    representatives,
    result,
    roll,
    stations,
    tally,
)
from election.process.base import Role
from election.store.people import Listed

#: the party votes two days before the residents, as in the plan of 2010
RESIDENTS_DAY = date(2026, 10, 18)
PARTY_DAY = RESIDENTS_DAY - timedelta(days=2)
#: after every login, beside those of 2010
TAIL = "-2026"
STREET = "haitang"
FIRST, SECOND, MOBILE = "中心投票站", "二号投票站", "流动票箱"
#: box -> the station it stands at
BOXES = {"1号票箱": FIRST, "2号票箱": SECOND, "3号票箱": MOBILE}
WorkerRole = Literal["scrutineer", "desk_clerk", "teller"]


def begin(cast: Cast) -> Sample:
    """The street's campaign of 2026; district accounts that are there already are taken over."""
    cast.tail = TAIL
    sample = Sample(cast, street_of_today(RESIDENTS_DAY), election_day=RESIDENTS_DAY)
    sample.turn(1, NOVEMBER, 1)
    for short, login, name, role, scope in (
        ("admin", "admin", "系统管理员", Role.ADMINISTRATOR, ""),
        ("org", "zuzhibu", "组织部审核员", Role.ORGANISATION, whole.DISTRICT),
        ("civil", "minzhengju", "民政局审核员", Role.CIVIL, whole.DISTRICT),
        ("street", "jiedao", "街道换届办", Role.STREET, sample.path()),
    ):
        if short not in cast.accounts:
            cast.join(short, login, name, role, scope)
    plan = campaign.PlanCampaign(
        title="2026年社区“两委”换届选举",
        term="第六届",
        district="七里河区",
        street=sample.street.name,
        path=sample.path(),
        party_ruleset="party-2020",
        residents_ruleset="residents-2026",
        window_from=cast.clock.today,
        window_to=RESIDENTS_DAY + timedelta(days=30),
        party_day=PARTY_DAY,
        residents_day=RESIDENTS_DAY,
        communities=tuple(
            campaign.CommunityRef(id=f"c{i}", name=c.name) for i, c in enumerate(sample.street.communities, 1)
        ),
        conditions="政治素质好，守法公道，热心为居民服务。",
        demonstration=True,
    )
    sample.campaign = elections.plan_campaign(
        cast.store, cast.actor("street"), plan, cast.clock.today, cast.clock.tick()
    )
    cast.do(sample.campaign, "street", campaign.LeadCampaign(head="乔书记", members=("安主任",)))
    cast.do(sample.campaign, "street", campaign.Train(topic="设站投票和委托投票", place="街道会议室", attendees=18))
    return sample


# --- the residents' committee ----------------------------------------------------------------------------------------


def residents_list(sample: Sample, log: str) -> None:
    """Roll posted and fixed, who votes chosen, seats fixed; ten proposed for seven seats, posted and reported."""
    cast, lead = sample.cast, "lead1"
    residents.residents_roll(sample, log, 1)
    choice = electorate.ChooseElectorate(electorate="voters", how="各居民小组会议", asked=3, agreed=3)
    cast.do(log, lead, choice)
    sample.turn(1, NOVEMBER, 25)
    offices = (("主任", 1), ("副主任", 2), ("委员", 4))
    seats = representatives.FixSeats(
        form="residents",
        meeting_on=cast.clock.today,
        meeting_present=31,
        offices=tuple(representatives.OfficeSeats(office=o, seats=n) for o, n in offices),
    )
    cast.do(log, lead, seats)
    cast.do(log, lead, notices.PostNotice(kind="seats_notice", place="社区宣传栏"))
    sample.turn(1, NOVEMBER, 28)
    cast.do(log, lead, roll.FixRoll())
    proposed = residents.residents_proposals(sample, log, 1)
    sample.turn(1, DECEMBER, 1)
    slots = tuple(nomination.Slot(person=p.person, office=o) for p, o in proposed)
    cast.do(log, lead, nomination.FixProspective(candidates=slots))
    cast.do(log, lead, notices.PostNotice(kind="prospective_list", place="社区宣传栏"))
    sample.turn(1, DECEMBER, 5)
    cast.do(log, lead, nomination.ReportProspective())


def free_voters(sample: Sample, log: str) -> list[Listed]:
    """Voters of age for work who neither stand nor preside."""
    facts = sample.cast.world(log).election
    busy = facts.standing() | set(facts.presiding)
    return [p for p in sample.cast.people(log) if p.person not in busy and sample.age(p) >= 25]


def absent_voters(sample: Sample, log: str) -> None:
    """Two give proxies to one, three ask for the mobile box, in time; the list of proxies is posted."""
    cast, lead = sample.cast, "lead1"
    sample.turn(1, DECEMBER, 19)
    holder, first, second, *visited = free_voters(sample, log)[-6:]
    for principal in (first, second):
        act = absent.GrantProxy(
            principal=principal.person,
            principal_name=principal.resident.name,
            proxy=holder.person,
            proxy_name=holder.resident.name,
            written=True,
            reason="外出务工",
        )
        cast.do(log, lead, act)
    for person in visited:
        ask = absent.AskVisit(person=person.person, name=person.resident.name, reason="行动不便")
        cast.do(log, lead, ask)
    cast.do(log, lead, notices.PostNotice(kind="proxy_list", place="社区宣传栏"))


def prepared(sample: Sample, log: str) -> None:
    """Stations with their groups, staff and boxes, the ballots; everything posted."""
    cast, lead = sample.cast, "lead1"
    sample.turn(1, DECEMBER, 20)
    groups = sample.street.communities[0].groups
    plans = (
        stations.StationPlan(name=FIRST, place="社区活动中心", hours="上午8时至下午3时", groups=groups[:2]),
        stations.StationPlan(name=SECOND, place="桂园小学", hours="上午8时至下午3时", groups=groups[2:]),
        stations.StationPlan(name=MOBILE, mobile=True, place="桂园路各院", hours="上午9时至11时"),
    )
    fixed = stations.FixStations(on=RESIDENTS_DAY, stations=plans, count_place="社区活动中心", count_time="下午3时30分")
    cast.do(log, lead, fixed)
    cast.do(log, lead, notices.PostNotice(kind="polling_notice", place="社区宣传栏"))
    people = iter(free_voters(sample, log))
    for short, role in (("scrutineer1", "scrutineer"), ("teller1", "teller"), ("teller2", "teller")):
        _employ(sample, log, next(people), role, "", short)  # type: ignore[arg-type]
    for station in (FIRST, SECOND, MOBILE):
        for role in ("scrutineer", "desk_clerk", "desk_clerk"):
            _employ(sample, log, next(people), role, station)  # type: ignore[arg-type]
    cast.do(log, lead, notices.PostNotice(kind="staff_notice", place="社区宣传栏"))
    sample.turn(1, DECEMBER, 22)
    _ballots(sample, log)
    cast.do(log, lead, preparation.CompletePreparation(venue_ready=True))


def _employ(sample: Sample, log: str, who: Listed, role: WorkerRole, station: str, short: str = "") -> None:
    cast, name = sample.cast, who.resident.name
    cast.do(log, "lead1", preparation.AppointStaff(person=who.person, name=name, role=role, station=station))
    if short:
        by = cast.actor("chair1")
        cast.join(short, f"{short}-ju", name, Role(role), sample.path(1), by=by, election=log, password=PIN)


def _ballots(sample: Sample, log: str) -> None:
    cast = sample.cast
    printed = cast.world(log).election.entitled + 10
    cast.do(log, "lead1", preparation.ReleaseBallots(printed=printed, design="0" * 64))
    cast.do(
        log, "lead1", preparation.SealBoxes(boxes=tuple(preparation.Box(id=b, station=s) for b, s in BOXES.items()))
    )


def polled(sample: Sample, log: str) -> None:
    """Every station opens and closes; four of five voters come, two more vote by proxy, three at their door."""
    cast, lead = sample.cast, "lead1"
    cast.clock.at(max(RESIDENTS_DAY, cast.clock.today), 8)
    facts = cast.world(log).election
    coming = {
        name: sum(facts.roll.groups[g] for g in station.groups) * 4 // 5 for name, station in facts.stations.items()
    }
    coming[MOBILE] = len(facts.visits)
    for name, expected in coming.items():
        cast.do(log, lead, stations.OpenPolling(station=name, ballots=expected + 5))
    cast.clock.at(cast.clock.today, 15)
    for name, voted in coming.items():
        by_proxy = len(facts.proxies) if name == FIRST else 0
        spoiled = 1 if name == FIRST else 0
        numbers = {"in_person": voted, "by_proxy": by_proxy, "issued": voted + by_proxy, "spoiled": spoiled}
        cast.do(log, lead, stations.ClosePolling(station=name, unused=5 - by_proxy - spoiled, **numbers))


def counted(sample: Sample, log: str, shares: Mapping[str, Sequence[tuple[int, int]]]) -> None:
    """The mobile box mixed into the first, then each box counted by two people; ``shares``: contest -> (for, against) in hundredths."""
    cast, lead = sample.cast, "lead1"
    cast.do(log, "scrutineer1", stations.MixBoxes(box="3号票箱", into="1号票箱"))
    this = cast.world(log).election.rounds[-1]
    held = {"1号票箱": this.polls[FIRST].issued + this.polls[MOBILE].issued, "2号票箱": this.polls[SECOND].issued}
    spoiled = sum(p.spoiled for p in this.polls.values())
    total = sum(held.values())
    account = meeting.AccountBallots(
        issued=total,
        returned=total,
        spoiled=spoiled,
        unused=(this.printed or 0) - total - spoiled,
        boxes=tuple(meeting.BoxReturned(box=b, returned=n) for b, n in held.items()),
    )
    cast.do(log, lead, account)
    for box, returned in held.items():
        cast.do(log, "scrutineer1", tally.OpenBox(box=box))
        for contest, hundredths in shares.items():
            people = [c.person for c in this.candidates[contest]]
            valid = returned - 1
            votes = [(p, valid * f // 100, valid * a // 100) for p, (f, a) in zip(people, hundredths, strict=True)]
            cast.tally(log, contest, box, sheet(returned, 1, votes))
    cast.do(log, lead, result.Announce())


def residents_vote(sample: Sample, log: str) -> None:
    """Everybody is elected but the chair, who is chosen in a second round on the same evening: most votes, a third at least."""
    cast, lead = sample.cast, "lead1"
    polled(sample, log)
    cast.do(log, lead, stations.DeclarePolling())
    counted(
        sample,
        log,
        {
            "chair": [(45, 20), (40, 30)],
            "deputy": [(70, 5), (60, 10), (30, 25)],
            "member": [(75, 1), (70, 2), (65, 3), (60, 4), (20, 30)],
        },
    )
    cast.do(log, lead, notices.PostNotice(kind="result_notice", place="社区宣传栏"))
    cast.clock.at(RESIDENTS_DAY + timedelta(days=1), 8)
    _ballots(sample, log)
    polled(sample, log)
    counted(sample, log, {"chair": [(55, 10), (35, 30)]})
    cast.do(log, lead, notices.PostNotice(kind="result_notice", place="社区宣传栏"))
