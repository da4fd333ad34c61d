"""Papers of the nomination: who stands, how they were found, and the margin."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from election.acts import offices
from election.acts.order import SEX, candidates_in_order, order_words, telling_apart
from election.acts.papers.rolls import office_of, window_days
from election.acts.papers.sources import Sources, year_month
from election.documents.papers import candidates as papers
from election.documents.papers import parts
from election.names.writing import clean_name
from election.process import nomination as acts
from election.process.facts import Candidate, Contest
from election.process.notices import PostNotice
from election.process.steps import due, full_names

EDUCATION = {
    "primary": "小学",
    "junior_secondary": "初中",
    "senior_secondary": "高中",
    "college": "大专",
    "bachelor": "本科",
    "master": "研究生",
}

ASKED = {"residents": "居民", "groups": "居民小组", "households": "户代表"}


def routes(s: Sources, candidate: Candidate) -> str:
    """提名方式, with the number of nominators that the ruleset asks for."""
    rules = s.world.election.law
    words = {
        "leading_group": f"{rules.get('presiding.name', '选举领导小组')}提名",
        "joint_voters": f"选民{rules.get('nomination.joint_voters', '')}人以上联名",
        "joint_households": f"户代表{rules.get('nomination.joint_households', '')}人以上联名",
        "group": "居民小组提名",
        "organisation": "组织推荐",
        "members": "党员推荐",
        "masses": "群众推荐",
        "self": "自荐",
    }
    return "、".join(words[route] for route in candidate.routes)


def offices_with(
    s: Sources, contests: Iterable[Contest], candidates: Sequence[Candidate], *, report: bool = False
) -> tuple[parts.OfficeCandidates, ...]:
    """Candidates by office in stroke order: name, sex, month of birth, education; in a report also who proposed."""
    known = s.records.residents(c.person for c in candidates)
    found = []
    for contest in contests:
        ordered = candidates_in_order((c for c in candidates if c.office == contest.id), s.world.election.law)
        apart = telling_apart(ordered)
        people = []
        for c in ordered:
            resident = known.get(c.person)
            notes = [apart[c.person], "公选" if c.public else "", "已退出" if c.struck else ""]
            people.append(
                parts.Candidate(
                    name=clean_name(c.name),
                    sex=SEX.get(c.sex, ""),
                    birth=year_month(resident.birth) if resident else "",
                    education=EDUCATION.get(c.education, ""),
                    proposed_by=routes(s, c) if report else "",
                    note="、".join(note for note in notes if note),
                )
            )
        if people:
            found.append(parts.OfficeCandidates(office=contest.office, seats=contest.seats, candidates=tuple(people)))
    return tuple(found)


def prospective_list(s: Sources, act: PostNotice | None) -> papers.ProspectiveList | None:
    facts = s.world.election
    if not facts.prospective:
        return None
    return papers.ProspectiveList(
        **s.posted(act, s.basis("margin.share") or s.basis("margin.more_than_seats")),
        contests=offices_with(s, facts.contests, facts.prospective),
        posted_from=s.on,
        posted_until=posted_until(s, s.on),
        objection_place=office_of(s),
        order=order_words(c.name for c in facts.prospective),
    )


def posted_until(s: Sources, since: date) -> date:
    """Last day of the posting: by the window for objections, or, where the ruleset has none, the day of the report."""
    if days := window_days(s):
        return since + timedelta(days=days)
    (step,) = full_names(s.world.election, "prospective")
    return max(since, due(s.world, step) or since)


def official_list(s: Sources, act: PostNotice | None) -> papers.OfficialList | None:
    facts, day = s.world.election, s.world.day
    official = facts.official or (facts.prospective if s.draft else [])
    if not official or day is None:
        return None
    return papers.OfficialList(
        **s.posted(act, s.basis("official.days_before") or s.basis("margin.share")),
        contests=offices_with(s, facts.contests, official),
        election_day=day,
        order=order_words(c.name for c in official),
    )


def candidate_report(s: Sources, act: acts.ReportProspective | None) -> papers.CandidateReport | None:
    """预备人选报告 to the street's leading group office (S-08)."""
    facts, world = s.world.election, s.world
    posted = facts.posted("prospective_list")
    if not facts.prospective or (posted is None and not s.draft):
        return None
    since = posted.posted_on if posted else s.on
    concerned = [o for o in facts.objections.values() if o.kind == "candidate"]
    return papers.CandidateReport(
        heading=s.heading(offices.presiding(world)),
        addressee=f"{offices.street_leading_group(world)}办公室",
        course=_course(s),
        contests=offices_with(s, facts.contests, facts.prospective, report=True),
        figures=tuple(
            papers.ContestFigures(
                office=c.office,
                seats=c.seats,
                candidates_at_least=c.seats if facts.method == "hands" else world.margin(c.seats),
                candidates=sum(1 for x in facts.prospective if x.office == c.id),
            )
            for c in facts.contests
        ),
        posted_from=since,
        posted_until=posted_until(s, since),
        objections=len(concerned),
        objections_settled="均已调查答复" if concerned and all(o.decided_on for o in concerned) else "",
        order=order_words(c.name for c in facts.prospective),
    )


def _course(s: Sources) -> tuple[str, ...]:
    """How proposed persons became prospective candidates."""
    facts = s.world.election
    proposed = {person for person, _ in facts.proposed}
    ways = list(dict.fromkeys(way for c in facts.proposed.values() for way in routes(s, c).split("、") if way))
    course = [f"经{'、'.join(ways)}，共产生初步人选{len(proposed)}人。"] if ways else []
    course.append(
        f"经酝酿协商，确定预备人选{len(facts.prospective)}人，应选{facts.seats()}人"
        + ("，拟以举手表决方式等额选举。" if facts.method == "hands" else "。")
    )
    asked = s.last(acts.AskAgreement)
    if facts.agreed and asked is not None:
        a = asked.act
        course.append(f"以{a.how}的方式征求{ASKED[a.asked_whom]}意见，征求{a.asked}，同意{a.agreed}。")
    return tuple(course)
