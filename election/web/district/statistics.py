"""What the results of a place add up to: turnout, margin, and who was elected. Kept per election until its log grows.

Only elections whose result stands are folded; the tally of a place is then a sum over small tuples of numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields

from sqlalchemy.orm import Session

from election.process.facts import Candidate, Election
from election.process.nomination import EDUCATION
from election.store import boards
from election.store.boards import Head
from election.store.database import Store
from election.store.worlds import world_of
from election.web.district.tracks import Track
from election.web.district.where import Turnover

#: last year of age of each band but the last
BANDS = (35, 45, 55)
#: tertiary schooling begins here in the order of ``process.nomination.EDUCATION``
TERTIARY = EDUCATION.index("college")


@dataclass(frozen=True)
class Result:
    """One election's result in numbers, and the person at its head."""

    election: str
    entitled: int = 0
    present: int = 0
    #: official candidates and seats of the first round
    candidates: int = 0
    seats: int = 0
    elected: int = 0
    vacant: int = 0
    women: int = 0
    #: elected whose sex, age, schooling is not known (written in)
    unknown: int = 0
    sitting: int = 0
    party: int = 0
    #: number in each band of age, and in each school
    ages: tuple[int, ...] = ()
    schools: tuple[int, ...] = ()
    #: person who became secretary, or chair
    head: str = ""


@dataclass
class Sum:
    """Results of one body added up."""

    elections: int = 0
    entitled: int = 0
    present: int = 0
    candidates: int = 0
    seats: int = 0
    elected: int = 0
    vacant: int = 0
    women: int = 0
    unknown: int = 0
    sitting: int = 0
    party: int = 0
    ages: list[int] = field(default_factory=lambda: [0] * (len(BANDS) + 1))
    schools: list[int] = field(default_factory=lambda: [0] * len(EDUCATION))

    def add(self, result: Result) -> None:
        self.elections += 1
        for name in ADDED:
            setattr(self, name, getattr(self, name) + getattr(result, name))
        self.ages = [a + b for a, b in zip(self.ages, result.ages, strict=True)]
        self.schools = [a + b for a, b in zip(self.schools, result.schools, strict=True)]

    @property
    def tertiary(self) -> int:
        return sum(self.schools[TERTIARY:])


#: plain numbers of a result that are added up
ADDED = tuple(f.name for f in fields(Sum) if f.name not in ("elections", "ages", "schools"))


@dataclass(frozen=True)
class Line:
    """One community: the results of both bodies, as far as there are any."""

    street: str
    community: str
    results: Mapping[str, Result]

    @property
    def combined(self) -> bool | None:
        """Secretary and chair are one person (一肩挑); None while either is not known."""
        party, residents = self.results.get("party"), self.results.get("residents")
        if party is None or residents is None or not party.head or not residents.head:
            return None
        return party.head == residents.head


@dataclass(frozen=True)
class Tally:
    """The whole place."""

    lines: tuple[Line, ...]
    sums: Mapping[str, Sum]

    @property
    def combined(self) -> tuple[int, int]:
        """Communities where posts are combined, of those where both heads are known."""
        known = [line.combined for line in self.lines if line.combined is not None]
        return sum(known), len(known)


def counted(turnovers: Iterable[Turnover], tracks: Mapping[str, Track]) -> list[tuple[Turnover, Head]]:
    """Elections whose result stands."""
    return [(t, head) for t in turnovers for head in t.elections.values() if tracks[head.id].counted]


def ready(store: Store, turnovers: Sequence[Turnover], tracks: Mapping[str, Track]) -> bool:
    """Whether every result is known already, so that a tally costs nothing."""
    kept = _kept(store)
    return all(_is_kept(kept, turnover, head) for turnover, head in counted(turnovers, tracks))


