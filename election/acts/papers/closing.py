"""Papers that close an election: certificates, filing, handover, inspection, the turnover report."""

from __future__ import annotations

import re
from datetime import timedelta

from election.acts import offices
from election.acts.order import SEX
from election.acts.papers.candidates import EDUCATION
from election.acts.papers.meeting import meeting_day
from election.acts.papers.results import answered, turnout
from election.acts.papers.sources import Made, Sources, lines, year_month
from election.documents.papers import closing as papers
from election.documents.papers.parts import CheckLine, Line, Section
from election.process.after import Inspect, ListHandover, SubmitReport
from election.process.approval import Certify, FileResult
from election.process.base import Role
from election.process.steps import due

#: printed where a form asks and nobody knows
UNKNOWN = "—"
#: what is asked of a point whose wording names only the step
IN_GENERAL = "程序合法，材料齐全"
_HEADED = re.compile(r"[一二三四五六七八九十]{1,3}[、.．]\s*(.+)")

HANDED_OVER = {
    "stamps": "印章",
    "offices": "办公用房",
    "accounts": "账目",
    "assets": "资产",
    "files": "档案",
    "debts": "债权债务",
    "open_matters": "未办结事项",
}


def _office(s: Sources, person: str) -> str:
    facts = s.world.election
    contest = facts.contest(facts.elected.get(person, ""))
    return contest.office if contest else ""


def term_of_office(s: Sources) -> str:
    """任期三年 as the ruleset says."""
    years = s.world.election.law.get("term.years")
    return f"任期{'零一二三四五六七八九'[years]}年" if isinstance(years, int) and 1 <= years <= 9 else ""


def certificate(s: Sources, act: Certify | None) -> list[Made]:
    """当选证书, a page per person (S-16)."""
    facts = s.world.election
    rounds = answered(facts)
    numbers = {c.person: c.number for c in act.certificates} if act else dict.fromkeys(facts.elected, s.text(""))
    people = [p for p in numbers if p in facts.elected]
    if not people or not rounds:
        return []
    data = papers.Certificate(
        heading=s.heading(offices.street_office(s.world)),
        elected_on=meeting_day(s, rounds[-1][0]),
        persons=tuple(papers.CertifiedPerson(number=numbers[p], name=s.name(p), office=_office(s, p)) for p in people),
        term_of_office=term_of_office(s),
    )
    return [Made("、".join(dict.fromkeys((numbers[people[0]], numbers[people[-1]]))), data)]


def filing_form(s: Sources, act: FileResult | None) -> list[Made]:
    """备案表 to the civil affairs bureau (S-16)."""
    facts = s.world.election
    rounds = answered(facts)
    if not facts.elected or not rounds:
        return []
    known = s.records.residents(facts.elected)
    standing = {c.person: c for c in [*facts.official, *facts.prospective]}
    certified = {c.person: c.number for said in s.said(Certify) for c in said.act.certificates}
    members = []
    for contest in facts.contests:
        for person in (p for p, office in facts.elected.items() if office == contest.id):
            resident, candidate = known.get(person), standing.get(person)
            sex = (candidate.sex if candidate else "") or (resident.sex if resident else "")
            members.append(
                papers.FiledMember(
                    office=contest.office,
                    name=s.name(person),
                    sex=SEX.get(sex, UNKNOWN),
                    birth=(year_month(resident.birth) if resident else "") or UNKNOWN,
                    education=EDUCATION.get(candidate.education, "") if candidate else "",
                    certificate=certified.get(person, ""),
                )
            )
    number = s.text(act.document_number if act else "")
    data = papers.FilingForm(
        heading=s.heading(offices.street_office(s.world)),
        elected_on=meeting_day(s, rounds[0][0]),
        meeting=offices.meeting(s.world),
        **turnout(rounds[0][1]),
        members=tuple(members),
        facts=(
            Line(label="文号", value=number),
            Line(label="任期", value=term_of_office(s).removeprefix("任期") or UNKNOWN),
            Line(label="登记选民", value=f"{facts.roll.registered}人"),
            Line(label="应选人数", value=f"{facts.seats()}人"),
        ),
        opinions=(f"{offices.street_office(s.world)}意见", f"{offices.civil_affairs(s.world)}意见"),
    )
    return [Made(number, data)]


