"""Papers of the roll: who may vote, who votes for them, and what is to be filled."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from election.acts import offices
from election.acts.order import SEX, group_key, in_order
from election.acts.papers.sources import Made, Sources, day_words, lines
from election.documents.papers import posts
from election.documents.papers import rolls as papers
from election.documents.papers.parts import Line, NameGroup, Section
from election.names.writing import clean_name
from election.process.campaign import PlanCampaign, PostPosts
from election.process.facts import Contest, Representative
from election.process.notices import PostNotice
from election.process.representatives import ApproveAssembly, ElectRepresentatives, FixSeats
from election.process.roll import ChangeRoll, ReviewRoll

#: a roll's people without a residents' group
NO_GROUP = "未编组"

GROUNDS = {
    "illness": "因病",
    "abroad": "出国出境",
    "serving_sentence": "服刑",
    "bed_ridden": "长期卧床",
    "away_six_months": "外出六个月以上",
    "moved_home": "组织关系未转出的离家党员",
    "suspended": "停止党籍",
    "migrant": "流动党员",
}

RESERVED = {"police": "管段民警", "tertiary": "大中专毕业生", "woman": "妇女"}


def name_groups(s: Sources, people: Iterable[tuple[str, str]]) -> tuple[NameGroup, ...]:
    """``(group, name)`` as groups in the order people count them, names in stroke order."""
    by_group: dict[str, list[str]] = {}
    for group, name in people:
        by_group.setdefault(group, []).append(clean_name(name))
    return tuple(
        NameGroup(title=title or NO_GROUP, names=tuple(in_order(sorted(by_group[title]), str, s.world.election.law)))
        for title in sorted(by_group, key=group_key)
    )


def window_days(s: Sources) -> int:
    """Days in which objections are taken; 0 where the ruleset gives none."""
    return int(s.world.election.law.get("objection.window_days", 0))


def office_of(s: Sources) -> str:
    """Where objections are taken."""
    return f"{offices.presiding(s.world)}办公室"


def posts_notice(s: Sources, act: PostPosts | None) -> list[Made]:
    """职数和任职条件公告 of a community, for both bodies: posts as the committee worded them (plan 五.3)."""
    campaign = s.world.campaign
    place = campaign.communities.get(act.community if act else s.world.election.community)
    if place is None:
        return []
    name = offices.community(place.name)
    plan = s.last(PlanCampaign)
    schedule = (
        [
            Line(label=f"{p.start.month}月{p.start.day}日至{p.end.month}月{p.end.day}日", value=p.title)
            for p in plan.act.phases
        ]
        if plan
        else []
    )
    for body, words in (("party", "社区党组织选举日"), ("residents", "社区居民委员会选举日")):
        if (day := campaign.day(place.id, body)) is not None:
            schedule.append(Line(label=words, value=day_words(day)))
    conditions = act.conditions if act else (plan.act.conditions if plan else "")
    sections = [
        Section(title="社区党组织职数", paragraphs=(s.text(act.party_posts if act else ""),)),
        Section(title="社区居民委员会职数", paragraphs=(s.text(act.residents_posts if act else ""),)),
        Section(title="任职条件", paragraphs=lines(s.text(conditions))),
        Section(title="时间安排", paragraphs=tuple(f"{line.label}：{line.value}" for line in schedule)),
    ]
    earlier = place.notices[-1].number if place.notices else None
    number = len(place.notices) + 1
    heading = s.heading(
        offices.turnover_committee(place.name),
        community=name,
        title="职数和任职条件公告",
        number=number,
        supersedes=earlier,
    )
    paragraphs = (*lines(s.text(act.purpose if act else "")), "现将本次换届选举的职数、任职条件和时间安排公告如下：")
    data = posts.GeneralNotice(
        heading=heading, paragraphs=paragraphs, sections=tuple(x for x in sections if x.paragraphs)
    )
    return [Made(str(number), data, form="notice")]


def roll_notice(s: Sources, act: PostNotice | None) -> papers.RollNotice | None:
    """选民名单公告: names by group and nothing else. A roll of party members is not posted."""
    facts, world = s.world.election, s.world
    if facts.body == "party" or world.day is None or not facts.roll.imported:
        return None
    return papers.RollNotice(
        **s.posted(act, s.basis("age.min")),
        election_day=world.day,
        groups=name_groups(s, ((p.resident.group, p.resident.name) for p in s.people)),
        objection_from=s.on,
        objection_until=s.on + timedelta(days=window_days(s)),
        objection_place=office_of(s),
        answer_days=facts.law.get("objection.answer_days"),
    )


def roll_correction(s: Sources, act: PostNotice | None) -> papers.RollCorrection | None:
    """选民名单更正公告: who came on and who went off since the list, or the last correction, was posted."""
    facts, world = s.world.election, s.world
    posted = facts.posted("roll_notice")
    if posted is None or world.day is None:
        return None
    since = max([posted.seq, *(n.seq for n in facts.notices if n.kind == "roll_correction")])
    names: dict[str, str] = {}
    gone: set[str] = set()
    for said in s.said(ChangeRoll):
        if said.seq > since and said.act.kind != "correct":
            names[said.act.person] = said.act.name
            gone.discard(said.act.person)
            if said.act.kind in ("remove", "merge", "move_out"):
                gone.add(said.act.person)
    for review in s.said(ReviewRoll):
        if review.seq > since and review.act.decision == "remove":
            gone.update(review.act.persons)
    known = s.records.residents([*names, *gone])
    on = {p.person for p in s.people}

    def groups(persons: Iterable[str]) -> tuple[NameGroup, ...]:
        rows = ((p, known.get(p)) for p in sorted(persons))
        return name_groups(s, ((r.group if r else "", r.name if r else names.get(p, "")) for p, r in rows))

    return papers.RollCorrection(
        **s.posted(act),
        election_day=world.day,
        roll_number=posted.number,
        added=groups(p for p in names if p not in gone and p in on),
        cancelled=groups(gone - on),
        total=facts.roll.registered,
    )


def seats_notice(s: Sources, act: PostNotice | None) -> posts.SeatsNotice | None:
    """应选职数公告: as the sitting representatives' meeting fixed them (S-02)."""
    facts = s.world.election
    fixed = s.last(FixSeats)
    if not facts.contests or fixed is None:
        return None
    sitting = (
        f"{offices.community_of(s.world)}居民代表会议" if facts.body == "residents" else offices.presiding(s.world)
    )
    return posts.SeatsNotice(
        **s.posted(act, s.basis("seats.min") or s.basis("seats.odd")),
        seats=tuple(posts.SeatLine(office=c.office, seats=c.seats, note=_note(c)) for c in facts.contests),
        decided_by=sitting,
        decided_on=fixed.act.meeting_on or fixed.on,
    )


