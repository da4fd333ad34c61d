"""Paper forms for a hall without power: to be filled in by hand and entered later."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from election.acts import offices
from election.acts.ballots import released_round
from election.acts.order import SEX, candidates_in_order
from election.acts.papers import absent
from election.acts.papers.candidates import EDUCATION
from election.acts.papers.meeting import meeting_day
from election.acts.papers.rolls import member_roll, name_groups, office_of, window_days
from election.acts.papers.sources import BLANK, Sources, day_words, year_month
from election.documents import Paper
from election.documents.papers import closing, meeting, vetting, voter
from election.documents.papers.parts import Line, NameGroup, Section
from election.law import days_before
from election.names.writing import clean_name
from election.process.absent import AskVisit, GrantProxy
from election.process.facts import Contest, Round
from election.process.preparation import FixPlace
from election.process.tally import takes_names
from election.process.vetting import RecordVetting
from election.words import sentence

COUNTERS = ("唱票人", "计票人", "计票人", "监票人")
#: room for a figure, so that a candidate's figures stand on one line
NARROW = "＿＿＿"
#: rows on a tally for names that voters wrote in
WRITE_IN_ROWS = 3


def _round(s: Sources) -> Round | None:
    this = released_round(s.world)
    return this if this.contests and any(this.candidates.values()) else None


def tally_blank(s: Sources) -> Paper | None:
    """A page per box and contest with its candidates and room for 正 strokes."""
    this = _round(s)
    return None if this is None or this.method == "hands" else _tally(s, this, this.boxes, "")


def hands_tally(s: Sources) -> Paper | None:
    """The own tally form of a show of hands: no ballots, no boxes (S-14)."""
    this = _round(s)
    return None if this is None or this.method != "hands" else _tally(s, this, [], "举手表决计票单")


def _tally(s: Sources, this: Round, boxes: list[str], title: str) -> meeting.TallyBlank:
    rules = s.world.election.law
    write_ins = WRITE_IN_ROWS if takes_names(this, rules) else 0
    several = len(boxes) > 1
    return meeting.TallyBlank(
        heading=s.heading(offices.presiding(s.world), title=title, stamp=False, signatures=COUNTERS),
        meeting=offices.meeting(s.world),
        meeting_day=meeting_day(s),
        box="" if several or not boxes else boxes[0],
        round=this.number,
        contests=tuple(
            meeting.BlankContest(
                office=f"{box}　{contest.office}" if several else contest.office,
                seats=contest.seats,
                names=tuple(clean_name(c.name) for c in candidates_in_order(this.candidates[contest.id], rules)),
                write_in_rows=write_ins,
            )
            for box in (boxes if several else [""])
            for contest in this.contests
        ),
    )


def sign_in_sheet(s: Sources) -> Paper | None:
    """签到册 of those entitled: delegates, representatives, full members that count, or voters."""
    groups = _entitled(s)
    if not groups:
        return None
    fixed = s.last(FixPlace)
    stations = "、".join(x.place for x in s.world.election.stations.values() if not x.mobile)
    return meeting.SignInSheet(
        heading=s.heading(offices.presiding(s.world), stamp=False),
        meeting=offices.meeting(s.world),
        meeting_day=meeting_day(s),
        place=fixed.act.place if fixed else stations or BLANK,
        groups=groups,
    )


def _entitled(s: Sources) -> tuple[NameGroup, ...]:
    facts = s.world.election
    if facts.assembly == "delegates":
        return name_groups(s, ((r.group, r.name) for r in facts.delegates.values()))
    if facts.electorate in ("representatives", "households"):
        return name_groups(s, ((r.group, r.name) for r in facts.representatives.values()))
    people = [p for p in s.people if p.person not in facts.roll.excluded and p.category != "probationary"]
    if not facts.at_stations:
        return name_groups(s, ((p.resident.group, p.resident.name) for p in people))
    # at each station its own groups; whom a proxy or the mobile box votes for does not sign in there
    absent = set(facts.proxies) | set(facts.visits.values())
    at = {group: station.name for station in facts.stations.values() for group in station.groups}
    found: list[NameGroup] = []
    for station in dict.fromkeys(at.values()):
        here = [p for p in people if at.get(p.resident.group) == station and p.person not in absent]
        groups = name_groups(s, ((p.resident.group, p.resident.name) for p in here))
        found += [NameGroup(title=f"{station}　{g.title}", names=g.names) for g in groups]
    return tuple(found)


def _by_hand(
    s: Sources,
    title: str,
    opening: str,
    labels: list[tuple[str, str]],
    more: tuple[Section, ...] = (),
    signatures: tuple[str, ...] = COUNTERS,
) -> Paper:
    """A report to the presiding body whose numbers are written in by hand."""
    return closing.TurnoverReport(
        heading=s.heading(
            offices.presiding(s.world),
            title=f"{offices.community_of(s.world)}{title}",
            stamp=False,
            signatures=signatures,
        ),
        addressee=offices.presiding(s.world),
        opening=opening,
        sections=more,
        figures=tuple(Line(label=label, value=f"{BLANK} {unit}") for label, unit in labels),
    )


def station_record(s: Sources) -> Paper | None:
    """What a station writes down when it closes, to be entered when it has power: people, ballots, the seal of its box."""
    facts = s.world.election
    if not facts.at_stations:
        return None
    labels = [("领取选票", "张"), ("本人签到领票", "人"), ("受托代投（按委托人计）", "人"), ("发出选票", "张")]
    labels += [("作废换发", "张"), ("剩余选票", "张")]
    names = "、".join(facts.stations) or BLANK
    opening = (
        f"投票站（圈出）：{names}。开始投票前当众验看空箱并封闭：{BLANK}时{BLANK}分；结束投票并封箱：{BLANK}时{BLANK}分。"
        "发出、作废换发、剩余三项相加应等于领取数；发出数不得多于本人签到和受托代投之和。"
    )
    return _by_hand(s, "投票站投票情况登记表", opening, labels)


def proxy_request(s: Sources) -> Paper | None:
    """委托书: written by the voter, kept by the presiding body; the certificate is printed from it (V-12)."""
    facts, day = s.world.election, s.world.day
    if not GrantProxy.belongs(facts) or day is None:
        return None
    due = day_words(days_before(facts.law, facts.law.number("proxy.days_before"), day))
    opening = (
        f"本人因故不能在{day_words(day)}到投票站投票，现委托下列受委托人代为投票，按本人的意愿填写选票。"
        f"本委托书最迟{due}交到{offices.presiding(s.world)}；委托的原因由其保密，不公布。"
    )
    labels = [
        ("委托人姓名", ""),
        ("委托人居民小组", ""),
        ("受委托人姓名", ""),
        ("受委托人居民小组", ""),
        ("与委托人的关系", ""),
    ]
    return _by_hand(s, "委托投票书", opening, labels, signatures=("委托人", "受委托人", "审核人"))


def visit_request(s: Sources) -> Paper | None:
    """流动票箱申请表; what is written on it is health, and is kept apart (D-04)."""
    facts, day = s.world.election, s.world.day
    if not AskVisit.belongs(facts) or day is None:
        return None
    due = day_words(days_before(facts.law, facts.law.number("mobile_box.days_before"), day))
    opening = (
        f"本人不能出门到投票站投票，申请流动票箱在{day_words(day)}上门。本表最迟{due}交到{offices.presiding(s.world)}；"
        "所填内容只用于安排流动票箱，由其保密，不张贴、不公布。"
    )
    labels = [("姓名", ""), ("居民小组", ""), ("住址", ""), ("电话", ""), ("原因", "")]
    return _by_hand(s, "流动票箱申请表", opening, labels, signatures=("申请人", "经办人"))


def vetting_sheet(s: Sources) -> Paper | None:
    """候选人资格联审表, a page per prospective candidate (Q-01)."""
    facts, rules = s.world.election, s.world.election.law
    if not facts.prospective or not RecordVetting.belongs(facts):
        return None
    offices_by = {c.id: c.office for c in facts.contests}
    known = s.records.residents(c.person for c in facts.prospective)
    return vetting.VettingSheet(
        heading=s.heading(offices.street_office(s.world), stamp=False),
        persons=tuple(
            vetting.Vetted(
                name=clean_name(c.name),
                office=offices_by.get(c.office, ""),
                sex=SEX.get(c.sex, ""),
                birth=year_month(known[c.person].birth) if c.person in known else "",
                education=EDUCATION.get(c.education, ""),
            )
            for c in candidates_in_order(facts.prospective, rules)
        ),
        departments=tuple(sentence(f"department:{d}") for d in rules.text("vetting.departments").split()),
        grounds=tuple(sentence(f"ground:{g}") for g in rules.text("vetting.reasons").split()),
    )


def ballot_account(s: Sources) -> Paper | None:
    this = _round(s)
    if this is None:
        return None
    labels = [
        ("应到", "人"),
        ("实到", "人"),
        ("印制选票", "张"),
        ("发出选票", "张"),
        ("作废换发", "张"),
        ("剩余选票", "张"),
    ]
    labels += [(f"收回选票（{box}）", "张") for box in this.boxes] if len(this.boxes) > 1 else []
    labels.append(("收回选票合计", "张"))
    check = "发出、作废换发、剩余三项相加应等于印制数；收回数不得多于发出数，发出数不得多于实到人数。"
    opening = f"{offices.meeting(s.world)}第{this.number}轮选票发放和收回情况如下（开箱计票前填写）。{check}"
    return _by_hand(s, "选票发放收回情况报告单", opening, labels)


def ballot_packs(s: Sources) -> Paper | None:
    """封签 for every pack of fifty of the ballots that were printed."""
    this = _round(s)
    if this is None or not this.printed:
        return None
    return meeting.BallotPacks(
        heading=s.heading(offices.presiding(s.world), stamp=False),
        meeting=offices.meeting(s.world),
        meeting_day=meeting_day(s),
        round=this.number,
        packs=meeting.packs(this.printed),
    )


def ballot_control(s: Sources) -> Paper | None:
    """控制单 for the desk: packs handed over, then printed = issued + spoiled + unused, and what was returned."""
    this = _round(s)
    if this is None or not this.printed:
        return None
    return meeting.BallotControl(
        heading=s.heading(offices.presiding(s.world), stamp=False, signatures=("发票员", "监票人", "监票人")),
        meeting=offices.meeting(s.world),
        meeting_day=meeting_day(s),
        round=this.number,
        packs=meeting.packs(this.printed),
        boxes=tuple(this.boxes),
    )


def result_report(s: Sources) -> Paper | None:
    """选举结果报告单 with room for the numbers of every candidate."""
    this = _round(s)
    if this is None:
        return None
    labels = [("应到", "人"), ("实到", "人")]
    if this.method == "ballot":
        labels += [("发出选票", "张"), ("收回选票", "张"), ("有效票", "张"), ("无效票", "张")]
    sections = tuple(
        Section(title=f"{contest.office}（应选{contest.seats}名）", paragraphs=tuple(_votes(s, this, contest)))
        for contest in this.contests
    )
    opening = f"{offices.meeting(s.world)}第{this.number}轮选举结果如下（当场宣布后由监票人、计票人签字）。"
    return _by_hand(s, "选举结果报告单", opening, labels, sections)


def _votes(s: Sources, this: Round, contest: Contest) -> Iterator[str]:
    for c in candidates_in_order(this.candidates[contest.id], s.world.election.law):
        yield f"{clean_name(c.name)}：赞成{NARROW}　反对{NARROW}　弃权{NARROW}　当选{NARROW}"
    if takes_names(this, s.world.election.law):
        yield f"另选他人：{BLANK}　赞成{NARROW}　当选{NARROW}"


def objection_slip(s: Sources) -> Paper | None:
    posted = s.world.election.posted("roll_notice")
    if posted is None:
        return None
    return voter.ObjectionSlip(
        heading=s.heading(offices.presiding(s.world)),
        objection_until=posted.posted_on + timedelta(days=window_days(s)),
        objection_place=office_of(s),
    )


def signing_sheet(s: Sources) -> Paper | None:
    """签字页 for any milestone: what is signed and its code are copied from the screen or the phone by hand."""
    roles = ("主持人", "监票人", "监票人", "计票人", "计票人")
    return voter.SigningSheet(
        heading=s.heading(offices.presiding(s.world), stamp=False),
        act=BLANK,
        act_day=s.on,
        statement=tuple(Line(label=label, value=BLANK * 4) for label in ("事项内容", "数字", "文书编号")),
        code="_" * 64,
        signers=tuple(voter.Signer(role=role) for role in roles),
    )


FORMS: dict[str, Callable[[Sources], Paper | None]] = {
    "tally_blank": tally_blank,
    "hands_tally": hands_tally,
    "sign_in_sheet": sign_in_sheet,
    "ballot_packs": ballot_packs,
    "ballot_control": ballot_control,
    "ballot_account": ballot_account,
    "result_report": result_report,
    "objection_slip": objection_slip,
    "signing_sheet": signing_sheet,
    "member_roll": member_roll,
    "station_record": station_record,
    "proxy_request": proxy_request,
    "visit_request": visit_request,
    "visit_list": absent.visit_list,
    "vetting_sheet": vetting_sheet,
}

#: the kind under which ``documents`` draws a form, where it is another
DRAWN_AS = {
    "hands_tally": "tally_blank",
    **dict.fromkeys(
        ("ballot_account", "result_report", "station_record", "proxy_request", "visit_request"), "turnover_report"
    ),
}
