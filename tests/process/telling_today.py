"""A turnover under today's law told in memory: all voters, at two stations and with a mobile box, proxies, joint vetting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from election.process import (
    absent,
    electorate,
    meeting,
    nomination,
    notices,
    preparation,
    representatives,
    roll,
    stations,
    tally,
)
from election.process import vetting as vet
from election.process.demands import assess_act, assess_kinds
from election.process.machine import SERVER
from tests.process.telling import Telling

ELECTION_DAY = date(2026, 10, 18)
GROUPS = ("第一组", "第二组", "第三组")
#: where the groups vote; the last is carried
FIRST, SECOND, MOBILE = "中心投票站", "二号投票站", "流动票箱"
BOXES = {"1": FIRST, "2": SECOND, "3": MOBILE}


@dataclass
class Today(Telling):
    """One election of 2026; ``villagers`` tells the same under the villagers' law of 2018, in its last year."""

    body: str = "residents"
    today: date = date(2026, 9, 1)
    rulesets: tuple[str, str] = ("party-2020", "residents-2026")
    election_day: date = ELECTION_DAY

    def plan(self, **changes: Any) -> Any:
        days = {
            "window_from": self.today,
            "window_to": self.election_day + timedelta(days=60),
            "party_day": self.election_day,
            "residents_day": self.election_day,
        }
        return super().plan(**(days | changes))

    # --- who votes ---------------------------------------------------------------------------------------------------

    def registered(self, each: int = 70) -> Today:
        """The roll posted and fixed: three groups of ``each`` voters."""
        groups = tuple(roll.GroupCount(group=g, count=each) for g in GROUPS)
        total = each * len(GROUPS)
        numbers = {"rows": total, "accepted": total, "rejected": 0, "warnings": 0, "registered": total}
        self.do(roll.ImportRoll(file_sha256="c" * 64, root="b" * 64, groups=groups, **numbers), "registrar")
        members = tuple(representatives.GroupMember(person=f"l{i}", name=f"组员{i}") for i in (1, 2, 3))
        self.do(representatives.FormLeadingGroup(chair="l1", members=members), "committee_chair")
        if self.facts.law.get("electorate_choice"):
            self.do(self.choice("voters"), self.lead)
        self.do(roll.CloseRegistration(), "registrar")
        self.do(notices.PostNotice(kind="roll_notice", place="公示栏"), self.lead)
        self.today += timedelta(days=6)
        self.do(roll.FixRoll(), self.lead)
        return self

    def choice(self, chosen: str, **changes: Any) -> electorate.ChooseElectorate:
        base: dict[str, Any] = {"electorate": chosen, "how": "各居民小组会议", "asked": 3, "agreed": 2}
        return electorate.ChooseElectorate(**(base | changes))

    # --- candidates --------------------------------------------------------------------------------------------------

    def nominate(self, people: Sequence[tuple[str, str]] | None = None, *, method: str = "ballot") -> Today:
        chosen = list(people or self.people())
        for person, post in chosen:
            self.propose(person, post)
        slots = tuple(nomination.Slot(person=p, office=o) for p, o in chosen)
        self.do(nomination.FixProspective(candidates=slots, method=method), self.lead)
        self.do(notices.PostNotice(kind="prospective_list", place="公示栏"), self.lead)
        self.do(nomination.ReportProspective(), self.lead)
        return self

    def vetting(self, person: str, against: Mapping[str, str] | None = None, **changes: Any) -> vet.RecordVetting:
        """The opinions of every department; ``against`` names those that object, with the ground."""
        objections = against or {}
        opinions = tuple(
            vet.Opinion(department=d, clear=d not in objections, ground=objections.get(d, ""))
            for d in str(self.facts.law.value("vetting.departments")).split()
        )
        base = {"person": person, "held_on": self.today, "document_number": "联审1号", "opinions": opinions}
        return vet.RecordVetting(**(base | changes))

    def assessed(self) -> Today:
        for candidate in list(self.facts.prospective):
            for kind in assess_kinds(self.facts, candidate):
                if assess_act(self.facts, kind) == "vetting.record":
                    self.do(self.vetting(candidate.person), "street_officer")
                else:
                    done = nomination.Assess(person=candidate.person, kind=kind, held_on=self.today, passed=True)
                    self.do(done, "street_officer")
        return self

    def approve(self) -> Today:
        self.assessed()
        if self.body == "party":
            self.do(nomination.StudyCandidates(opinion="同意"), "street_officer")
            self.do(nomination.DecideCandidates(approve=True, document_number="1号"), "organisation_reviewer")
            return self
        self.do(nomination.FixOfficial(opinion="选举委员会会议决定"), self.lead)
        self.do(notices.PostNotice(kind="official_list", place="公示栏"), self.lead)
        return self

    # --- who cannot come ---------------------------------------------------------------------------------------------

    def proxy(self, principal: str = "v1", holder: str = "v2", **changes: Any) -> absent.GrantProxy:
        base: dict[str, Any] = {
            "principal": principal, "principal_name": f"选民{principal}", "proxy": holder, "proxy_name": f"选民{holder}",
            "near_relative": True, "away": True, "written": True, "principal_on_roll": True, "proxy_on_roll": True,
        }  # fmt: skip
        return absent.GrantProxy(**(base | changes))

    def visit(self, person: str = "v9", **changes: Any) -> absent.AskVisit:
        base: dict[str, Any] = {"person": person, "name": "某选民", "reason": "腿伤不便", "on_roll": True}
        return absent.AskVisit(**(base | changes))

    # --- stations ----------------------------------------------------------------------------------------------------

    def stations(self, **changes: Any) -> stations.FixStations:
        plans = (
            stations.StationPlan(name=FIRST, place="社区大院", hours="8时至15时", groups=GROUPS[:2]),
            stations.StationPlan(name=SECOND, place="第九中学", hours="8时至15时", groups=GROUPS[2:]),
            stations.StationPlan(name=MOBILE, mobile=True, place="沿榆苑路各院", hours="9时至11时"),
        )
        base = {"on": self.world.day, "stations": plans, "count_place": "社区大院", "count_time": "15时30分"}
        return stations.FixStations(**(base | changes))

    def staff(self) -> None:
        super().staff()
        least = {True: "mobile_box.staff_min", False: "station.staff_min"}
        for place in self.facts.stations.values():
            for number in range(self.facts.law.number(least[place.mobile])):
                role = "desk_clerk" if number else "scrutineer"
                person = f"{place.name}{number}"
                act = preparation.AppointStaff(person=person, name=f"工{number}", role=role, station=place.name)
                if not any(s.person == person for s in self.facts.staff):
                    self.do(act, self.lead)

    def ballots(self, printed: int | None = None) -> None:
        self.do(preparation.ReleaseBallots(printed=printed or self.facts.entitled + 5, design="d" * 64), self.lead)
        if not self.facts.at_stations:
            self.do(preparation.SealBoxes(boxes=(preparation.Box(id="1"),)), self.lead)
            return
        self.boxes()

    def boxes(self) -> None:
        boxes = tuple(preparation.Box(id=b, station=s) for b, s in BOXES.items())
        self.do(preparation.SealBoxes(boxes=boxes), self.lead)

    def prepare(self) -> Today:
        if not self.facts.at_stations:
            super().prepare()
            return self
        self.do(self.stations(), self.lead)
        self.do(notices.PostNotice(kind="polling_notice", place="公示栏"), self.lead)
        self.staff()
        if self.facts.proxies and self.facts.posted("proxy_list") is None:
            self.do(notices.PostNotice(kind="proxy_list", place="公示栏"), self.lead)
        if self.facts.round is None or self.facts.round.printed is None:
            self.ballots()
        self.do(preparation.CompletePreparation(venue_ready=True), self.lead)
        return self

    def opens(self, handed: Sequence[int] = (120, 80, 10)) -> Today:
        self.today = max(self.today, self.world.day or self.today)
        for station, number in zip((FIRST, SECOND, MOBILE), handed, strict=True):
            self.do(stations.OpenPolling(station=station, ballots=number), self.lead)
        return self

    def closing(self, station: str, in_person: int, by_proxy: int = 0, **changes: Any) -> stations.ClosePolling:
        handed = self.facts.round.polls[station].handed
        voted = in_person + by_proxy
        base = {"in_person": in_person, "by_proxy": by_proxy, "issued": voted, "unused": handed - voted}
        return stations.ClosePolling(station=station, **(base | changes))

    def closes(self, voted: Sequence[int] = (100, 60, 2), by_proxy: int = 0) -> Today:
        for station, number in zip((FIRST, SECOND, MOBILE), voted, strict=True):
            self.do(self.closing(station, number, by_proxy if station == FIRST else 0), self.lead)
        return self

    def poll(self, voted: Sequence[int] = (100, 60, 2), by_proxy: int = 0) -> Today:
        """The stations open, close, and the vote is declared valid."""
        self.opens().closes(voted, by_proxy)
        self.do(stations.DeclarePolling(), self.lead)
        return self

    def mixed(self, box: str = "3", into: str = "1") -> Today:
        self.do(stations.MixBoxes(box=box, into=into), "scrutineer")
        return self

    def account_of(self, found: Mapping[str, int], **changes: Any) -> meeting.AccountBallots:
        polls = self.facts.round.polls.values()
        issued, spoiled = sum(p.issued for p in polls), sum(p.spoiled for p in polls)
        base: dict[str, Any] = {
            "issued": issued, "spoiled": spoiled, "unused": self.facts.round.printed - issued - spoiled,
            "returned": sum(found.values()),
            "boxes": tuple(meeting.BoxReturned(box=b, returned=n) for b, n in found.items()),
        }  # fmt: skip
        return meeting.AccountBallots(**(base | changes))

    def counted(self, returned: Mapping[str, int], votes: Mapping[str, Mapping[str, Sequence[int]]]) -> Today:
        """Boxes opened and counted, each alone: box -> contest -> the ``for`` of every candidate; then announced."""
        self.do(self.account_of(returned), self.lead)
        for box, contests in votes.items():
            self.do(tally.OpenBox(box=box), "scrutineer")
            for contest, of in contests.items():
                figures = self.figures(contest, of, returned[box])
                self.entered(contest, box, figures)
                digest = self.facts.round.sheets[(contest, box)].sha256
                for who in ("teller1", "teller2", "scrutineer1"):
                    self.do(tally.SignTally(contest=contest, box=box, sheet_sha256=digest), who)
        self.do(self.announcement(), self.lead)
        return self

    def entered(self, contest: str, box: str, figures: tally.Figures) -> None:
        salts = {"teller1": "1" * 64, "teller2": "2" * 64}
        for who, salt in salts.items():
            sealed = tally.commitment(figures, salt)
            self.do(tally.CommitTally(contest=contest, box=box, commitment=sealed), who)
        opened = tuple(tally.Revealed(account=who, salt=salt, figures=figures) for who, salt in salts.items())
        self.do(tally.RevealTally(contest=contest, box=box, entries=(opened[0], opened[1])), SERVER)


def voters(**more: Any) -> Today:
    """Seats 1, 1, 3 and the roll fixed, 210 voters in three groups."""
    told = Today(**more)
    told.open()
    told.registered().seats()
    return told


def villagers() -> Today:
    """The same under the villagers' law, a year before."""
    return voters(today=date(2025, 9, 1), election_day=date(2025, 10, 18), rulesets=("party-2020", "villagers-2018"))


def with_candidates(**more: Any) -> Today:
    return voters(**more).nominate().approve()


def at_the_count(voted: Sequence[int] = (100, 60, 2)) -> Today:
    """Two visits asked for; the stations closed, the vote valid, the mobile box mixed into the first."""
    told = with_candidates()
    for number in range(voted[2]):
        told.do(told.visit(f"v{number}"), told.lead)
    return told.prepare().poll(voted).mixed()
