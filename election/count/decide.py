"""The answer: whether the election stands, who is elected and why, and what comes next."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from election.count.ballots import Votes, count_ballots
from election.count.seating import Person, Reservation, Seating, seat
from election.count.shape import WRITE_IN, Candidate, Contest, Frame, frame
from election.count.tallies import count_tallies
from election.faults import WrongInput
from election.law import Ruleset, margin, threshold


@dataclass(slots=True)
class _Row:
    """One line of a contest: a candidate, or a write-in with at least one vote. ``place`` is its line."""

    place: int
    id: str
    name: str
    #: name as compared and the word that tells namesakes apart: who this is across contests
    person: tuple[str, str]
    kinds: frozenset[str]
    struck: bool
    for_: int
    against: int
    abstain: int
    carried: int = 0
    outcome: str = "not_elected"
    why: dict[str, Any] = field(default_factory=dict)

    @property
    def votes(self) -> int:
        """What rank and threshold use: the own votes, under 下加计票 with those from higher posts."""
        return self.for_ + self.carried


@dataclass(frozen=True, slots=True)
class _Bar:
    """What someone needs in every contest of the file, and where that stands."""

    needed: int
    base: int
    article: str


def decide(
    file: Mapping[str, Any], ruleset: Ruleset, *, settled: Mapping[str, Collection[str]] | None = None
) -> dict[str, Any]:
    """The whole answer of a count file under ``ruleset``, with codes and numbers where people read sentences.

    ``settled`` are contests whose ties a re-vote has settled, with the ids it elected: the answer then says what comes
    after it.

    Each check and each ``why`` carries ``code``, ``params`` and ``article``; ``words`` makes their texts. Raises
    WrongInput, its place a path inside the file.
    """
    head = frame(file)
    if head.ruleset not in (ruleset.id, ruleset.extends):
        raise WrongInput(
            "{named!r} is not {ruleset!r}",
            place="ruleset",
            mend="count with the ruleset that the file names",
            named=head.ruleset,
            ruleset=ruleset.id,
        )
    if ruleset.get(f"quorum.{head.meeting}") is None:
        raise WrongInput(
            "{ruleset} knows no {meeting}",
            place="meeting",
            mend="give the meeting that was held",
            ruleset=ruleset.id,
            meeting=head.meeting,
        )
    votes = _votes(file, head, ruleset)
    checks = _checks(head, ruleset)
    valid = all(check["ok"] for check in checks)
    bar = _bar(head, ruleset)
    rows = {contest.id: _rows(contest, votes[contest.id]) for contest in head.contests}
    if ruleset.value("carry_down"):
        _carry(head.contests, rows, votes)
    seatings = _seat_all(head, ruleset, rows, bar) if valid else {}
    for contest_id in seatings.keys() & (settled or {}):
        seatings[contest_id] = _settled(seatings[contest_id], rows[contest_id], (settled or {})[contest_id])
    contests = []
    for contest in head.contests:
        seating = seatings.get(contest.id)
        if seating is None:
            _explain_void(rows[contest.id], checks, head)
            then: dict[str, Any] | None = {"kind": "rerun"}
        else:
            _explain(rows[contest.id], contest, seating, bar, ruleset)
            then = _next(rows[contest.id], contest, seating, head, ruleset)
        contests.append(_report(contest, rows[contest.id], votes[contest.id], head, bar, then, ruleset))
    return {"ruleset": ruleset.id, "round": head.round, "valid": valid, "checks": checks, "contests": contests}


def _votes(file: Mapping[str, Any], head: Frame, rs: Ruleset) -> dict[str, Votes]:
    given = [key for key in ("ballots", "tallies", "boxes") if key in file]
    if len(given) != 1:
        raise WrongInput(
            "{given} stand side by side" if given else "there are no votes",
            place="{at}",
            mend="give one of ballots, tallies or boxes",
            given=" and ".join(given),
            at=given[1] if given else "ballots",
        )
    return count_ballots(file["ballots"], head, rs) if given == ["ballots"] else count_tallies(file, head, rs)


def _checks(head: Frame, rs: Ruleset) -> list[dict[str, Any]]:
    """Quorum on those present of those entitled; ballots returned of those issued; those issued of those present.

    Issued is not compared where proxies are allowed: one person may then be issued several (E26).
    """
    quorum = rs.threshold(f"quorum.{head.meeting}")
    met = quorum.met(head.present, head.entitled)
    checks = [
        {
            "rule": "quorum",
            "ok": met,
            "needs": quorum.comparison(head.present, head.entitled),
            "article": rs.article(f"quorum.{head.meeting}"),
            "code": "quorum.met" if met else "quorum.not_met",
            "params": {
                "present": head.present,
                "entitled": head.entitled,
                "needed": quorum.needed(head.entitled),
            },
        },
        _within("returned", head.returned, "issued", head.issued, rs),
    ]
    if not rs.value("proxy.allowed"):
        checks.append(_within("issued", head.issued, "present", head.present, rs))
    return checks


def _within(rule: str, number: int, limit: str, most: int, rs: Ruleset) -> dict[str, Any]:
    ok = number <= most
    return {
        "rule": rule,
        "ok": ok,
        "needs": f"{number} <= {most}",
        "article": rs.article(f"{rule}.at_most"),
        "code": f"{rule}.within" if ok else f"{rule}.over",
        "params": {rule: number, limit: most},
    }


def _bar(head: Frame, rs: Ruleset) -> _Bar:
    """The votes needed. A re-vote among the tied asks for most votes only; nobody is ever elected by no vote at all."""
    base = {"present": head.present, "entitled": head.entitled, "returned": head.returned}[
        rs.text(f"base.{head.meeting}")
    ]
    if head.revote:
        return _Bar(1, base, rs.article("tie.rule"))
    if head.round > 1 and rs.text("second_round.rule") == "most_votes":
        floor = threshold(f">= {rs.text('second_round.floor')}")
        return _Bar(max(1, floor.needed(base)), base, rs.article("second_round.floor"))
    key = f"threshold.{head.meeting}"
    return _Bar(max(1, rs.threshold(key).needed(base)), base, rs.article(key))


def _rows(contest: Contest, votes: Votes) -> list[_Row]:
    """Candidates in the file's order, then write-ins with at least one vote, most first, equals by name."""

    def row(place: int, who: Candidate, for_: int, against: int) -> _Row:
        abstain = votes.valid - for_ - against
        return _Row(place, who.id, who.name, (who.key, who.note), who.kinds, who.struck, for_, against, abstain)

    rows = [row(place, who, votes.for_[who.id], votes.against[who.id]) for place, who in enumerate(contest.candidates)]
    for name, count in sorted(votes.write_ins.items(), key=lambda item: (-item[1], item[0])):
        rows.append(row(len(rows), Candidate(WRITE_IN + name, name, name, "", False, frozenset()), count, 0))
    return rows


