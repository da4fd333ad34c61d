"""Two meetings of one small community, told up to the vote: the party's by ballot, the residents' by show of hands."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from functools import cached_property
from pathlib import Path

import pytest
from flask import Flask

from election.acts import accounts
from election.demo import whole
from election.demo.party import party_nomination, party_roll
from election.demo.people import street
from election.demo.residents import residents_official, residents_proposals, residents_roll, residents_seats
from election.demo.story import PASSWORD, PIN, Cast, Clock
from election.process import nomination, notices, preparation
from election.process.base import HALL, Role
from election.process.facts import Election, Round
from election.process.world import World
from election.store import sessions
from election.store.accounts import by_login
from election.store.database import Store
from election.store.home import Home
from election.store.people import Listed, listed
from election.store.worlds import world_of
from election.web import create_app

from .. import engines
from ..once import once
from .committee_town import Browser, Page

__all__ = ["PASSWORD", "PIN", "Browser", "Hall", "Once", "Page", "before", "hall", "hall_once", "twin"]

#: the box of the story
BOX = "1号票箱"
#: of the 21 members entitled so many are there
PRESENT = 20
#: two sheets of six candidates, (for, against) each, of 19 valid ballots; a name that nobody bears
VOTES = [(18, 1), (17, 2), (16, 1), (15, 3), (14, 2), (3, 11)]
OTHER = [(13, 4), (12, 2), (11, 5), (10, 6), (9, 7), (8, 0)]
WRITTEN = "欧阳测写"
#: everybody who can look into the hall
LOGINS = (
    "observer", "chair", "registrar", "jiedao", "zuzhibu", "minzhengju", "teller1", "teller2", "teller3", "scrutineer1",
    "scrutineer2", "caller1", "adjudicator1", "presider1", "desk_clerk1",
)  # fmt: skip


@dataclass
class Hall:
    """The party's election of c5 at its vote (``log``), the residents' at theirs (``residents``)."""

    store: Store
    now: datetime
    log: str
    residents: str
    #: browsers by login, each kept
    open: dict[str, Browser] = field(default_factory=dict)

    @cached_property
    def app(self) -> Flask:
        made = create_app(self.store, clock=lambda: self.now, testing=True)
        made.config["WTF_CSRF_ENABLED"] = False
        return made

    def world(self, log: str = "") -> World:
        with self.store.read() as session:
            return world_of(self.store, session, log or self.log)

    @property
    def facts(self) -> Election:
        return self.world().election

    @property
    def this(self) -> Round:
        found = self.facts.round
        assert found is not None
        return found

    def people(self, log: str = "") -> list[Listed]:
        with self.store.read() as session:
            return sorted(listed(self.store, session, log or self.log), key=lambda p: (p.resident.name, p.person))

    def browser(self, login: str) -> Browser:
        """A browser in which this account is signed in."""
        if login not in self.open:
            client = self.app.test_client()
            found = by_login(self.store, login)
            assert found is not None, login
            client.set_cookie("sid", sessions.open_session(self.store, found, self.now))
            self.open[login] = Browser(client)
        return self.open[login]

    def at(self, path: str = "", log: str = "") -> str:
        return f"/h/{log or self.log}{path}"

    # --- a teller's sheet --------------------------------------------------------------------------------------------

    def sheet(self, votes: Sequence[tuple[int, int]], *, invalid: int = 1, **changes: str) -> dict[str, object]:
        """What the form sends: (for, against) of each candidate in ballot order, who is left abstains."""
        from election.web.hall.sheets import lines_of

        this = self.this
        contest = this.contests[0]
        assert this.account is not None
        returned = int(this.account["returned"])
        valid = returned - invalid
        typed: dict[str, object] = {
            "stamp": f"{len(self.facts.rounds)}.{self.restarts}",
            "returned": str(returned),
            "valid": str(valid),
            "invalid": str(invalid),
        }
        lines = lines_of(this, contest, self.facts.law)
        assert len(lines) == len(votes)
        for at, (for_, against) in enumerate(votes):
            typed |= {
                f"r.{at}.for": str(for_),
                f"r.{at}.against": str(against),
                f"r.{at}.abstain": str(valid - for_ - against),
            }
        return typed | {name.replace("__", "."): value for name, value in changes.items()}

    @property
    def restarts(self) -> int:
        sheet = self.this.sheets.get((self.this.contests[0].id, BOX))
        return sheet.restarts if sheet else 0

    @property
    def tally(self) -> str:
        return self.at(f"/tally/{self.this.contests[0].id}/1")

    def enter(self, teller: str, typed: dict[str, object]) -> Page:
        """Typed, read back, sealed. Returns the page on which a teller stands then."""
        browser = self.browser(teller)
        answer = browser.post(self.tally, {**typed, "_go": "next"})
        assert answer.status == 302, answer.summary
        read_back = browser.get(self.tally + "/confirm")
        answer = browser.post(self.tally + "/confirm", {"seen": read_back.value("seen"), "sign_password": PIN})
        assert answer.status == 302, answer.summary
        return browser.get(self.tally)

    def counted(self, typed: dict[str, object]) -> None:
        """Both tellers enter the same sheet."""
        for teller in ("teller1", "teller2"):
            self.enter(teller, typed)

    def signed(self) -> None:
        address = self.at(f"/sign/{self.this.contests[0].id}/1")
        for who in ("teller1", "teller2", "scrutineer1"):
            page = self.browser(who).get(address)
            answer = self.browser(who).post(address, {"seen": page.value("seen"), "sign_password": PIN})
            assert answer.status == 302, answer.summary

    def announced(self, **more: str) -> Page:
        page = self.browser("chair").get(self.at("/announce"))
        sent: dict[str, object] = {"seen": page.value("seen"), "sign_password": PASSWORD}
        return self.browser("chair").post(
            self.at("/announce"), sent | {k.replace("__", "."): v for k, v in more.items()}
        )

    def accounted(self, issued: int = PRESENT, returned: int = PRESENT, **more: str) -> Page:
        this = self.this
        assert this.printed is not None
        numbers = {"issued": issued, "returned": returned, "spoiled": 1, "unused": this.printed - issued - 1}
        sent: dict[str, object] = {k: str(v) for k, v in numbers.items()} | more
        return self.browser("chair").post(self.at("/account"), {**sent, "_go": "do"})

    def opened(self) -> None:
        """Ballots accounted for, the box open."""
        assert self.accounted().status == 302
        address = self.at("/act/tally.open_box?n=1")
        sent: dict[str, object] = {"box": BOX, "_go": "do", "sign_password": PIN}
        assert self.browser("scrutineer1").post(address, sent).status == 302


def _hands(sample: whole.Sample, log: str, number: int) -> None:
    """As many candidates as seats, and most agree to a show of hands (S-14)."""
    cast, lead = sample.cast, f"lead{number}"
    proposed = residents_proposals(sample, log, number)
    seats = {c.id: c.seats for c in cast.world(log).election.contests}
    slots = [
        nomination.Slot(person=person.person, office=office)
        for office, count in seats.items()
        for person, _office in [p for p in proposed if p[1] == office][:count]
    ]
    sample.turn(number, 12, 1)
    cast.do(log, lead, nomination.FixProspective(candidates=tuple(slots), method="hands"))
    cast.do(log, lead, notices.PostNotice(kind="prospective_list", place="社区宣传栏"))
    sample.turn(number, 12, 5)
    cast.do(log, lead, nomination.AskAgreement(asked_whom="groups", how="小组会议", asked=3, agreed=3))
    cast.do(log, lead, nomination.ReportProspective())
    whole.approve_candidates(sample, log, number)
    residents_official(sample, log, number)


def staff(
    sample: whole.Sample, log: str, number: int, lead: str, logins: str = "", *, large_type: bool = False
) -> None:
    """Staff with accounts, place and notice, ballots where there are any, all confirmed."""
    cast, facts = sample.cast, sample.cast.world(log).election
    candidates = facts.standing()
    others = [p for p in cast.people(log) if p.person not in candidates]
    sample.turn(number, 12, 20)
    chosen = zip(("scrutineer1", "scrutineer2", "teller1", "teller2"), others, strict=False)
    for short, person in chosen:
        role = short[:-1]
        cast.do(log, lead, preparation.AppointStaff(person=person.person, name=person.resident.name, role=role))
    for role in HALL:
        for at in (1, 2, 3):
            cast.join(
                f"{role}{at}{logins}", f"{role}{at}{logins}", f"{role}{at}", role, sample.path(number),
                by=cast.actor(f"chair{number}"), election=log, password=PIN,
            )  # fmt: skip
    when = cast.world(log).day
    assert when is not None
    cast.do(log, lead, preparation.FixPlace(on=when, time="上午9时", place="社区活动中心"))
    cast.do(log, lead, notices.PostNotice(kind="polling_notice", place="社区宣传栏"))
    if facts.method == "ballot":
        printed = facts.entitled + 5
        cast.do(log, lead, preparation.ReleaseBallots(printed=printed, large_type=large_type, design="0" * 64))
        cast.do(log, lead, preparation.SealBoxes(boxes=(preparation.Box(id=BOX),)))
    cast.do(log, lead, preparation.CompletePreparation(venue_ready=True))


@pytest.fixture(scope="session")
def hall_once(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Once]:
    """Tell it once, whichever file of tests comes first; every test takes a copy of the home."""
    return once(tmp_path_factory, "hall", _tell)


def begun(home: Home) -> tuple[whole.Sample, str, str]:
    """An office whose fifth community has both its elections open: the party's and the residents'."""
    store = engines.on_sqlite(home)
    store.migrate()
    cast = Cast(store, Clock())
    accounts.open_office(store, name="sample-office", demonstration=True, now=cast.clock.tick())
    sample = whole.Sample(cast, street())
    whole.plan(sample)
    party, residents = whole.community(sample, 5)
    for short, login, role in (
        ("observer", "observer", Role.OBSERVER),
        ("chair", "chair", Role.COMMITTEE_CHAIR),
        ("lead", "lead", Role.LEADING_CHAIR),
        ("registrar", "registrar", Role.REGISTRAR),
    ):
        cast.join(short, login, f"{short}的姓名", role, sample.path(5), by=cast.actor("street"))
    return sample, party, residents


def _tell(folder: Path) -> dict[str, Once]:
    home = Home(folder / "home")
    sample, party, residents = begun(home)
    cast = sample.cast
    party_roll(sample, party, 5)
    residents_roll(sample, residents, 5)
    party_nomination(sample, party, 5)
    residents_seats(sample, residents, 5)
    _hands(sample, residents, 5)
    whole.approve_candidates(sample, party, 5)
    staff(sample, party, 5, "chair5")
    staff(sample, residents, 5, "lead5", "r")
    entitled = cast.world(party).election.entitled
    assert entitled >= PRESENT
    cast.store.close()
    shutil.copytree(home.path, home.path.parent / "before")
    before = cast.clock.now
    whole.hold_meeting(sample, party, 5, "party", PRESENT)
    representatives = cast.world(residents).election.entitled
    whole.hold_meeting(sample, residents, 5, "residents", representatives)
    cast.store.close()
    at = home.path.parent
    return {
        "vote": Once(at / "home", cast.clock.now, party, residents),
        "before": Once(at / "before", before, party, residents),
    }


@dataclass(frozen=True)
class Once:
    """A home to copy, and when it stands."""

    home: Path
    now: datetime
    party: str
    residents: str

    def copy(self, to: Path, *, stays: bool = False) -> Hall:
        """``stays``: several tests work on this copy."""
        store = engines.copied(self.home, to, stays=stays)
        return Hall(store, self.now, self.party, self.residents)


@pytest.fixture
def hall(hall_once: dict[str, Once], tmp_path: Path) -> Iterator[Hall]:
    """Both meetings are declared valid."""
    copied = hall_once["vote"].copy(tmp_path / "home")
    yield copied
    copied.store.close()


@pytest.fixture
def twin(hall_once: dict[str, Once], tmp_path: Path) -> Iterator[Hall]:
    """The same hall once more: what is done in one must not be seen in the other."""
    copied = hall_once["vote"].copy(tmp_path / "twin")
    yield copied
    copied.store.close()


@pytest.fixture
def before(hall_once: dict[str, Once], tmp_path: Path) -> Iterator[Hall]:
    """Everything is prepared, on the party's election day; nothing of the meeting has happened."""
    copied = hall_once["before"].copy(tmp_path / "before")
    day = copied.world().day
    assert day is not None
    copied.now = datetime.combine(day, time(1), UTC)
    yield copied
    copied.store.close()
