"""The served sample: a street on the fourth of December 2010, its five communities at different steps; and a street
on the morning of its vote under today's law, with a clock of its own.

榆苑 (the whole one) is choosing its prospective candidates; 槐安 has posted its roll; 枣林 had its prospective list
returned; 柳湾 held a meeting to which too few came; 杏坛 waits for the district's approval.
"""

from __future__ import annotations

import importlib
import multiprocessing
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from multiprocessing import connection
from multiprocessing.process import BaseProcess
from typing import TypeVar

from sqlalchemy import event

from election.acts import accounts
from election.demo import today, whole
from election.demo.party import party_approval, party_nomination, party_roll
from election.demo.people import Street, street
from election.demo.residents import (
    residents_council,
    residents_filing,
    residents_nomination,
    residents_official,
    residents_proposals,
    residents_roll,
    residents_seats,
)
from election.demo.story import PASSWORD, PIN, Cast, Clock
from election.demo.whole import DECEMBER, DISTRICT, NOVEMBER, Sample, day
from election.process import campaign, meeting, nomination, objections
from election.process.base import Role
from election.store import places
from election.store.database import Store
from election.store.people import listed
from election.store.settings import set_demonstration_offset
from election.store.worlds import world_of

T = TypeVar("T")
#: the day on which the served sample stands
TODAY = day(DECEMBER, 4)
#: communities whose party votes ahead of the plan, by the plan's days
_AHEAD = {
    day(NOVEMBER, 20): day(NOVEMBER, 15), day(NOVEMBER, 22): day(NOVEMBER, 15), day(NOVEMBER, 26): day(NOVEMBER, 15),
    day(DECEMBER, 1): day(NOVEMBER, 15), day(DECEMBER, 5): day(NOVEMBER, 15), day(DECEMBER, 10): day(NOVEMBER, 20),
    day(DECEMBER, 14): day(NOVEMBER, 22), day(DECEMBER, 20): day(NOVEMBER, 28), day(DECEMBER, 22): day(NOVEMBER, 30),
    day(DECEMBER, 25): day(DECEMBER, 4),
}  # fmt: skip
_EARLY = {
    day(NOVEMBER, 20): day(NOVEMBER, 18), day(NOVEMBER, 26): day(NOVEMBER, 23), day(DECEMBER, 1): day(NOVEMBER, 25),
    day(DECEMBER, 5): day(NOVEMBER, 28), day(DECEMBER, 10): day(DECEMBER, 1), day(DECEMBER, 14): day(DECEMBER, 2),
}  # fmt: skip
AHEAD_DAY = date(2010, 12, 3)
#: who works in a hall: login, name, role
HALL = (
    ("zhuchi", "宋致远", Role.PRESIDER),
    ("fapiao", "田小梅", Role.DESK_CLERK),
    ("changpiao", "夏志明", Role.CALLER),
    ("jipiao1", "董晓燕", Role.TELLER),
    ("jipiao2", "程立新", Role.TELLER),
    ("jianpiao1", "蒋德福", Role.SCRUTINEER),
    ("caijue", "袁淑芬", Role.ADJUDICATOR),
)


@dataclass(frozen=True)
class Visitor:
    """An account to look around with."""

    role: str
    login: str
    password: str
    place: str


def begin(store: Store, *, people: Street | None = None) -> Sample:
    """Open the office as a demonstration, and the street's campaign."""
    sample = Sample(_opened(store), people or street())
    whole.plan(sample)
    return sample


def _opened(store: Store) -> Cast:
    """An office opened as a demonstration, and nobody in it yet."""
    cast = Cast(store, Clock())
    accounts.open_office(store, name="sample-office", demonstration=True, now=cast.clock.now)
    return cast