def _carry(contests: Sequence[Contest], rows: Mapping[str, list[_Row]], votes: Mapping[str, Votes]) -> None:
    """下加计票: a person's votes for higher posts count for a lower one too; contests stand from the highest down.

    A hand tally that gives the carried votes itself is believed, contest by contest.
    """
    higher: dict[tuple[str, str], int] = {}
    for contest in contests:
        given = votes[contest.id].carried
        for row in rows[contest.id]:
            row.carried = given[row.id] if given else higher.get(row.person, 0)
        for row in rows[contest.id]:
            higher[row.person] = higher.get(row.person, 0) + row.for_


@dataclass(frozen=True, slots=True)
class _Seated:
    """One contest's seating, and who could not be seated because a higher post took them."""

    seating: Seating
    elsewhere: frozenset[int]


def _seat_all(head: Frame, rs: Ruleset, rows: Mapping[str, list[_Row]], bar: _Bar) -> dict[str, _Seated]:
    """Every contest seated, with the requirements on single contests first and those on the whole file after.

    What rank leaves short of a requirement on the whole is held in the contest with the most seats, the last of equals;
    there each requirement asks for what the other contests do not give, so that meeting one never undoes another. Who is
    seated there may be missing where a smaller post had them (one post each): then more is asked for, until it holds.
    """
    reserved: dict[str, list[Reservation]] = {contest.id: [] for contest in head.contests}
    for requirement in head.requirements:
        if requirement.contest is not None:
            reserved[requirement.contest].append(Reservation(requirement.kind, requirement.at_least))
    target = max(enumerate(head.contests), key=lambda item: (item[1].seats, item[0]))[1].id
    whole = [requirement for requirement in head.requirements if requirement.contest is None]
    seated, asked = _seat_each(head, rs, rows, bar, reserved), [0] * len(whole)
    while True:
        before = asked
        asked = []
        for requirement, least in zip(whole, before, strict=True):
            elsewhere = sum(
                _count_kind(rows[contest.id], seated[contest.id].seating, requirement.kind)
                for contest in head.contests
                if contest.id != target
            )
            asked.append(max(least, requirement.at_least - elsewhere))
        if asked == before:
            return seated
        held = [Reservation(requirement.kind, number) for requirement, number in zip(whole, asked, strict=True)]
        seated = _seat_each(head, rs, rows, bar, {**reserved, target: [*reserved[target], *held]})


def _settled(seated: _Seated, rows: Sequence[_Row], winners: Collection[str]) -> _Seated:
    """A seating in which those tied have been voted on again."""
    won = frozenset(row.place for row in rows if row.id in winners)
    settled = replace(seated.seating, elected=seated.seating.elected | won, tied=frozenset(), tied_seats=0)
    return replace(seated, seating=settled)


def _count_kind(rows: Sequence[_Row], seating: Seating, kind: str) -> int:
    return sum(row.place in seating.elected and kind in row.kinds for row in rows)


