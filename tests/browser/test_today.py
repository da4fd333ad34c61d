"""Today's law through the pages: all voters, at two stations and with a mobile box, proxies with their list, joint vetting.

What the laws of 2010 and of today have in common before the candidates are vetted (roll, seats, nomination) is told by
acts, as the sample tells it; through the pages it is told in ``test_turnover``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask

from election.acts import accounts
from election.demo import story, today, whole
from election.demo.party import party_nomination, party_roll
from election.demo.today import BOXES, FIRST, MOBILE, SECOND
from election.store.database import Store
from election.verify.run import verify
from election.web import create_app

from . import turnover_vote as vote
from .driving import Clock, Election, Hall
from .turnover import BOARD, Turnover

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = pytest.mark.browser
Serve = Callable[[Flask], str]
#: how many signed in at each station
VOTED = {FIRST: 90, SECOND: 40, MOBILE: 2}
BY_PROXY = 2
PEOPLE = {
    "street": "jiedao",
    "org": "zuzhibu",
    "civil": "minzhengju",
    "chair": "zhuren1",
    "lead": "zuzhang1",
    "outgoing": "outgoing1",
    "incoming": "incoming1",
}


class Street:
    """Today's street as acts have told it so far, and then its people at their browsers."""

    def __init__(self, store: Store) -> None:
        self.cast = story.Cast(store, story.Clock())
        accounts.open_office(store, name="sample-office", demonstration=True, now=self.cast.clock.now)
        self.sample = today.begin(self.cast)
        party, residents = whole.community(self.sample, 1)
        whole.handover_people(self.sample, 1)
        self.party, self.residents = Election(party, "party"), Election(residents, "residents")

    def goes_on(self, served: Serve, new_context: Callable[..., BrowserContext]) -> Turnover:
        """From here on through the pages."""
        clock = Clock(self.cast.clock.now, today.RESIDENTS_DAY.year)
        hall = Hall(served(create_app(self.cast.store, clock=clock)), clock, new_context)
        told = Turnover(hall, self.cast.store, party=self.party, residents=self.residents, real=False)
        told.days = {"party": today.PARTY_DAY, "residents": today.RESIDENTS_DAY}
        for short, login in PEOPLE.items():
            told.people[short] = hall.person(short, login + today.TAIL, story.PASSWORD)
        told.people["resident"] = hall.person("居民")
        return told

    def free(self, election: Election) -> list[str]:
        """Names that nobody else has, of voters who neither stand nor preside."""
        once = Counter(p.resident.name for p in self.cast.people(election.id))
        return [p.resident.name for p in today.free_voters(self.sample, election.id) if once[p.resident.name] == 1]

    def standing(self, election: Election) -> list[str]:
        facts = self.cast.world(election.id).election
        return [c.name for c in facts.official or facts.prospective]


@pytest.fixture
def street(store: Store) -> Iterator[Street]:
    return Street(store)


def archived(t: Turnover, election: Election, elected: int, folder: Path) -> None:
    """Handed over, inspected, sealed; the bundle from the page of the record verifies."""
    vote.closed(t, election, elected)
    assert verify(vote.taken(t, election, folder), trust=t.store.vault.trust).ok
    assert t.hall.faults == []


# --- the residents' committee ----------------------------------------------------------------------------------------


def vetted(t: Turnover) -> None:
    """Every candidate by every department, from the table of candidates; then the official list."""
    officer, lead = t["street"], t["lead"]
    t.clock.at(10, 2)
    officer.go(f"{t.residents.committee}/candidates")
    links = officer.page.locator("main table").get_by_role("link", name="登记").all()
    addresses = [link.get_attribute("href") or "" for link in links]
    assert len(addresses) == 10
    for address in addresses:
        officer.go(address)
        officer.shows({"held_on": t.clock.today, "document_number": "七联审〔2026〕3号"})
        officer.finish("vetting.record")
    t.clock.at(10, 10)
    lead.takes_up(t.residents, "official", "official.fix", opinion="根据多数选民意见确定")
    lead.takes_up(t.residents, "official", "notice.post", query="kind=official_list", place=BOARD)


def absent(t: Turnover, free: list[str]) -> None:
    """Two give proxies to one and two ask for the mobile box; the list of proxies is posted."""
    lead = t["lead"]
    t.clock.at(10, 11)
    for principal in free[1:3]:
        lead.go(f"{t.residents.committee}/absent")
        lead.follow("登记委托投票")
        lead.shows({"principal": principal, "proxy": free[0], "written": True, "reason": "外出务工"})
        lead.finish("proxy.grant")
    for person in free[3:5]:
        lead.go(f"{t.residents.committee}/absent")
        lead.follow("登记流动票箱申请")
        lead.shows({"person": person, "reason": "行动不便"})
        lead.finish("visit.ask")
    lead.go(f"{t.residents.committee}/absent")
    lead.follow("公布委托投票名单")
    lead.shows({"place": BOARD})
    lead.finish("notice.post")