def fill(store: Store, *, with_today: bool = False) -> list[Visitor]:
    """Fill an empty store, ``with_today`` with the street of today's law too. Returns one account per role of each."""
    sample = begin(store)
    logs = {number: whole.community(sample, number) for number in range(1, 6)}
    for number in (4, 5):
        sample.calendars[number] = _AHEAD
        sample.cast.do(
            sample.campaign,
            "street",
            campaign.ChangeDay(
                community=f"c{number}",
                body="party",
                day=AHEAD_DAY,
                reason="社区党组织负责人调离,经街道工委同意提前选举",
            ),
        )
    sample.calendars[3] = _EARLY

    def choosing() -> list[Visitor]:
        _choosing(_apart(sample), 1, *logs[1])
        return _today(_apart(sample)) if with_today else []

    def others() -> list[Visitor]:
        _posted(_apart(sample), 2, *logs[2])
        _returned(_apart(sample), 3, *logs[3])
        _ahead(_apart(sample), {n: logs[n][0] for n in (4, 5)})
        return []

    of_today, _ = _together(store, choosing, others)
    sample.cast.clock.at(TODAY, 8)
    return _visitors(sample, logs[1]) + of_today


def _today(sample: Sample) -> list[Visitor]:
    """A street that votes under today's law, on the morning of its vote: the stations are about to open."""
    shared = {short: sample.cast.accounts[short] for short in ("admin", "org", "civil")}
    cast = Cast(sample.cast.store, Clock(sample.cast.clock.now), shared, dict(sample.cast.seeds))
    told = today.begin(cast)
    party_log, residents_log = whole.community(told, 1)
    cast.do(
        told.campaign,
        "street",
        campaign.ChangeDay(
            community="c1", body="party", day=today.RESIDENTS_DAY + timedelta(days=7), reason="安排在居委会选举以后"
        ),
    )
    started = cast.clock.now
    party_roll(told, party_log, 1)
    party_nomination(told, party_log, 1)
    cast.clock.now = started
    today.residents_list(told, residents_log)
    whole.approve_candidates(told, residents_log, 1)
    residents_official(told, residents_log, 1)
    today.absent_voters(told, residents_log)
    today.prepared(told, residents_log)
    path, chair = told.path(1), cast.actor("chair1")
    for login, name, role in HALL:
        if login in ("zhuchi", "fapiao", "caijue"):
            cast.join(login, login, name, role, path, by=chair, election=residents_log, password=PIN)
    shown = [
        "street",
        "chair1",
        "lead1",
        "registrar1",
        "zhuchi",
        "fapiao",
        "teller1",
        "teller2",
        "scrutineer1",
        "caijue",
    ]
    places = {path: told.street.communities[0].name, told.path(): told.street.name}
    chosen = [cast.accounts[short] for short in shown]
    return [Visitor(a.role, a.login, PIN if a.election else PASSWORD, places[a.scope]) for a in chosen]


def _choosing(sample: Sample, number: int, party: str, residents: str) -> None:
    """Both elections of the whole community, at their prospective lists; the residents' lacks a deputy candidate."""
    cast, lead = sample.cast, f"lead{number}"
    residents_roll(sample, residents, number)
    party_roll(sample, party, number)
    party_nomination(sample, party, number, until_posted=True)
    residents_seats(sample, residents, number)
    proposed = residents_proposals(sample, residents, number)
    last = next(person for person, office in reversed(proposed) if office == "deputy")
    cast.clock.at(day(DECEMBER, 3))
    cast.do(
        residents,
        lead,
        nomination.WithdrawProposal(person=last.person, office="deputy", reason="本人书面要求不作为人选"),
    )


def _posted(sample: Sample, number: int, party: str, residents: str) -> None:
    residents_roll(sample, residents, number)
    party_roll(sample, party, number)
    sample.cast.clock.at(TODAY, 7)
    objection = objections.FileObjection(
        kind="roll_missing",
        about="丁某",
        text="本人居住在槐安路,名单上没有我的名字。",
        by="丁某",
        contact="00000000000",
    )
    sample.cast.do(residents, f"registrar{number}", objection)


def _returned(sample: Sample, number: int, party: str, residents: str) -> None:
    party_roll(sample, party, number)
    party_nomination(sample, party, number)
    whole.approve_candidates(sample, party, number, approve=False)
    residents_roll(sample, residents, number)