def _seat_each(
    head: Frame,
    rs: Ruleset,
    rows: Mapping[str, list[_Row]],
    bar: _Bar,
    reserved: Mapping[str, Sequence[Reservation]],
) -> dict[str, _Seated]:
    taken: set[tuple[str, str]] = set()
    seated: dict[str, _Seated] = {}
    for contest in head.contests:
        lines = rows[contest.id]
        elsewhere = frozenset(row.place for row in lines if row.person in taken)
        passed = [
            Person(row.place, row.votes, row.kinds)
            for row in lines
            if row.votes >= bar.needed and not row.struck and row.place not in elsewhere
        ]
        seating = seat(passed, contest.seats, reserved[contest.id])
        seated[contest.id] = _Seated(seating, elsewhere)
        if rs.value("one_post_each"):
            taken |= {row.person for row in lines if row.place in seating.elected}
    return seated


def _why(code: str, article: str, **params: object) -> dict[str, Any]:
    return {"code": code, "params": params, "article": article}


def _explain_void(rows: Sequence[_Row], checks: Sequence[Mapping[str, Any]], head: Frame) -> None:
    # no text says whether those stand whom earlier rounds elected; the answer says what this program assumes
    code, numbers = ("count.why.void", {}) if head.round == 1 else ("count.why.void_round", {"round": head.round})
    article = next(check["article"] for check in checks if not check["ok"])
    for row in rows:
        row.why = _why(code, article, votes=row.votes, **numbers)


def _explain(rows: Sequence[_Row], contest: Contest, seated: _Seated, bar: _Bar, rs: Ruleset) -> None:
    seating = seated.seating
    for row in rows:
        numbers = {"votes": row.votes, "needed": bar.needed, "base": bar.base, "seats": contest.seats}
        if row.place in seating.elected:
            row.outcome = "elected"
            if row.place in seating.preferred:
                row.why = _why("count.why.elected_of_kind", rs.article("require.rule"), **numbers)
            else:
                row.why = _why("count.why.elected", bar.article, **numbers)
        elif row.place in seating.tied:
            row.outcome = "tied"
            article = rs.article("tie.rule")
            row.why = _why("count.why.tied", article, **numbers, tied=len(seating.tied), open=seating.tied_seats)
        elif row.struck:
            row.why = _why("count.why.struck", rs.article("struck.electable"), **numbers)
        elif row.votes < bar.needed:
            row.why = _why("count.why.below", bar.article, **numbers)
        elif row.place in seated.elsewhere:
            row.why = _why("count.why.higher_post", rs.article("one_post_each"), **numbers)
        elif seating.held:
            row.why = _why("count.why.held", rs.article("require.rule"), **numbers, held=sum(seating.held.values()))
        elif row.place in seating.displaced:
            row.why = _why("count.why.displaced", rs.article("require.rule"), **numbers)
        else:
            row.why = _why("count.why.rank", bar.article, **numbers)


def _next(rows: Sequence[_Row], contest: Contest, seated: _Seated, head: Frame, rs: Ruleset) -> dict[str, Any] | None:
    """A re-vote among the tied before anything else; a round for the open seats unless the last one was held."""
    seating = seated.seating
    vacant = contest.seats - len(seating.elected)
    if seating.tied:
        tied = [row.id for row in rows if row.place in seating.tied]
        return {"kind": "revote", "candidates": tied, "seats": seating.tied_seats}
    last = rs.number("rounds.last")
    if not vacant or (last and head.round >= last):
        return None
    gone = seating.elected | seated.elsewhere
    pool = sorted((row for row in rows if row.place not in gone and not row.struck), key=lambda row: -row.votes)
    invited: set[int] = set()
    if vacant > sum(seating.held.values()):
        invited |= _foremost(pool, margin(rs, vacant))
    for kind, held in seating.held.items():
        invited |= _foremost([row for row in pool if kind in row.kinds], margin(rs, held))
    return {"kind": "second_round", "candidates": [row.id for row in pool if row.place in invited], "seats": vacant}


def _foremost(pool: Sequence[_Row], number: int) -> set[int]:
    """The first ``number`` of ``pool``, most votes first, and those level with the last of them."""
    if len(pool) <= number:
        return {row.place for row in pool}
    return {row.place for row in pool if row.votes >= pool[number - 1].votes}


def _report(
    contest: Contest,
    rows: Sequence[_Row],
    votes: Votes,
    head: Frame,
    bar: _Bar,
    then: dict[str, Any] | None,
    rs: Ruleset,
) -> dict[str, Any]:
    elected = sorted((row for row in rows if row.outcome == "elected"), key=lambda row: (-row.votes, row.place))
    return {
        "id": contest.id,
        "returned": head.returned,
        "valid": votes.valid,
        "invalid": votes.invalid,
        "base": bar.base,
        "needed": bar.needed,
        "votes": [_line(row, carried=bool(rs.value("carry_down"))) for row in rows],
        "elected": [row.id for row in elected],
        "tied": [row.id for row in rows if row.outcome == "tied"],
        "vacant": contest.seats - len(elected),
        "next": then,
    }


def _line(row: _Row, *, carried: bool) -> dict[str, Any]:
    return {
        "candidate": row.id,
        "name": row.name,
        "for": row.for_,
        **({"carried": row.carried} if carried else {}),
        "against": row.against,
        "abstain": row.abstain,
        "outcome": row.outcome,
        "why": row.why,
    }
