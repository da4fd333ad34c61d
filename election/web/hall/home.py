"""The hall's home: the meeting's order, the ballots, every tally sheet's state, and the next thing that is this person's.

No figure of a tally is here before the result is announced; a sheet's state says only who has entered and signed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import make_response, render_template, request, url_for

from election.acts import doubts, packs, scans
from election.acts import wall as walls
from election.process.base import PRESIDING, Demand, Role
from election.process.facts import Election, Meeting, Poll, Round, Sheet, Station
from election.process.scanning import ADJUDICATES
from election.process.steps import Status, before, demands, full_names, missing, runs, status
from election.process.world import World
from election.store import signing_in
from election.web.access.policy import policy
from election.web.committee import links
from election.web.committee.flow import Answer
from election.web.context import account, memory, place, store
from election.web.hall import beside, blueprint, where
from election.web.hall.blanks import WHO as BLANKS
from election.web.hall.rights import CALLERS, GIVERS, LEAD, SCANS, WATCH, has_role, may
from election.web.hall.sign_in import WHO as DESK
from election.web.hall.simple import SIMPLE, needed
from election.web.shell import link
from election.web.words import _, language
from election.words import acts as said

#: elections that follow the vote, each a step of its own
LATER = {"council.elect": "council", "plenary.elect": "plenary"}


@dataclass(frozen=True)
class Task:
    """One line of the meeting's order."""

    demand: Demand
    #: where this person meets it; empty where they do not
    address: str
    #: verb and object, for the button
    title: str
    #: what is to happen before it: then the button waits and is not filled
    note: str = ""


@dataclass(frozen=True)
class SheetLine:
    """Where one tally sheet stands, and what this person can do about it."""

    office: str
    box: str
    state: str
    words: str
    address: str
    action: str
    #: it waits for this person
    due: bool = False
    #: where this person puts the sheet aside, to be counted again
    recount: str = ""
    note: str = ""


@dataclass(frozen=True)
class ScanLine:
    """Where the scan of one box stands."""

    box: str
    words: str
    sealed: bool
    address: str
    #: verb and object of what a teller does next with it, and where; blank while it is another's turn
    title: str = ""
    act: str = ""


@blueprint.get("/<uuid:election>")
@policy(at="election", roles=WATCH)
def home(election: UUID) -> Answer:
    world = place().world
    facts = world.election
    tasks = {name: _tasks(world, name) for name in ("meeting", "ballot", "hands", "council", "plenary")}
    lines, closed, waiting = sheet_lines(world), _closed_boxes(facts.round), _not_yet(world)
    scanned, signed_in = _scan_lines(world), _signed_in(world)
    return render_template(
        "web/hall/home.html",
        facts=facts,
        meeting=facts.meeting or Meeting(1),
        this=facts.round,
        needed=needed(world),
        tasks=tasks,
        lines=lines,
        following=None if waiting else _next(world, tasks, lines, closed, scanned, signed_in),
        waiting=waiting,
        closed_boxes=closed,
        stations=_stations(world),
        mixing=mixing_address(world),
        size=facts.size,
        staff=has_role(place(), LEAD | GIVERS),
        blanks=has_role(place(), BLANKS),
        scans=scanned,
        signed_in=signed_in,
        recount=url_for("hall.recount", election=facts.id) if facts.recount_packs and facts.round else "",
        desk=has_role(place(), DESK),
        printer=has_role(place(), PRESIDING),
        wall=link("hall.wall", election=facts.id),
        calling=url_for("hall.calling", election=facts.id) if place().role in CALLERS else "",
        council=_open_to(world, "council", "council.elect"),
        plenary=_open_to(world, "plenary", "plenary.elect"),
        vacancy=_vacancy(world),
        chair=may(place(), "result.announce"),
        round_words=round_words,
    )


@blueprint.get("/<uuid:election>/sheets")
@policy(at="election", roles=WATCH)
def sheets_state(election: UUID) -> Answer:
    """The states of the sheets alone, for a page that stays open; nothing while nothing has changed."""
    world = place().world
    if request.args.get("seen") == str(world.election.size):
        return make_response("", 204)
    return render_template(
        "web/hall/_sheets.html", facts=world.election, lines=sheet_lines(world), size=world.election.size
    )


# --- the stations ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StationLine:
    """One station of the round that stands: who has come so far, and what this person can do there."""

    station: Station
    boxes: list[str]
    poll: Poll | None
    address: str
    action: str