def _note(contest: Contest) -> str:
    notes = [f"公选{contest.office}{contest.public}名"] if contest.public else []
    notes += [f"{RESERVED.get(r['kind'], r['kind'])}{r['at_least']}名" for r in contest.require]
    return f"其中{'、'.join(notes)}" if notes else ""


def representatives(s: Sources, act: PostNotice | None) -> papers.RepresentativesNotice | None:
    """选民代表名单公告: by group, large units apart (S-07)."""
    facts, rules = s.world.election, s.world.election.law
    people = list(facts.representatives.values())
    if not people:
        return None
    known = s.records.residents(r.person for r in people)
    sexes = [known[r.person].sex if r.person in known else "" for r in people]
    households = any(x.act.households for x in s.said(ElectRepresentatives) if not x.act.unit)
    per = rules.limits("representatives.households_" if households else "representatives.per_group_")
    span = f"{per.least}至{per.most}"
    return papers.RepresentativesNotice(
        **s.posted(act, s.basis("representatives.total_min")),
        groups=_named(s, [r for r in people if not r.unit]),
        large_units=_named(s, [r for r in people if r.unit]),
        method=f"每{span}户推选1名" if households else f"每个居民小组推选{span}名",
        women=sexes.count("female") if all(sexes) else None,
    )


def _named(s: Sources, people: Iterable[Representative]) -> tuple[NameGroup, ...]:
    return name_groups(s, ((r.group, r.name) for r in people))


def delegates(s: Sources, act: PostNotice | None) -> papers.DelegatesNotice | None:
    """党员代表名单公告, where a delegates' assembly was approved (S-06)."""
    facts = s.world.election
    if not facts.delegates:
        return None
    approved = s.last(ApproveAssembly)
    return papers.DelegatesNotice(
        **s.posted(act, s.basis("delegates.above_members")),
        branches=_named(s, facts.delegates.values()),
        approved_by=offices.organisation_department(s.world),
        approval=approved.act.document_number if approved else "",
    )


def member_roll(s: Sources) -> papers.MemberRoll | None:
    """党员名册: internal, never posted or sealed (P-04, P-11)."""
    facts, world = s.world.election, s.world
    if facts.body != "party" or world.day is None or not s.people:
        return None
    branches: dict[str, list[papers.Member]] = {}
    for p in in_order(sorted(s.people, key=lambda p: p.person), lambda p: p.resident.name, facts.law):
        ground = facts.roll.excluded.get(p.person)
        standing: papers.Standing = "left_out" if ground else "probationary" if p.category == "probationary" else "full"
        branches.setdefault(p.resident.group, []).append(
            papers.Member(
                name=clean_name(p.resident.name),
                sex=SEX.get(p.resident.sex, ""),
                standing=standing,
                note=GROUNDS.get(ground, ground) if ground else "",
            )
        )
    return papers.MemberRoll(
        heading=s.heading(offices.presiding(world), signatures=("审核人",)),
        meeting_day=world.day,
        branches=tuple(
            papers.MemberBranch(title=title or "党员", members=tuple(branches[title]))
            for title in sorted(branches, key=group_key)
        ),
    )
