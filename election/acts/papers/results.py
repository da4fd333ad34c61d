"""Papers of the result: every number, everyone's votes, who is elected and why."""

from __future__ import annotations

from typing import Any

from election.acts import offices
from election.acts.order import ranked
from election.acts.papers.meeting import meeting_day
from election.acts.papers.sources import Made, Sources
from election.documents.papers import results as papers
from election.documents.papers.parts import CheckLine, OfficeNames
from election.names.writing import clean_name
from election.process.approval import ReportResult
from election.process.facts import Election, Round
from election.process.meeting import OpenMeeting
from election.process.notices import PostNotice
from election.process.preparation import FixPlace
from election.process.result import Announce, circled, decide, newly_written
from election.process.stations import FixStations
from election.words import of_check, sentence

OUTCOMES = {"elected": "当选", "not_elected": "未当选", "tied": "票数相等"}
SIGNED = ("监票人", "监票人", "计票人", "计票人", "唱票人", "主持人")


def answered(facts: Election) -> list[tuple[Round, dict[str, Any]]]:
    """The rounds of the vote that stands, with their answers: from the last first round on."""
    found: list[tuple[Round, dict[str, Any]]] = []
    for this in facts.rounds:
        if this.answer is not None:
            if this.number == 1 and not this.revote:
                found.clear()
            found.append((this, this.answer))
    return found


def turnout(answer: dict[str, Any]) -> dict[str, Any]:
    """应到, 实到, 发出, 收回 as the count took them."""
    params = {check["rule"]: check["params"] for check in answer["checks"]}
    return {
        "entitled": params["quorum"]["entitled"],
        "present": params["quorum"]["present"],
        "issued": params["returned"]["issued"],
        "returned": params["returned"]["returned"],
    }


def result_report(s: Sources, act: Announce | ReportResult | None) -> list[Made]:
    """选举结果报告单: of the round that is being announced, or of every round of the vote when it is reported."""
    facts = s.world.election
    if not isinstance(act, ReportResult):
        this, answer = facts.round, decide(s.world)
        if this is not None and answer is not None and this.answer is None:
            number = sum(1 for r in facts.rounds if r.answer is not None) + 1
            return [Made(str(number), _report(s, this, answer))]
        if act is not None:
            return []
    return [Made(str(number), _report(s, this, answer)) for number, (this, answer) in enumerate(answered(facts), 1)]


def _report(s: Sources, this: Round, answer: dict[str, Any]) -> papers.ResultReport:
    method = "举手表决" if this.method == "hands" else "无记名投票"
    return papers.ResultReport(
        heading=s.heading(offices.presiding(s.world), signatures=SIGNED),
        meeting=offices.meeting(s.world),
        meeting_day=meeting_day(s, this),
        place=_place(s),
        method=f"{method}（重新投票）" if this.revote else method,
        round=this.number,
        **turnout(answer),
        valid=answer["valid"],
        checks=checks(s, answer),
        contests=tuple(_contest(s, this, found) for found in answer["contests"]),
        conclusion=conclusion(s, this, answer),
    )


def checks(s: Sources, answer: dict[str, Any]) -> tuple[CheckLine, ...]:
    return tuple(CheckLine(text=_said(s, c), ok=c["ok"], article=c["article"]) for c in answer["checks"])


def _said(s: Sources, check: dict[str, Any]) -> str:
    return sentence(of_check(check["code"], s.world.election.at_stations), check["params"])


def _place(s: Sources) -> str:
    if s.world.election.at_stations:
        stations = s.last(FixStations)
        return stations.act.count_place if stations else s.text("")
    opened, fixed = s.last(OpenMeeting), s.last(FixPlace)
    return opened.act.place if opened else fixed.act.place if fixed else s.text("")


def _contest(s: Sources, this: Round, found: dict[str, Any]) -> papers.ResultContest:
    contest = next(c for c in this.contests if c.id == found["id"])
    return papers.ResultContest(
        office=contest.office,
        seats=contest.seats,
        valid=found["valid"],
        invalid=found["invalid"],
        base=found["base"],
        needed=found["needed"],
        rows=tuple(
            papers.ResultRow(
                name=clean_name(line["name"]),
                votes_for=line["for"],
                **circled(line),
                elected=line["outcome"] == "elected",
                outcome=OUTCOMES[line["outcome"]],
                why=sentence(line["why"]["code"], line["why"]["params"]),
                article=line["why"]["article"],
                carried=line.get("carried"),
                write_in=newly_written(line["candidate"]),
            )
            for line in ranked(found["votes"], s.world.election.law)
        ),
        vacant=found["vacant"],
        follows=follows(found),
    )


def follows(contest: dict[str, Any]) -> str:
    """What comes after this contest, as a sentence."""
    then = contest["next"]
    if then is None:
        return "缺额暂不补选。" if contest["vacant"] else "应选名额已选满。"
    if then["kind"] == "rerun":
        return sentence("count.next.rerun")
    names = {line["candidate"]: clean_name(line["name"]) for line in contest["votes"]}
    people = "、".join(names[c] for c in then["candidates"])
    if then["kind"] == "second_round" and not people:
        return sentence("count.next.second_round_open", {"seats": then["seats"]})
    return sentence(f"count.next.{then['kind']}", {"candidates": people, "seats": then["seats"]})


def conclusion(s: Sources, this: Round, answer: dict[str, Any]) -> str:
    """选举有效。王喆当选主任;李秀英、张伟当选副主任。"""
    if not answer["valid"]:
        return sentence("count.next.rerun")
    body = offices.elected_body(s.world, offices.term(s.world))
    parts = []
    for found in answer["contests"]:
        office = next(c.office for c in this.contests if c.id == found["id"])
        names = {line["candidate"]: clean_name(line["name"]) for line in found["votes"]}
        won = "、".join(names[c] for c in found["elected"])
        parts.append(f"{won}当选为{body}{office}" if won else f"{office}无人当选")
    return f"选举有效。{'；'.join(parts)}。"


def elected_offices(s: Sources) -> tuple[OfficeNames, ...]:
    """Office by office who is elected, most votes first within a round, earlier rounds before later."""
    facts = s.world.election
    return tuple(
        OfficeNames(office=contest.office, names=names)
        for contest in facts.contests
        if (names := tuple(s.name(p) for p, office in facts.elected.items() if office == contest.id))
    )


def result_notice(s: Sources, act: PostNotice | None) -> papers.ResultNotice | None:
    """选举结果公告. A void vote is announced with what it failed by, and that it is held again."""
    facts = s.world.election
    last = next(((r, r.answer) for r in reversed(facts.rounds) if r.answer is not None), None)
    if last is None:
        return None
    this, answer = last
    if answer["valid"]:
        then = [_open(this, found) for found in answer["contests"] if found["vacant"]]
    else:
        then = [_said(s, c) for c in answer["checks"] if not c["ok"]]
        then.append(sentence("count.next.rerun"))
    return papers.ResultNotice(
        **s.posted(act, s.basis("threshold.assembly")),
        meeting=offices.meeting(s.world),
        meeting_day=meeting_day(s, this),
        **turnout(answer),
        valid=answer["valid"],
        elected=elected_offices(s) if answer["valid"] else (),
        follows="".join(then),
    )


def _open(this: Round, found: dict[str, Any]) -> str:
    office = next(c.office for c in this.contests if c.id == found["id"])
    return f"{office}：{follows(found)}"