def handover_list(s: Sources, act: ListHandover | None) -> list[Made]:
    """交接清单: every section is there, an empty one says so (S-17)."""
    facts, rules = s.world.election, s.world.election.law
    held_on = act.held_on if act else s.on
    last = due(s.world, "handover") or held_on + timedelta(days=int(rules.get("handover.days", 0)))
    body = (
        "党组织委员会"
        if facts.body == "party"
        else offices.elected_body(s.world).removeprefix(offices.community_of(s.world))
    )
    items = act.items if act else ()
    data = papers.HandoverList(
        heading=s.heading(offices.elected_body(s.world), stamp=False),
        handed_over_on=held_on,
        due=last,
        sections=tuple(
            papers.HandoverSection(
                title=title,
                items=tuple(
                    papers.HandoverItem(name=i.what, quantity=i.quantity or UNKNOWN, note=i.note)
                    for i in items
                    if i.kind == kind
                ),
            )
            for kind, title in HANDED_OVER.items()
        ),
        audit=act.audit if act else "",
        outgoing=f"上届{body}",
        incoming=f"新一届{body}",
        supervisor=f"{offices.street(s.world)}换届选举指导小组",
    )
    return [Made("", data)]


def inspection_report(s: Sources, act: Inspect | None) -> list[Made]:
    """检查验收报告 of the street, then of the district (plan 五.11)."""
    if act is None:
        return []
    world = s.world
    issuer = {
        Role.ORGANISATION: offices.organisation_department(world),
        Role.CIVIL: offices.civil_affairs(world),
    }.get(Role(s.role), offices.street_leading_group(world))
    seen = f"选举记录第1条至第{world.election.size}条"
    items = []
    for point in act.points:
        step, _, demand = point.point.partition("：")
        items.append(
            papers.InspectionItem(
                step=step.strip(),
                demand=demand.strip() or IN_GENERAL,
                evidence=seen,
                finding=CheckLine(text="符合要求" if point.ok else "不符合要求", ok=point.ok),
                remedy=point.remedy,
            )
        )
    data = papers.InspectionReport(
        heading=s.heading(issuer, signatures=("检查人", "检查人")),
        inspected_on=s.on,
        inspectors=(issuer,),
        items=tuple(items),
        record_state=f"{seen}{'逐条核对一致' if act.record_verified else '未能核对一致'}。",
        conclusion="检查合格，通过验收。" if all(p.ok for p in act.points) else "存在不合格事项，按要求整改后复查。",
    )
    return [Made("", data)]


def turnover_report(s: Sources, act: SubmitReport | None) -> list[Made]:
    """换届工作报告: the words of the new committee, with figures from the record."""
    if act is None and not s.draft:
        return []
    opening, sections = report_sections(act.text if act else s.text(""))
    heading = s.heading(offices.elected_body(s.world))
    data = papers.TurnoverReport(
        heading=heading,
        addressee=f"{offices.street_leading_group(s.world)}办公室",
        opening=opening,
        sections=sections,
        figures=_figures(s, *heading.turnout),
    )
    return [Made("", data)]


def report_sections(text: str) -> tuple[str, tuple[Section, ...]]:
    """The opening, and a section for each line that begins 一、; what stands between belongs to the section before."""
    opening: list[str] = []
    sections: list[tuple[str, list[str]]] = []
    for line in lines(text):
        if headed := _HEADED.fullmatch(line):
            sections.append((headed[1], []))
        elif sections:
            sections[-1][1].append(line)
        else:
            opening.append(line)
    first = opening[:1] or ["现将本社区换届选举工作情况报告如下。"]
    if len(opening) > 1:
        sections.insert(0, ("工作情况", opening[1:]))
    return first[0], tuple(Section(title=title, paragraphs=tuple(body)) for title, body in sections)


def _figures(s: Sources, entitled: str, present: str) -> tuple[Line, ...]:
    facts = s.world.election
    found = [("党员" if facts.body == "party" else "登记选民", f"{facts.roll.registered}人")]
    if facts.representatives:
        found.append(("选民代表", f"{len(facts.representatives)}人"))
    if rounds := answered(facts):
        n = turnout(rounds[0][1])
        found += [
            (entitled, f"{n['entitled']}人"),
            (present, f"{n['present']}人"),
            ("发出选票", f"{n['issued']}张"),
            ("收回选票", f"{n['returned']}张"),
        ]
    found += [("应选", f"{facts.seats()}人"), ("当选", f"{len(facts.elected)}人")]
    # at stations those entitled are the registered voters, who stand there already
    return tuple(Line(label=label, value=value) for label, value in dict(found).items())