def _stations(world: World) -> list[StationLine]:
    facts, this = world.election, world.election.round
    if not facts.at_stations or this is None:
        return []
    found = []
    for name, station in facts.stations.items():
        poll = this.polls.get(name)
        code = "" if poll is not None and poll.closed else "polling.open" if poll is None else "polling.close"
        doable = bool(code) and facts.prepared and this.account is None and may(place(), code)
        address = url_for("hall.act", election=facts.id, code=code, station=name) if doable else ""
        boxes = [box for box, at in this.stations.items() if at == name]
        found.append(StationLine(station, boxes, poll, address, said.act_title(code, language()) if doable else ""))
    return found


def mixing_address(world: World) -> str:
    """Where a box is poured into another: between the close of the polls and the account of ballots."""
    facts, this = world.election, world.election.round
    now = this is not None and len(this.boxes) > 1 and this.account is None and facts.poll_closed()
    return url_for("hall.act", election=facts.id, code="tally.mix") if now and may(place(), "tally.mix") else ""


def _carried_alone(world: World) -> bool:
    """Whether a mobile box has still to be poured into a station's."""
    facts, this = world.election, world.election.round
    if this is None or len(this.boxes) < 2 or facts.law.get("boxes.count_min") is None:
        return False
    at = (facts.stations.get(this.stations.get(box, "")) for box in this.boxes)
    return any(station is not None and station.mobile for station in at)


# --- the order of the meeting ----------------------------------------------------------------------------------------


def _step(facts: Election, name: str) -> str:
    """The step of this election by its short name, where it runs; else blank."""
    rules = {s.name: s for s in facts.law.steps}
    found = full_names(facts, name)
    return found[0] if found and runs(facts, rules[found[0]]) else ""


def _tasks(world: World, name: str) -> list[Task]:
    step = _step(world.election, name)
    if not step:
        return []
    found = list(demands(world, step))
    if name == "ballot":
        found = _with_boxes(world.election.round, found)
    return [Task(d, _address(world, d), _title(d)) for d in found]


def _title(demand: Demand) -> str:
    """Verb and object of what meets a demand: 公布选举结果, 清点选票."""
    notice = demand.code.removeprefix("notice.posted.") if demand.act == "notice.post" else ""
    return said.act_title(demand.act, language(), notice=notice) if demand.act else ""


def _with_boxes(this: Round | None, found: list[Demand]) -> list[Demand]:
    """Every round has its boxes closed, after its ballots are released."""
    if this is None or (this.number == 1 and not this.revote):
        return found
    boxes = Demand("prepare.boxes", bool(this.boxes), act="prepare.boxes")
    return [*found[:1], boxes, *found[1:]]


def _address(world: World, demand: Demand) -> str:
    """Where this person meets a demand; empty where it is met, or another's."""
    code, election = demand.act, world.election.id
    if demand.met or not code or not may(place(), code):
        return ""
    if code in LATER:
        return _open_to(world, LATER[code], code)
    if demand.code in ("meeting.quorum", "polling.quorum") or code in SIMPLE:
        return url_for("hall.act", election=election, code=code)
    pages = {"ballot.account": "hall.paper_account", "result.announce": "hall.announce", "hands.record": "hall.hands"}
    if code in pages:
        return url_for(pages[code], election=election)
    if code in ("recount.draw", "recount.record", "recount.explain"):
        return url_for("hall.recount", election=election)
    if code in ("tally.sign", "scan.close"):
        return ""  # sheets and boxes themselves are listed
    return links.mend(demand, world, place().role)


def _not_yet(world: World) -> list[tuple[str, Sequence[Demand]]]:
    """Steps before the meeting that are not done, with what they lack."""
    step = _step(world.election, "meeting")
    return [(name, missing(world, name)) for name in before(world, step)] if step else []


def _open_to(world: World, name: str, act: str) -> str:
    """Address of the form of a later election of the meeting, once it is its turn and this person's."""
    step = _step(world.election, name)
    if not step or status(world, step) != Status.OPEN or not may(place(), act):
        return ""
    if act == "council.elect":
        return url_for("hall.council", election=world.election.id)
    return url_for("hall.act", election=world.election.id, code=act)


