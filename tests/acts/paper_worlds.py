"""Worlds for papers, built from facts alone: a party and a residents' election, each told up to its result."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from election import law
from election.acts.papers import BUILDERS
from election.acts.papers.sources import Said, Sources
from election.documents import RecordStamp
from election.process.base import Act, Actor, Deed, Role
from election.process.equal import NamedTally as Stand
from election.process.equal import equal_election
from election.process.facts import (
    Campaign,
    Candidate,
    Community,
    Contest,
    Election,
    Meeting,
    Notice,
    Representative,
    Roll,
    Round,
    Sheet,
    Staff,
)
from election.process.notices import PostNotice
from election.process.preparation import FixPlace
from election.process.result import decide
from election.process.world import World
from election.store.people import Listed, Resident
from tests.documents.reading import pages

PARTY_DAY, RESIDENTS_DAY = date(2010, 12, 24), date(2010, 12, 26)
PLACE = FixPlace(on=RESIDENTS_DAY, time="上午9时", place="社区活动中心")
#: the log of every election here
LOG = "00000000-0000-4000-8000-000000000001"
STAMP = RecordStamp(size=41, root="5f3c9a0e" * 8, fingerprint="9d1f-6e20-77ab-c4d8-01e3")


@dataclass
class Known:
    """Records of a test: what acts said, who is on the roll."""

    acts: dict[type[Act], list[Said[Any]]] = field(default_factory=dict)
    people: list[Listed] = field(default_factory=list)

    def say(self, act: Act, on: date = date(2010, 12, 1), seq: int = 0) -> None:
        self.acts.setdefault(type(act), []).append(Said(act, on, seq))

    def said(self, act: type[Act], log: str) -> Sequence[Said[Any]]:
        return self.acts.get(act, [])

    def roll(self, log: str) -> Sequence[Listed]:
        return self.people

    def residents(self, persons: Iterable[str]) -> dict[str, Resident]:
        wanted = set(persons)
        return {p.person: p.resident for p in self.people if p.person in wanted}

    def stamp(self, log: str) -> RecordStamp:
        return STAMP


def person(number: int, name: str, group: str = "第一居民小组", sex: str = "male", **more: Any) -> Listed:
    category = more.pop("category", "full")
    resident = Resident(name=name, sex=sex, birth=more.pop("birth", "1968-05-17"), group=group, **more)
    return Listed(f"row{number}", f"p{number}", resident, "registered", category, ())


def candidate(number: int, name: str, office: str, **more: Any) -> Candidate:
    base: dict[str, Any] = {"routes": ["organisation"], "sex": "male", "age": 42, "education": "college"}
    return Candidate(f"p{number}", name, office, **base | more)


def campaign() -> Campaign:
    return Campaign(
        id="campaign",
        title="2010年社区“两委”换届选举",
        term="第三届",
        street="柳荫街道",
        path="七里河区/柳荫街道",
        days={"party": PARTY_DAY, "residents": RESIDENTS_DAY},
        communities={"c1": Community("c1", "福临里社区", committee=True)},
        size=5,
    )


def _sheet(
    contest: str, valid: int, votes: dict[str, tuple[int, int]], write_ins: Sequence[tuple[str, int]] = ()
) -> Sheet:
    rows = [{"candidate": p, "votes_for": f, "against": a, "abstain": valid - f - a} for p, (f, a) in votes.items()]
    final = {
        "returned": 55,
        "valid": valid,
        "invalid": 55 - valid,
        "rows": rows,
        "write_ins": [{"name": n, "votes_for": v} for n, v in write_ins],
    }
    signed = {"t1": "teller", "t2": "teller", "s1": "scrutineer"}
    return Sheet(contest, "1号票箱", final=final, sha256="a" * 64, signatures=signed)


def residents() -> tuple[World, Known]:
    """A residents' election whose tallies are signed and whose result is not announced yet: 主任 won, 委员 short by one."""
    contests = [Contest("chair", "主任", 1, head=True), Contest("member", "委员", 2)]
    official = [
        candidate(1, "王喆", "chair", sex="male"),
        candidate(2, "李秀英", "chair", sex="female", education="senior_secondary"),
        candidate(3, "赵刚", "member"),
        candidate(4, "丁一", "member", routes=["joint_voters", "masses"]),
        candidate(5, "陈堃", "member"),
    ]
    by_office = {c.id: [x for x in official if x.office == c.id] for c in contests}
    this = Round(
        1,
        contests,
        by_office,
        printed=60,
        sealed=True,
        boxes=["1号票箱"],
        opened={"1号票箱"},
        account={"issued": 55, "returned": 55, "spoiled": 1, "unused": 4},
        sheets={
            ("chair", "1号票箱"): _sheet("chair", 53, {"p1": (30, 20), "p2": (20, 30)}, [("钱多", 3)]),
            ("member", "1号票箱"): _sheet("member", 55, {"p3": (40, 5), "p4": (20, 30), "p5": (10, 40)}),
        },
    )
    representatives = {
        f"r{n}": Representative(f"r{n}", name, group, unit)
        for n, (name, group, unit) in enumerate(
            [*((f"周{x}", "第二居民小组", False) for x in "一乙丁力大小"), ("徐伟", "兰州某机械厂", True)]
            + [(f"孙{chr(0x4E00 + 3 * n)}", "第十居民小组", False) for n in range(51)]
        )
    }
    facts = Election(
        id=LOG,
        body="residents",
        community="c1",
        community_name="福临里社区",
        path="七里河区/柳荫街道/c1",
        rules=law.load("qilihe-2010.residents"),
        opened_on=date(2010, 11, 15),
        roll=Roll(imported=True, root="0" * 64, registered=2612, closed=True, fixed=True),
        contests=contests,
        form="residents",
        seats_fixed=True,
        proposed={(c.person, c.office): c for c in official},
        prospective=list(official),
        official=official,
        official_fixed=True,
        decided=True,
        representatives=representatives,
        representatives_closed=True,
        staff=[Staff("s1", "陈建国", "scrutineer"), Staff("s2", "丁力", "scrutineer"), Staff("s3", "周海燕", "teller")],
        polling_fixed=True,
        prepared=True,
        meetings=[Meeting(1, opened_on=RESIDENTS_DAY, present=55, valid=True)],
        rounds=[this],
        names={c.person: c.name for c in official},
        size=41,
    )
    facts.notices = [
        Notice(1, "roll_notice", date(2010, 11, 22), seq=8),
        Notice(2, "prospective_list", date(2010, 12, 1), seq=20),
    ]
    known = Known(people=[person(n, c.name, sex=c.sex, birth=f"19{60 + n}-03-09") for n, c in enumerate(official, 1)])
    return World(campaign=campaign(), election=facts), known


