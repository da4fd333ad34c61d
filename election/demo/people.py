"""Invented people for the sample street (``steps.md``): five communities, one of them whole.

Everything here is made by one seeded generator: names, addresses, telephone numbers (they begin with 000 and reach
nobody) and identity numbers that are valid in form. Two runs give the same people.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Literal

from election.demo.given_names import COMMON, RARE, SURNAMES, Era
from election.names.identity import Sex, age_on, check_character
from election.roll import Hukou, Membership

ELECTION_DAY = date(2010, 12, 26)
ADULT = 18
AREA = "620103"
SEED = 2010

Education = Literal["primary", "junior_secondary", "senior_secondary", "college", "bachelor"]
#: generations of a household: children not of age, grown children and young adults, parents, grandparents
Generation = Literal["minor", "young", "parent", "elder"]

Composition = tuple[Generation, ...]

#: youngest and oldest of each generation on the election day; minors start above 0 so that nobody is unborn
_AGES: dict[Generation, tuple[int, int]] = {"minor": (1, 17), "young": (19, 34), "parent": (28, 58), "elder": (60, 88)}


@dataclass(frozen=True, slots=True)
class Resident:
    """One invented person; ``id_number`` is empty for the few who have only the household booklet."""

    name: str
    sex: Sex
    birth: date
    id_number: str
    group: str
    household: str
    address: str
    hukou: Hukou
    residence_from: date | None
    deprived: bool
    phone: str
    head: bool
    education: Education
    unit: str = ""
    membership: Membership | None = None

    @property
    def registrable(self) -> bool:
        """Of age on the election day and not deprived of political rights."""
        return not self.deprived and age_on(self.birth, ELECTION_DAY) >= ADULT


@dataclass(frozen=True, slots=True)
class Unit:
    """A large unit 驻社区单位 that chooses representatives of its own."""

    name: str
    staff: int


@dataclass(frozen=True, slots=True)
class Community:
    """A community and its people, households together, groups in their order."""

    name: str
    groups: tuple[str, ...]
    units: tuple[Unit, ...]
    residents: tuple[Resident, ...]

    @property
    def voters(self) -> tuple[Resident, ...]:
        return tuple(resident for resident in self.residents if resident.registrable)

    @property
    def members(self) -> tuple[Resident, ...]:
        """Party members, full and probationary."""
        return tuple(resident for resident in self.residents if resident.membership)

    @property
    def households(self) -> tuple[tuple[Resident, ...], ...]:
        together: dict[str, list[Resident]] = {}
        for resident in self.residents:
            together.setdefault(resident.household, []).append(resident)
        return tuple(map(tuple, together.values()))


@dataclass(frozen=True, slots=True)
class Street:
    """The sample street; the first community is the one that runs whole. ``code`` is its part of a place path."""

    name: str
    code: str
    communities: tuple[Community, ...]


@dataclass(frozen=True, slots=True)
class _Plan:
    """How many households of each composition a community has."""

    name: str
    road: str
    groups: int
    compositions: dict[Composition, int]
    full_members: int
    probationary: int
    units: tuple[Unit, ...] = ()


_KINDS: tuple[Composition, ...] = (
    ("young",),
    ("elder",),
    ("parent", "parent"),
    ("elder", "elder"),
    ("parent", "parent", "minor"),
    ("parent", "parent", "young"),
    ("parent", "parent", "minor", "elder"),
    ("parent", "parent", "minor", "elder", "elder"),
    ("parent", "parent", "young", "elder"),
)


def _compositions(*counts: int) -> dict[Composition, int]:
    return dict(zip(_KINDS, counts, strict=True))


#: the first: 1,240 households, 3,100 residents, 487 of them not of age
_PLANS = (
    _Plan(
        "榆苑社区", "榆苑路", 8, _compositions(83, 80, 254, 200, 387, 116, 60, 40, 20), 81, 5,
        (Unit("兰榆机械厂", 640), Unit("市第九十九中学", 180)),
    ),
    _Plan("槐安社区", "槐安路", 5, _compositions(24, 20, 76, 50, 104, 30, 16, 12, 6), 46, 3),
    _Plan("枣林社区", "枣林巷", 4, _compositions(18, 14, 58, 36, 80, 24, 12, 8, 4), 38, 2),
    _Plan("柳湾社区", "柳湾街", 4, _compositions(14, 12, 44, 30, 62, 18, 10, 6, 3), 29, 2),
    _Plan("杏坛社区", "杏坛路", 3, _compositions(10, 8, 30, 22, 40, 14, 6, 4, 2), 21, 1),
)  # fmt: skip
#: the community that votes under today's law, small enough to be told in seconds
_TODAY = _Plan("桂园社区", "桂园路", 3, _compositions(8, 6, 22, 12, 26, 8, 5, 4, 2), 36, 2)
_NUMERALS = "一二三四五六七八"
_EDUCATION: dict[Generation, tuple[Education, ...]] = {
    "minor": ("primary", "junior_secondary"),
    "young": ("senior_secondary", "college", "bachelor", "bachelor"),
    "parent": ("junior_secondary", "senior_secondary", "senior_secondary", "college", "bachelor"),
    "elder": ("primary", "primary", "junior_secondary", "senior_secondary"),
}
#: how often a given name is of one character
_SINGLE_GIVEN: dict[Era, float] = {"old": 0.08, "middle": 0.22, "young": 0.30}
_ELSEWHERE_SHARE = 0.14
_UNIT_SHARE = 0.07
_SAME_NAME_PAIRS = 5


@cache
def street(seed: int = SEED) -> Street:
    """The sample street. The same seed gives the same people, number for number."""
    maker = _Maker(Random(seed))  # noqa: S311  invented people, no secret
    return Street("柳荫街道", "liuyin", tuple(maker.community(plan) for plan in _PLANS))


@cache
def street_of_today(election_day: date, seed: int = SEED) -> Street:
    """A small street of its own, for an election of today: one community, its people as old on that day as the others on theirs."""
    maker = _Maker(Random(f"{seed}-{election_day.isoformat()}"), election_day)  # noqa: S311  invented people, no secret
    return Street("海棠街道", "haitang", (maker.community(_TODAY),))


class _Maker:
    """Makes people whose names (but for deliberate pairs) and identity numbers occur once in the street."""

    def __init__(self, random: Random, election_day: date = ELECTION_DAY) -> None:
        self._random = random
        self._day = election_day
        self._numbers: set[str] = set()
        self._names: set[str] = set()
        self._surnames, self._weights = zip(*SURNAMES.items(), strict=True)

    def community(self, plan: _Plan) -> Community:
        groups = tuple(f"第{_NUMERALS[number]}居民小组" for number in range(plan.groups))
        compositions = [kind for kind, count in plan.compositions.items() for _ in range(count)]
        self._random.shuffle(compositions)
        residents: list[Resident] = []
        for index, kind in enumerate(compositions):
            group = groups[index * len(groups) // len(compositions)]
            address = (
                f"{plan.road}{index // 48 + 1}号院{index // 12 % 4 + 1}单元{index % 12 // 2 + 1}0{index % 2 + 1}室"
            )
            residents += self._household(kind, group, f"{index + 1:04d}", address)
        if plan.units:
            self._employ(residents, plan.units)
        self._admit(residents, plan.full_members, plan.probationary)
        self._mark(residents)
        return Community(plan.name, groups, plan.units, tuple(residents))

    def _household(self, kind: Composition, group: str, number: str, address: str) -> list[Resident]:
        random = self._random
        elsewhere = random.random() < _ELSEWHERE_SHARE
        since = date(2003, 1, 1) + timedelta(days=random.randrange(2800)) if elsewhere else None
        surname = random.choices(self._surnames, self._weights)[0]
        first_sex: Sex = random.choice(("male", "female")) if len(kind) == 1 else "male"
        people: list[Resident] = []
        for place, generation in enumerate(kind):
            is_wife = place > 0 and kind[place - 1] == generation
            sex: Sex = first_sex if place == 0 else "female" if is_wife else random.choice(("male", "female"))
            own = random.choices(self._surnames, self._weights)[0] if is_wife else surname
            age = self._age(generation, kind)
            birth = self._birth(age)
            people.append(
                Resident(
                    name=self._name(own, sex, birth.year),
                    sex=sex,
                    birth=birth,
                    id_number=self._number(birth, sex),
                    group=group,
                    household=number,
                    address=address,
                    hukou="elsewhere" if elsewhere else "local",
                    residence_from=max(since, birth) if since else None,
                    deprived=False,
                    phone="" if generation == "minor" else f"000{random.randrange(10**8):08d}",
                    head=place == 0,
                    education=random.choice(_EDUCATION[generation]),
                )
            )
        return people

    def _age(self, generation: Generation, kind: Composition) -> int:
        """Parents of grown children are older than those of small ones."""
        youngest, oldest = _AGES[generation]
        if generation == "parent":
            youngest, oldest = (43, oldest) if "young" in kind else (youngest, 45)
        elif generation == "young" and "parent" in kind:
            oldest = 22
        elif generation == "elder" and "parent" in kind:
            youngest = 66
        return self._random.randint(youngest, oldest)

    def _birth(self, age: int) -> date:
        """A birth date of someone who is ``age`` on the election day and has no birthday on it."""
        eve = self._day - timedelta(days=1)
        return eve.replace(year=eve.year - age) - timedelta(days=self._random.randrange(364))

    def _number(self, birth: date, sex: Sex) -> str:
        while True:
            sequence = self._random.randrange(500) * 2 + (sex == "male")
            first = f"{AREA}{birth:%Y%m%d}{sequence:03d}"
            if first not in self._numbers:
                self._numbers.add(first)
                return first + check_character(first)

    def _name(self, surname: str, sex: Sex, year: int) -> str:
        era: Era = "old" if year < 1958 else "middle" if year < 1981 else "young"
        firsts, lasts = COMMON[sex, era]
        single = _SINGLE_GIVEN[era]
        while True:
            first = "" if self._random.random() < single else self._random.choice(firsts)
            last = self._random.choice(lasts)
            name = surname + first + last
            single *= 0.9
            if first != last and name not in self._names:
                self._names.add(name)
                return name

    def _employ(self, residents: list[Resident], units: tuple[Unit, ...]) -> None:
        for at, resident in enumerate(residents):
            if 20 <= age_on(resident.birth, self._day) < 60 and self._random.random() < _UNIT_SHARE:
                residents[at] = replace(resident, unit=self._random.choice(units).name)

    def _admit(self, residents: list[Resident], full: int, probationary: int) -> None:
        """Party members: the probationary ones young, the full ones of every age from 25."""
        ages = [age_on(resident.birth, self._day) for resident in residents]
        for at in self._random.sample([at for at, age in enumerate(ages) if 20 <= age < 35], probationary):
            residents[at] = replace(residents[at], membership="probationary")
        rest = [at for at, age in enumerate(ages) if 25 <= age < 80 and not residents[at].membership]
        for at in self._random.sample(rest, full):
            residents[at] = replace(residents[at], membership="full")

    def _mark(self, residents: list[Resident]) -> None:
        """The cases that a registrar meets: rare characters, same names, no card, deprived, a birthday on the day."""
        plain = [at for at, r in enumerate(residents) if age_on(r.birth, self._day) >= ADULT and not r.membership]
        cases = iter(self._random.sample(plain, len(RARE) + 2 * _SAME_NAME_PAIRS + 5))
        for given in RARE:
            at = next(cases)
            surname = self._random.choices(self._surnames, self._weights)[0]
            residents[at] = replace(residents[at], name=surname + given)
        for _ in range(_SAME_NAME_PAIRS):
            one, other = next(cases), next(cases)
            residents[other] = replace(residents[other], name=residents[one].name)
        for _ in range(2):
            at = next(cases)
            residents[at] = replace(residents[at], id_number="")
        for _ in range(2):
            at = next(cases)
            residents[at] = replace(residents[at], deprived=True)
        at = next(cases)
        birth = self._day.replace(year=self._day.year - ADULT)
        number = self._number(birth, residents[at].sex)
        residents[at] = replace(residents[at], birth=birth, id_number=number, education="senior_secondary")


def by_group(residents: Iterable[Resident]) -> dict[str, list[Resident]]:
    """The residents of each group, in their order."""
    together: dict[str, list[Resident]] = {}
    for resident in residents:
        together.setdefault(resident.group, []).append(resident)
    return together