def tally(store: Store, session: Session, turnovers: Sequence[Turnover], tracks: Mapping[str, Track]) -> Tally:
    """Every community's results, and their sums by body."""
    results: dict[str, Result] = {}
    kept = _kept(store)
    for turnover, head in counted(turnovers, tracks):
        if not _is_kept(kept, turnover, head):
            members = turnover.elections.get((head.community, "party"))
            kept[head.id] = (*_heads(turnover, head), _result(store, session, head, members))
        results[head.id] = kept[head.id][2]
    lines, sums = [], {"party": Sum(), "residents": Sum()}
    for turnover in turnovers:
        for community in turnover.communities():
            opened = {
                body: turnover.elections[community.id, body]
                for body in sums
                if (community.id, body) in turnover.elections
            }
            mine = {body: results[head.id] for body, head in opened.items() if head.id in results}
            for body, result in mine.items():
                sums[body].add(result)
            lines.append(Line(turnover.facts.street, community.name, mine))
    return Tally(tuple(lines), sums)


Kept = dict[str, tuple[str, str, Result]]


def _kept(store: Store) -> Kept:
    kept: Kept = store.cache.setdefault("results", {})
    return kept


def _heads(turnover: Turnover, head: Head) -> tuple[str, str]:
    """What a result rests on: its own log, and the party's roll beside it."""
    members = turnover.elections.get((head.community, "party"))
    return head.head, members.head if members is not None else ""


def _is_kept(kept: Kept, turnover: Turnover, head: Head) -> bool:
    return head.id in kept and kept[head.id][:2] == _heads(turnover, head)


def _result(store: Store, session: Session, head: Head, members: Head | None) -> Result:
    facts = world_of(store, session, head.id).election
    in_party = boards.on_roll(session, members.id, list(facts.elected)) if members is not None else set()
    return result_of(facts, in_party)


def result_of(facts: Election, in_party: set[str]) -> Result:
    """One election's numbers; ``in_party`` are those elected who stand on the members' roll."""
    known = {c.person: c for c in _everybody(facts)}
    elected = [known[p] for p in facts.elected if p in known]
    ages = Counter(band(c.age) for c in elected if c.age is not None)
    schools = Counter(c.education for c in elected)
    seats = facts.seats()
    return Result(
        election=facts.id,
        entitled=facts.entitled,
        present=_present(facts),
        candidates=len({c.person for c in facts.official}),
        seats=seats,
        elected=len(facts.elected),
        vacant=max(seats - len(facts.elected), 0),
        women=sum(c.sex == "female" for c in elected),
        unknown=len(facts.elected) - sum(c.age is not None and bool(c.sex) for c in elected),
        sitting=sum(c.sitting for c in elected),
        party=len(facts.elected) if facts.body == "party" else len(in_party),
        ages=tuple(ages[n] for n in range(len(BANDS) + 1)),
        schools=tuple(schools[name] for name in EDUCATION),
        head=_head(facts),
    )


def _everybody(facts: Election) -> Iterable[Candidate]:
    """Whoever is known to have stood, the official candidates last, so that they count."""
    yield from facts.proposed.values()
    for this in facts.rounds:
        for candidates in this.candidates.values():
            yield from candidates
    yield from facts.official


def _present(facts: Election) -> int:
    """Those who came; where nobody meets, those who were given a ballot."""
    if facts.meeting is not None and facts.meeting.present is not None:
        return facts.meeting.present
    first = next((r for r in facts.rounds if r.answer is not None), None)
    return int((first.account or {}).get("issued", 0)) if first is not None else 0


def _head(facts: Election) -> str:
    if facts.body == "party":
        contests = (facts.plenary or {"contests": []})["contests"]
        return next((c["elected"][0] for c in contests if c["id"] == "secretary" and c["elected"]), "")
    heads = {c.id for c in facts.contests if c.head}
    return next((person for person, office in facts.elected.items() if office in heads), "")


def band(age: int) -> int:
    """Which band of age: 0 up to 35, 1 up to 45, 2 up to 55, 3 above."""
    return sum(age > last for last in BANDS)


def percent(part: int, whole: int) -> str:
    """A share in per cent with one decimal, half rounded up: ``42.9%``; a dash of nothing."""
    if whole == 0:
        return "—"
    thousandths = (2000 * part + whole) // (2 * whole)  # half up, in integers
    return f"{thousandths // 10}.{thousandths % 10}%"
