"""Letters of the party's approval: the street asks, the organisation department replies, the street appoints (S-15)."""

from __future__ import annotations

from election.acts import offices
from election.acts.papers.meeting import meeting_day
from election.acts.papers.results import answered, elected_offices, turnout
from election.acts.papers.sources import Made, Sources, day_words
from election.documents.papers import letters as papers
from election.documents.papers.parts import OfficeNames
from election.names.writing import clean_name
from election.process.approval import Appoint, DecideResult, SubmitResult
from election.process.representatives import OFFICES

LEADERS = {code: name for name, code in OFFICES.items() if code in ("secretary", "deputy_secretary")}


def request_title(s: Sources) -> str:
    return f"关于{offices.community_of(s.world)}党组织换届选举结果的请示"


def holders(s: Sources) -> papers.CommunityOffices:
    """Secretary and deputies as the plenary elected them, then the other members of the committee."""
    facts = s.world.election
    leading: list[OfficeNames] = []
    leaders: set[str] = set()
    for contest in (facts.plenary or {"contests": []})["contests"]:
        names = {line["candidate"]: clean_name(line["name"]) for line in contest["votes"]}
        leading.append(OfficeNames(office=LEADERS[contest["id"]], names=tuple(names[c] for c in contest["elected"])))
        leaders |= set(contest["elected"])
    taken = {s.name(person) for person in leaders}
    others = (
        OfficeNames(office=o.office, names=tuple(n for n in o.names if n not in taken)) for o in elected_offices(s)
    )
    return papers.CommunityOffices(
        community=offices.elected_body(s.world), offices=(*leading, *(o for o in others if o.names))
    )


def approval_request(s: Sources, act: SubmitResult | None) -> list[Made]:
    rounds = answered(s.world.election)
    if not s.world.election.elected or not rounds:
        return []
    this, answer = rounds[0]
    n = turnout(answer)
    number = s.text(act.document_number if act else "")
    paragraph = (
        f"{day_words(meeting_day(s, this))}，{offices.meeting(s.world)}选举产生新一届党组织委员会。应到{n['entitled']}人，"
        f"实到{n['present']}人，发出选票{n['issued']}张，收回选票{n['returned']}张，选举有效。{_plenary(s)}"
        "经街道工委审查同意，现将选举结果报告如下。"
    )
    data = papers.ApprovalRequest(
        heading=s.heading(offices.street_committee(s.world), title=request_title(s)),
        document_number=number,
        addressee=offices.organisation_department(s.world),
        attachments=("选举结果报告单",),
        paragraphs=(paragraph,),
        communities=(holders(s),),
    )
    return [Made(number, data)]


def _plenary(s: Sources) -> str:
    """What the new committee's first full meeting decided; a small branch has no committee and none."""
    contests = (s.world.election.plenary or {"contests": []})["contests"]
    return f"新一届委员会全体会议等额选举产生了{'、'.join(LEADERS[c['id']] for c in contests)}。" if contests else ""


def approval_reply(s: Sources, act: DecideResult | None) -> list[Made]:
    """批复 of what is approved; what is returned stays with its reason in the record."""
    if (act is not None and not act.approve) or not s.world.election.elected:
        return []
    number = s.text(act.document_number if act else "")
    data = papers.ApprovalReply(
        heading=s.heading(
            offices.organisation_department(s.world),
            title=f"关于{offices.community_of(s.world)}党组织换届选举结果的批复",
        ),
        document_number=number,
        addressee=offices.street_committee(s.world),
        reply_to=request_title(s),
        decision="approved",
        communities=(holders(s),),
    )
    return [Made(number, data)]


def appointment_notice(s: Sources, act: Appoint | None) -> list[Made]:
    decided = [x for x in s.said(DecideResult) if x.act.approve]
    if not s.world.election.elected or not (decided or s.draft):
        return []
    communities = holders(s)
    first = next(name for office in communities.offices for name in office.names)
    number = s.text(act.document_number if act else "")
    data = papers.AppointmentNotice(
        heading=s.heading(offices.street_committee(s.world), title=f"关于{first}等同志任职的通知"),
        document_number=number,
        addressee=offices.elected_body(s.world),
        approval=decided[-1].act.document_number if decided else s.text(""),
        approved_by=offices.organisation_department(s.world),
        communities=(communities,),
    )
    return [Made(number, data)]