def _ahead(sample: Sample, logs: dict[int, str]) -> None:
    """Two parties that vote on 3 December: one meeting is void, the other's result waits for approval."""
    for tell in (party_roll, party_nomination):
        for number, log in logs.items():
            tell(sample, log, number)
    for number, log in logs.items():
        whole.approve_candidates(sample, log, number)
    for number, log in logs.items():
        whole.hall(sample, log, number, "party")
        halls = {k: v for k, v in sample.cast.accounts.items() if k.startswith(("scrutineer", "teller"))}
        for short, account in halls.items():
            sample.cast.accounts[f"{short}-{number}"] = account
            sample.cast.seeds[f"{short}-{number}"] = sample.cast.seeds[short]
    void, waiting = logs
    cast, lead = sample.cast, f"chair{void}"
    cast.clock.at(AHEAD_DAY)
    entitled = cast.world(logs[void]).election.entitled
    cast.do(logs[void], lead, meeting.OpenMeeting(place="社区活动室"))
    cast.do(logs[void], lead, meeting.CloseSignIn(present=entitled * 4 // 5))
    cast.do(logs[void], lead, meeting.VoidMeeting(reason="到会人数未超过应到会人数的五分之四,另行召集"))
    for short in ("scrutineer1", "scrutineer2", "teller1", "teller2"):
        cast.accounts[short] = cast.accounts[f"{short}-{waiting}"]
        cast.seeds[short] = cast.seeds[f"{short}-{waiting}"]
    present = cast.world(logs[waiting]).election.entitled
    whole.hold_meeting(sample, logs[waiting], waiting, "party", present)
    shares = [(present - 2 - i, 1) for i in range(5)] + [(2, present - 4)]
    whole.vote(sample, logs[waiting], waiting, "party", {"member": shares})
    party_approval(sample, logs[waiting], waiting, until_submitted=True)


def _visitors(sample: Sample, logs: tuple[str, str]) -> list[Visitor]:
    """One account per role, those of the hall for the whole community's two elections."""
    cast, community = sample.cast, sample.street.communities[0].name
    path = sample.path(1)
    chair = cast.actor("chair1")
    for short, name, role in (
        ("weiyuan1", "罗明华", Role.COMMITTEE_MEMBER),
        ("zuyuan1", "沈秀兰", Role.LEADING_MEMBER),
        ("shangjie1", "邱国栋", Role.OUTGOING),
        ("xinjie1", "乔丽萍", Role.INCOMING),
        ("guancha1", "贺文彬", Role.OBSERVER),
    ):
        cast.join(short, short, name, role, path, by=chair)
    for log, tail in zip(logs, ("dang", "ju"), strict=True):
        for login, name, role in HALL:
            cast.join(f"{login}-{tail}", f"{login}-{tail}", name, role, path, by=chair, election=log, password=PIN)
    shown = [
        "admin",
        "org",
        "civil",
        "street",
        "chair1",
        "weiyuan1",
        "lead1",
        "zuyuan1",
        "registrar1",
        "shangjie1",
        "xinjie1",
        "guancha1",
    ]
    shown += [f"{login}-{tail}" for tail in ("dang", "ju") for login, _, _ in HALL]
    places = {path: community, sample.path(): sample.street.name, DISTRICT: "七里河区", "": ""}
    chosen = [cast.accounts[short] for short in shown]
    return [Visitor(a.role, a.login, PIN if a.election else PASSWORD, places[a.scope]) for a in chosen]


def resident(store: Store) -> Visitor:
    """Somebody on a posted roll, to ask "am I registered" with: the name, and the last six of the identity number."""
    with store.read() as session:
        log = next(log for log in places.below(session, "election", DISTRICT) if log.body == "residents")
        known = [p.resident for p in listed(store, session, log.id) if p.status == "registered"]
        named = Counter(r.name for r in known)
        found = next(r for r in known if r.id_number and named[r.name] == 1)
        community = world_of(store, session, log.id).election.community_name
    return Visitor(Role.VOTER, found.name, found.id_number[-6:], community)


def to_end(store: Store, law: str = "2010") -> list[dict[str, str]]:
    """A whole community from an empty store to the archive, under the law of ``2010`` or of ``today``: its two elections."""
    sample = begin(store) if law == "2010" else today.begin(_opened(store))
    party, residents = {"2010": (_party, _residents), "today": (_party_of_today, _residents_of_today)}[law]
    party_log, residents_log = whole.community(sample, 1)
    whole.handover_people(sample, 1)
    _together(store, partial(party, _apart(sample), party_log), partial(residents, _apart(sample), residents_log))
    name = sample.street.communities[0].name
    return [
        {"id": log, "community": name, "body": body}
        for body, log in (("party", party_log), ("residents", residents_log))
    ]


def _together(store: Store, *stories: Callable[[], T]) -> list[T]:
    """Tell stories that share nothing but the office and the campaign, each in a process of its own."""
    importlib.import_module("weasyprint")  # once, before the processes part
    store.close()  # a connection is never shared between processes
    fork = multiprocessing.get_context("fork")
    ends = [fork.SimpleQueue() for _ in stories]
    tellers = [
        fork.Process(target=lambda story=story, end=end: end.put(story()))
        for story, end in zip(stories, ends, strict=True)
    ]
    if store.engine.dialect.name == "sqlite":  # they take turns at one file, and a busy machine makes a turn long
        event.listen(store.engine, "connect", lambda raw, _: raw.execute("PRAGMA busy_timeout=600000").close())
    for teller in tellers:
        teller.start()
    telling: dict[object, BaseProcess] = {teller.sentinel: teller for teller in tellers}
    while telling:
        for ended in connection.wait([teller.sentinel for teller in telling.values()]):
            done = telling.pop(ended)
            done.join()  # else whoever is forked from here on joins it at its own end
            if done.exitcode:
                for other in telling.values():
                    other.terminate()
                raise RuntimeError("a story of the sample did not reach its end")
    return [end.get() for end in ends]


def _apart(sample: Sample) -> Sample:
    """The same sample with its own clock and its own cast."""
    cast = sample.cast
    return replace(
        sample, cast=replace(cast, clock=Clock(cast.clock.now), accounts=dict(cast.accounts), seeds=dict(cast.seeds))
    )


def _party(sample: Sample, log: str) -> None:
    party_roll(sample, log, 1)
    party_nomination(sample, log, 1)
    whole.approve_candidates(sample, log, 1)
    whole.hall(sample, log, 1, "party")
    whole.hold_meeting(sample, log, 1, "party", 75)
    whole.vote(sample, log, 1, "party", {"member": [(70, 2), (68, 3), (66, 1), (60, 8), (55, 12), (30, 40)]})
    party_approval(sample, log, 1)
    whole.close(sample, log, 1, "party")


def _residents(sample: Sample, log: str) -> None:
    residents_roll(sample, log, 1)
    residents_seats(sample, log, 1)
    residents_nomination(sample, log, 1)
    whole.approve_candidates(sample, log, 1)
    residents_official(sample, log, 1)
    whole.hall(sample, log, 1, "residents")
    whole.hold_meeting(sample, log, 1, "residents", 50)
    whole.vote(
        sample,
        log,
        1,
        "residents",
        {
            "chair": [(35, 10), (12, 30)],
            "deputy": [(40, 5), (33, 10), (20, 25)],
            "member": [(45, 1), (44, 2), (40, 3), (39, 4), (15, 30)],
        },
    )
    residents_council(sample, log, 1)
    residents_filing(sample, log, 1)
    whole.close(sample, log, 1, "residents")


def _party_of_today(sample: Sample, log: str) -> None:
    """36 are entitled; more than half of them is needed, whoever is present."""
    party_roll(sample, log, 1)
    party_nomination(sample, log, 1)
    whole.approve_candidates(sample, log, 1)
    whole.hall(sample, log, 1, "party")
    whole.hold_meeting(sample, log, 1, "party", 32)
    whole.vote(sample, log, 1, "party", {"member": [(30, 0), (29, 1), (28, 1), (26, 2), (24, 3), (16, 10)]})
    party_approval(sample, log, 1)
    whole.close(sample, log, 1, "party")


def _residents_of_today(sample: Sample, log: str) -> None:
    today.residents_list(sample, log)
    whole.approve_candidates(sample, log, 1)
    residents_official(sample, log, 1)
    today.absent_voters(sample, log)
    today.prepared(sample, log)
    today.residents_vote(sample, log)
    residents_filing(sample, log, 1)
    whole.close(sample, log, 1, "residents")


def stand(store: Store, now: datetime) -> None:
    """Move the demonstration's clock to the served sample's morning, and that of today's street to its own."""
    for day_of, hour, street_of in ((TODAY, 9, ""), (today.RESIDENTS_DAY, 7, f"{DISTRICT}/{today.STREET}")):
        clock = Clock()
        clock.at(day_of, hour)
        set_demonstration_offset(store, clock.now - now, street_of)