def announced() -> tuple[World, Known]:
    """The same after the announcement of the first round."""
    world, known = residents()
    facts = world.election
    this = facts.rounds[0]
    this.answer, this.announced_on = decide(world), RESIDENTS_DAY
    assert this.answer is not None
    for contest in this.answer["contests"]:
        facts.elected.update(dict.fromkeys(contest["elected"], contest["id"]))
    return world, known


def party() -> tuple[World, Known]:
    """A party election announced, with its plenary held: nothing has been submitted yet."""
    contests = [Contest("member", "委员", 3)]
    names = ("王喆", "丁力", "赵刚", "陈堃")
    official = [candidate(n, name, "member") for n, name in enumerate(names, 1)]
    votes = {"p1": (50, 3), "p2": (45, 8), "p3": (40, 10), "p4": (10, 40)}
    this = Round(
        1,
        contests,
        {"member": official},
        printed=60,
        sealed=True,
        boxes=["1号票箱"],
        account={"issued": 55, "returned": 55, "spoiled": 0, "unused": 5},
        sheets={("member", "1号票箱"): _sheet("member", 55, votes)},
    )
    facts = Election(
        id=LOG,
        body="party",
        community="c1",
        community_name="福临里社区",
        path="七里河区/柳荫街道/c1",
        rules=law.load("qilihe-2010.party"),
        opened_on=date(2010, 11, 15),
        roll=Roll(imported=True, root="0" * 64, registered=60, probationary=1, excluded={"p7": "illness"}),
        assembly="assembly",
        contests=contests,
        form="general_branch",
        seats_fixed=True,
        prospective=list(official),
        official=official,
        official_fixed=True,
        meetings=[Meeting(1, opened_on=PARTY_DAY, present=55, valid=True)],
        rounds=[this],
        names={c.person: c.name for c in official},
        size=41,
    )
    people = [person(n, name, "第一党支部") for n, name in enumerate(names, 1)]
    people += [
        person(6, "孙洋", "第二党支部", category="probationary"),
        person(7, "何珺", "第二党支部", sex="female"),
        person(8, "马超", "第二党支部"),
    ]
    world = World(campaign=campaign(), election=facts)
    this.answer, this.announced_on = decide(world), PARTY_DAY
    assert this.answer is not None
    facts.elected = dict.fromkeys(this.answer["contests"][0]["elected"], "member")

    def stand(number: int, name: str) -> Stand:
        return Stand(person=f"p{number}", name=name, votes_for=3, against=0, abstain=0)

    facts.plenary = equal_election(
        world, "plenary", 3, 3, [("secretary", [stand(2, "丁力")]), ("deputy_secretary", [stand(1, "王喆")])], "ballot"
    )
    return world, Known(people=people)


def sources(world: World, known: Known, on: date = date(2010, 12, 6), **more: Any) -> Sources:
    return Sources(world, known, on, **more)


def deed(act: Act, on: date = date(2010, 12, 6), role: str = Role.LEADING_CHAIR) -> Deed:
    return Deed(act, Actor("a", role, "七里河区"), on, datetime(2010, 12, 6, 4, tzinfo=UTC))


def text_of(pdf: bytes) -> str:
    """All text of a PDF without blanks."""
    return "".join(pages(pdf))


def post(kind: str, **more: Any) -> PostNotice:
    return PostNotice(kind=kind, place="社区宣传栏", **more)


def made(kind: str, world: World, known: Known, act: Act | None = None, **more: Any) -> Any:
    """The data of the one paper of this kind."""
    (found,) = BUILDERS[kind](sources(world, known, **more), act)
    return found.data


def names(groups: Iterable[Any]) -> list[tuple[str, tuple[str, ...]]]:
    return [(g.title, g.names) for g in groups]
