"""Papers of the vote: time and place, staff, tallies."""

from __future__ import annotations

from datetime import date

from election.acts import offices
from election.acts.order import candidates_in_order, in_order
from election.acts.papers.sources import Made, Sources, day_words
from election.documents.papers import meeting as papers
from election.law import days_before
from election.names.writing import clean_name
from election.process.facts import Candidate, Contest, Round, Sheet
from election.process.notices import PostNotice
from election.process.preparation import FixPlace
from election.process.stations import FixStations
from election.process.tally import SignTally

ROLES = {
    "presider": "主持人",
    "scrutineer": "监票人",
    "caller": "唱票人",
    "teller": "计票人",
    "desk_clerk": "发票员",
    "adjudicator": "疑难票认定人",
}


def polling_notice(s: Sources, act: PostNotice | None) -> papers.PollingNotice | None:
    facts, day = s.world.election, s.world.day
    if facts.at_stations:
        return _stations_notice(s, act)
    fixed = s.last(FixPlace)
    if day is None or (fixed is None and not s.draft):
        return None
    place, hours = (fixed.act.place, fixed.act.time) if fixed else (s.text(""), s.text(""))
    who = offices.voters(facts)
    return papers.PollingNotice(
        **s.posted(act, s.basis("quorum.assembly")),
        election_day=fixed.act.on if fixed else day,
        voters=who,
        stations=(papers.Station(name=offices.meeting(s.world), place=place, hours=hours),),
        count_place=place,
        count_hours="投票结束后当场" if facts.method == "ballot" else "表决后当场",
        instructions=_instructions(s, who),
    )


def _stations_notice(s: Sources, act: PostNotice | None) -> papers.PollingNotice | None:
    """Every station with its groups, every mobile box with its route, and where all boxes are opened."""
    facts, fixed = s.world.election, s.last(FixStations)
    if fixed is None:
        return None
    who = offices.voters(facts)
    return papers.PollingNotice(
        **s.posted(act, s.basis("quorum.assembly")),
        election_day=fixed.act.on,
        voters=who,
        stations=tuple(
            papers.Station(name=x.name, place=x.place, hours=x.hours, voters="、".join(x.groups))
            for x in facts.stations.values()
            if not x.mobile
        ),
        mobile_boxes=tuple(
            papers.MobileBox(name=x.name, route=x.place, hours=x.hours) for x in facts.stations.values() if x.mobile
        ),
        count_place=fixed.act.count_place,
        count_hours=fixed.act.count_time,
        instructions=(*_instructions(s, who), *_absent(s)),
    )


def _absent(s: Sources) -> tuple[str, ...]:
    """What those do who cannot come, and by when."""
    rules, day = s.world.election.law, s.world.day
    found = []
    if rules.get("proxy.allowed") and day is not None:
        due = day_words(days_before(rules, rules.number("proxy.days_before"), day))
        most = rules.number("proxy.max_held")
        found.append(
            f"不能到站的选民，可以在{due}以前（含当日）书面委托其他选民代投，每人接受委托不得超过{most}人；受委托人凭委托投票证代领选票。"
        )
    if rules.get("mobile_box.allowed") and day is not None:
        due = day_words(days_before(rules, rules.number("mobile_box.days_before"), day))
        found.append(f"因病、因残等不能出门的选民，可以在{due}以前（含当日）申请流动票箱上门。")
    return tuple(found)


def _instructions(s: Sources, who: str) -> tuple[str, ...]:
    facts = s.world.election
    if facts.method == "hands":
        return (f"{who}携带居民身份证到会签到。", "本次选举以举手表决的方式等额选举。")
    at_most = "（含另选他人）" if facts.law.get("write_in.allowed") else ""
    void = {"ballot": "整张选票无效", "contest": "该项职务的选票无效"}.get(
        str(facts.law.get("over_mark.voids")), "无效"
    )
    return (
        f"{who}携带居民身份证，先签到，再领取选票。",
        f"每项职务赞成的人数{at_most}不得多于应选人数，多于的，{void}。",
        "选票写错、损坏的，可在投入票箱前换领一张，原票当场作废。",
    )


def staff_notice(s: Sources, act: PostNotice | None) -> papers.StaffNotice | None:
    facts, day = s.world.election, s.world.day
    if not facts.staff or day is None:
        return None
    by_role = {
        role: in_order((clean_name(x.name) for x in facts.staff if x.role == role), str, facts.law) for role in ROLES
    }
    return papers.StaffNotice(
        **s.posted(act, s.basis("staff.candidate")),
        election_day=day,
        roles=tuple(papers.StaffRole(role=ROLES[role], names=tuple(names)) for role, names in by_role.items() if names),
    )


def tally_sheet(s: Sources, act: SignTally | None) -> list[Made]:
    """计票单 of a box, sealed with the first signature on it; a draft shows what is settled of the first box."""
    this = s.world.election.round
    if this is None or this.account is None:
        return []
    if act is not None:
        sheet = this.sheets.get((act.contest, act.box))
        found = [] if sheet is None or sheet.signatures else [sheet]
    else:
        found = [x for x in this.sheets.values() if x.box == this.boxes[0]]
    settled = [x for x in found if x.final is not None]
    if not settled:
        return []
    box = settled[0].box
    data = papers.TallySheet(
        heading=s.heading(offices.presiding(s.world), stamp=False, signatures=("唱票人", "计票人", "计票人", "监票人")),
        meeting=offices.meeting(s.world),
        meeting_day=meeting_day(s, this),
        # ballots are issued for the whole hall, not for a box
        box=box if len(this.boxes) == 1 else f"{box}（发出数为全场）",
        round=this.number,
        issued=int(this.account["issued"]),
        returned=int((settled[0].final or {})["returned"]),
        contests=tuple(_contest(s, this, sheet) for sheet in settled),
    )
    return [Made(f"{this.number}-{settled[0].contest}-{box}" if act else "", data)]


def _contest(s: Sources, this: Round, sheet: Sheet) -> papers.TallyContest:
    contest: Contest = next(c for c in this.contests if c.id == sheet.contest)
    final = sheet.final or {}
    figures = {row["candidate"]: row for row in final["rows"]}
    ordered: list[Candidate] = candidates_in_order(this.candidates[contest.id], s.world.election.law)
    return papers.TallyContest(
        office=contest.office,
        seats=contest.seats,
        valid=final["valid"],
        invalid=final["invalid"],
        rows=tuple(
            papers.TallyRow(
                name=clean_name(c.name),
                votes_for=figures[c.person]["votes_for"],
                against=figures[c.person]["against"],
                abstain=figures[c.person]["abstain"],
            )
            for c in ordered
        ),
        write_ins=tuple(
            papers.WriteInRow(name=clean_name(w["name"]), votes_for=w["votes_for"]) for w in final["write_ins"]
        ),
    )


def meeting_day(s: Sources, this: Round | None = None) -> date:
    """The day of the meeting: when the round was announced, else when the meeting was opened, else the election day."""
    facts = s.world.election
    announced = this.announced_on if this is not None else None
    opened = facts.meeting.opened_on if facts.meeting is not None else None
    return announced or opened or s.world.day or s.on