def prepared(t: Turnover, street: Street, free: list[str]) -> int:
    """Stations with their groups, staff and boxes, the ballots; everything posted. Returns how many ballots there are."""
    lead, election = t["lead"], t.residents
    t.clock.at(10, 12)
    groups = street.sample.street.communities[0].groups
    plans = [  # the form begins with one station for all groups and the mobile box; another station is one more line
        {"name": FIRST, "place": "社区活动中心", "hours": "上午8时至下午3时", "groups": list(groups[:2])},
        {"name": MOBILE, "place": "桂园路各院", "hours": "上午9时至11时"},
        {"name": SECOND, "place": "桂园小学", "hours": "上午8时至下午3时", "groups": list(groups[2:])},
    ]
    lead.takes_up(
        election, "prepare", "prepare.stations", on=today.RESIDENTS_DAY, stations=plans,
        count_place="社区活动中心", count_time="下午3时30分",
    )  # fmt: skip
    lead.takes_up(election, "prepare", "notice.post", query="kind=polling_notice", place=BOARD)
    vote.staffed(t, election, free[5:9])
    others = iter(free[9:])
    for station in VOTED:
        for role in ("scrutineer", "desk_clerk", "desk_clerk"):
            lead.go(f"{election.hall}/staff/new")
            lead.shows({"person": next(others), "role": role, "station": station})
            lead.finish("prepare.staff")
    lead.takes_up(election, "prepare", "notice.post", query="kind=staff_notice", place=BOARD)
    t.clock.at(10, 14)
    printed = street.cast.world(election.id).election.entitled + 10
    lead.takes_up(election, "prepare", "prepare.ballots", printed=printed)
    boxes = [{"id": box, "station": station} for box, station in BOXES.items()]
    lead.takes_up(election, "prepare", "prepare.boxes", boxes=boxes)
    lead.takes_up(election, "prepare", "prepare.complete", venue_ready=True)
    return printed


def polled(t: Turnover) -> None:
    """Every station opens in the morning and closes in the afternoon; then enough have voted."""
    election = t.residents
    t.clock.at(10, 18, 8)
    vote.seated(t, election)
    presider = t["presider"]
    for station, people in VOTED.items():
        presider.act(election.hall, "polling.open", station=station, ballots=people + 10)
    t.clock.at(10, 18, 15)
    for station, people in VOTED.items():
        more = BY_PROXY if station == FIRST else 0
        presider.act(
            election.hall, "polling.close", station=station, in_person=people, by_proxy=more, issued=people + more,
            spoiled=0, unused=10 - more,
        )  # fmt: skip
    presider.next(election, "polling.declare")


def counted(t: Turnover, names: list[str], printed: int) -> None:
    """The mobile box mixed into the first, then each box and contest counted by two; all seats are filled."""
    presider, scrutineer, election = t["presider"], t["scrutineer"], t.residents
    one, two, carried = BOXES
    scrutineer.act(election.hall, "tally.mix", box=carried, into=one)
    held = {one: VOTED[FIRST] + BY_PROXY + VOTED[MOBILE], two: VOTED[SECOND]}
    total = sum(held.values())
    presider.turn(election, "/account")
    presider.shows({"issued": total, "spoiled": 0, "unused": printed - total, "returned": total})
    presider.shows({"box1": held[one], "box2": held[two]})
    presider.press(presider.page.get_by_role("button", name="核对选票张数"))
    presider.press(presider.page.get_by_role("button", name="登记选票张数"))
    assert "选票已清点登记" in presider.said, presider.refusal
    hundredths = [(60, 5), (20, 30), (70, 5), (60, 10), (10, 25), (75, 1), (70, 2), (65, 3), (60, 4), (10, 30)]
    for box in held:
        scrutineer.next(election, "tally.open_box", box=box)
    for returned in held.values():
        votes = {n: (returned * f // 100, returned * a // 100) for n, (f, a) in zip(names, hundredths, strict=True)}
        for _contest in range(3):
            for short in ("teller1", "teller2"):
                vote.enters(t[short], election, returned, 0, votes)
            vote.signed(t, election)
    vote.announced(t, election, "应选名额已选满")
    t["lead"].next(election, "notice.post", place=BOARD)


@pytest.mark.timeout(3600)  # a minute and a half where nothing else runs
def test_the_residents_vote_at_stations(
    street: Street, served: Serve, new_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    today.residents_list(street.sample, street.residents.id)
    free = street.free(street.residents)
    t = street.goes_on(served, new_context)
    vetted(t)
    names = street.standing(t.residents)
    absent(t, free)
    printed = prepared(t, street, free)
    polled(t)
    counted(t, names, printed)
    visitor = t["resident"]
    visitor.go(f"/results/{t.residents.id}")
    assert "各票箱的赞成票" in visitor.text
    t.clock.at(10, 19)
    vote.residents_certified(t, 7)
    archived(t, t.residents, 7, tmp_path)


# --- the party organisation ------------------------------------------------------------------------------------------


@pytest.mark.long  # the same pages as the party's meeting in ``test_turnover``; other numbers
@pytest.mark.timeout(3600)
def test_the_party_members_meet(
    street: Street, served: Serve, new_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    """36 are entitled, and more than half of them is needed whoever is present."""
    sample, party = street.sample, street.party
    party_roll(sample, party.id, 1)
    party_nomination(sample, party.id, 1)
    whole.approve_candidates(sample, party.id, 1)
    free, names = street.free(party), street.standing(party)
    t = street.goes_on(served, new_context)
    t.clock.at(10, 14)
    vote.staffed(t, party, free[:4])
    vote.ready(t, party, 40)
    t.clock.at(10, 16)
    vote.seated(t, party)
    vote.declared(t, party, 32)
    vote.counted(t, party, 32, 7)
    shares = [(30, 0), (29, 1), (28, 1), (26, 2), (24, 3), (16, 10)]
    for short in ("teller1", "teller2"):
        vote.enters(t[short], party, 32, 1, dict(zip(names, shares, strict=True)))
    vote.signed(t, party)
    vote.announced(t, party, "应选名额已选满")
    t["chair"].next(party, "notice.post", place=BOARD)
    vote.party_approved(t, names[0], names[1])
    t.clock.at(10, 19)
    archived(t, party, 5, tmp_path)