def _vacancy(world: World) -> str:
    """Where seats may be left open: a further round is waiting and nothing of it has begun."""
    facts, this = world.election, world.election.round
    waiting = this is not None and len(facts.rounds) > 1 and this.answer is None
    begun = this is not None and (this.account is not None or this.hands is not None)
    if not waiting or begun or this is None or (this.number == 1 and not this.revote):
        return ""
    code = "result.leave_vacant"
    return url_for("hall.act", election=facts.id, code=code) if may(place(), code) else ""


def round_words(this: Round) -> str:
    if this.revote:
        return _("重新投票")
    return _("第{number}轮投票", number=this.number)


# --- the sheets ------------------------------------------------------------------------------------------------------


def _closed_boxes(this: Round | None) -> list[tuple[int, str]]:
    """Boxes that can be opened now, by whoever opens them: (place, name)."""
    if this is None or this.account is None or not may(place(), "tally.open_box"):
        return []
    return [(n, box) for n, box in enumerate(this.boxes, 1) if box not in this.opened]


def sheet_lines(world: World) -> list[SheetLine]:
    """Every contest and box of the round that stands."""
    this = world.election.round
    if this is None or this.method != "ballot":
        return []
    return [
        _sheet_line(world, this, contest.id, contest.office, number, box)
        for number, box in enumerate(this.boxes, 1)
        for contest in this.contests
    ]


def _sheet_line(world: World, this: Round, contest: str, office: str, number: int, box: str) -> SheetLine:
    sheet = this.sheets.get((contest, box))
    state = where.state(sheet)
    words = where.state_words(sheet) if box in this.opened or sheet is not None else _("未开箱")
    scanned = beside.state(world, contest, box) if state != "signed" else ""
    if scanned in BESIDE:
        sealed = scanned == "missing" and box in this.scans
        words = _("两人录入一致，待本箱其他计票单录完") if sealed else _(BESIDE[scanned])
    endpoint, action, due = _action(this, sheet, state, box, scanned)
    address = url_for(endpoint, election=world.election.id, contest=contest, box=number) if endpoint else ""
    recount = ""
    if state == "one" and may(place(), "tally.restart") and this.answer is None:
        recount = url_for("hall.act", election=world.election.id, code="tally.restart", contest=contest, n=number)
    return SheetLine(office, box, "differ" if scanned == "differs" else state, words, address, action, due, recount)


#: a sheet on which both hands agree, by what keeps it from being signed
BESIDE: dict[str, str] = {"missing": "两人录入一致，待扫描核对", "differs": "扫描与手工不同，待查明"}


def _action(this: Round, sheet: Sheet | None, state: str, box: str, scanned: beside.State) -> tuple[str, str, bool]:
    """``(endpoint, words, due)`` of what this person does about a sheet; blank where it is another's turn."""
    own = account().id
    entered = sheet is not None and own in sheet.commitments
    if state in ("nothing", "one"):
        if place().role != Role.TELLER or box not in this.opened or this.answer is not None:
            return "", "", False
        return ("hall.tally", _("等待第二人录入"), False) if entered else ("hall.tally", _("录入计票单"), True)
    if state == "differ":
        third = may(place(), "tally.resolve") and not entered
        return "hall.differences", _("核定不同之处") if third else _("查看不同之处"), third
    if scanned == "differs" and may(place(), "scan.explain") and this.answer is None:
        return "hall.sign_sheet", _("查明扫描与手工的不同"), True
    signs = may(place(), "tally.sign") and sheet is not None and own not in sheet.signatures and this.answer is None
    signs = signs and state != "signed" and scanned not in BESIDE
    return "hall.sign_sheet", _("签署计票单") if signs else _("查看计票单"), signs


def _scan_lines(world: World) -> list[ScanLine]:
    """Every box that a scanner reads, for those who work with it."""
    facts, this = world.election, world.election.round
    if this is None or this.method != "ballot" or facts.counting == "hand" or not has_role(place(), SCANS):
        return []
    found = []
    for number, box in enumerate(this.boxes, 1):
        at = url_for("hall.scan", election=facts.id, box=number)
        words, title, sealed = _("未开箱"), "", box in this.scans
        if sealed:
            words = _("扫描结果已封存")
        elif box in this.opened:
            words, title = _scan_state(world, box)
        entered = any(account().id in sheet.commitments for (_c, b), sheet in this.sheets.items() if b == box)
        turn = place().role == Role.TELLER and not (entered and facts.counting == "scan") and this.answer is None
        act = url_for("hall.scan_close", election=facts.id, box=number) if title == SEAL else at
        found.append(ScanLine(box, words, sealed, at, _(title) if title and turn else "", act))
    return found


SCAN, SEAL = "扫描这一箱", "封存扫描结果"


def _scan_state(world: World, box: str) -> tuple[str, str]:
    """Of an open box that is not sealed: how far its scan is, and what a teller does next, if anything."""
    log, number = place().log, len(world.election.rounds)
    if packs.being_read(memory(), log, number, box):
        return _("正在读票"), ""
    with store().read() as session:
        there = packs.packs_of(store(), session, log, number, box)
        _total, left = doubts.left(store(), session, world, log, box)
        against = scans.closing_demands(store(), session, memory(), world, log, box)
    if not there:
        return _("待扫描"), SCAN
    read = sum(pack.size for pack in there)
    if any(d.code != "scan.doubts" for d in against):
        return _("已读 {count} 张，张数待核对", count=read), SCAN
    if left:
        return _("已读 {count} 张，待认定疑票 {left} 处", count=read, left=left), ""
    return _("已读 {count} 张，待封存", count=read), "" if against else SEAL


def _signed_in(world: World) -> int:
    """How many have signed in so far, while the sign-in is not closed."""
    with store().read() as session:
        return len(signing_in.present(session, place().log))


def _doubted(world: World) -> Task | None:
    """A doubtful mark waits for this person."""
    if world.election.counting == "hand" or not has_role(place(), ADJUDICATES):
        return None
    with store().read() as session:
        waits = doubts.next_for(store(), session, world, place().log, account().id)
    at = url_for("hall.adjudicate", election=world.election.id)
    return Task(Demand("scan.doubts", False), at, _("认定疑票")) if waits is not None else None


def _called(world: World) -> Task | None:
    """What the caller does while sheets are open: open the wall, call ballots onto it."""
    this = world.election.round
    if place().role != Role.CALLER or this is None or not this.opened or this.answer is not None:
        return None
    open_ = walls.code_of(memory(), world, place().log)
    at = url_for("hall.calling" if open_ else "hall.wall", election=world.election.id)
    return Task(Demand("tally.signed", False), at, _("唱票") if open_ else _("打开唱票大屏"))


def _counting(
    world: World, lines: Sequence[SheetLine], closed: Sequence[tuple[int, str]], scanned: Sequence[ScanLine]
) -> Task | SheetLine | None:
    """While sheets are not signed: a doubt, a box to open, a scan or a sheet of one's own, the calling."""
    if doubted := _doubted(world):
        return doubted
    if closed:
        return _opening(closed[0][0])
    line = next((line for line in lines if line.due), None)
    scan = next((Task(Demand("scan.closed", False), s.act, s.title) for s in scanned if s.title), None)
    return (scan or line if world.election.counting == "scan" else line or scan) or _called(world)


def _sign_in(due: Task, signed_in: int) -> Task:
    """Sign-in is not closed before anybody came; who sits at the desk signs people in until then."""
    if has_role(place(), DESK) and place().role == Role.DESK_CLERK:
        return Task(due.demand, url_for("hall.sign_in", election=place().election), _("签到"))
    note = "" if signed_in else _("正在签到，还没有人签到。签到结束再截止；不用签到页的，截止时填实到人数。")
    return Task(due.demand, due.address, due.title, note)


def _next(
    world: World,
    tasks: dict[str, list[Task]],
    lines: Sequence[SheetLine],
    closed: Sequence[tuple[int, str]],
    scanned: Sequence[ScanLine],
    signed_in: int,
) -> Task | SheetLine | None:
    """The one filled button of the page: what is due now, if it is this person's."""
    for name in ("meeting", "ballot", "hands", "council", "plenary"):
        due = next((t for t in tasks[name] if not t.demand.met), None)
        if due is None:
            continue
        if due.demand.act == "ballot.account" and _carried_alone(world):
            mixing = mixing_address(world)  # a carried box is never counted alone: without this the account is refused
            return Task(due.demand, mixing, said.act_title("tally.mix", language())) if mixing else None
        if due.demand.act == "meeting.sign_in" and due.address:
            return _sign_in(due, signed_in)
        if due.demand.code != "tally.signed":
            return due if due.address else None
        return _counting(world, lines, closed, scanned)
    return None


def _opening(number: int) -> Task:
    code = "tally.open_box"
    address = url_for("hall.act", election=place().election, code=code, n=number)
    return Task(Demand("tally.box-open", False, act=code), address, said.act_title(code, language()))
