"""A count file's shape: from JSON values to typed ones, and the first thing that does not fit as a WrongInput.

Places are written as paths, ``contests[0].candidates[1].name``; whoever knows the file's name puts it in front.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from election.faults import WrongInput
from election.names.writing import clean_name

Meeting = Literal["assembly", "plenary", "council"]
Method = Literal["ballot", "show_of_hands"]
Choice = TypeVar("Choice", bound=str)

MEETINGS: tuple[Meeting, ...] = ("assembly", "plenary", "council")
METHODS: tuple[Method, ...] = ("ballot", "show_of_hands")
WRITE_IN = "write-in:"
#: the whole world votes with less; a number beyond it is a slip of the keyboard
LARGEST = 10_000_000_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """``name`` as written, ``key`` as compared."""

    id: str
    name: str
    key: str
    note: str
    struck: bool
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Contest:
    id: str
    seats: int
    candidates: tuple[Candidate, ...]

    def named(self, name: str) -> list[str]:
        """Ids of the listed candidates whose name compares as ``name``; two where two people share it."""
        return [candidate.id for candidate in self.candidates if candidate.key == name]


@dataclass(frozen=True, slots=True)
class Requirement:
    """At least so many elected of a kind, in one contest or (``contest`` None) in all together."""

    kind: str
    at_least: int
    contest: str | None


@dataclass(frozen=True, slots=True)
class Frame:
    """A count file without its votes."""

    ruleset: str
    round: int
    revote: bool
    meeting: Meeting
    method: Method
    entitled: int
    present: int
    issued: int
    returned: int
    contests: tuple[Contest, ...]
    requirements: tuple[Requirement, ...]


def frame(file: Mapping[str, Any]) -> Frame:
    """Everything of a count file but the votes. Raises WrongInput."""
    if not isinstance(file, Mapping):
        raise WrongInput("is not a count file", mend="give one JSON object")
    method = choice(file.get("method", "ballot"), METHODS, "method")
    entitled, present = (whole(file.get(key), key) for key in ("entitled", "present"))
    if present > entitled:
        raise WrongInput(
            "{present} present are more than {entitled} entitled",
            place="present",
            mend="check both numbers",
            present=present,
            entitled=entitled,
        )
    # a show of hands has no papers: one raised hand each of those present
    papers = present if method == "show_of_hands" else None
    issued, returned = (whole(file.get(key, papers), key) for key in ("issued", "returned"))
    if method == "show_of_hands" and not issued == returned == present:
        raise WrongInput(
            "a show of hands has no ballots",
            place="issued",
            mend="make issued and returned equal present, or leave them out",
        )
    contests = contests_of(file.get("contests"))
    return Frame(
        ruleset=text(file.get("ruleset"), "ruleset"),
        round=whole(file.get("round", 1), "round", least=1),
        revote=flag(file.get("revote", False), "revote"),
        meeting=choice(file.get("meeting", "assembly"), MEETINGS, "meeting"),
        method=method,
        entitled=entitled,
        present=present,
        issued=issued,
        returned=returned,
        contests=contests,
        requirements=_requirements(file.get("require", []), contests),
    )


def contests_of(given: object) -> tuple[Contest, ...]:
    """The contests of a count file. Raises WrongInput."""
    rows = sequence(given, "contests")
    if not rows:
        raise WrongInput("there is none", place="contests", mend="name at least one contest")
    found: dict[str, Contest] = {}
    for index, row in enumerate(rows):
        place = f"contests[{index}]"
        contest = _contest(mapping(row, place), place)
        if contest.id in found:
            raise WrongInput(
                "{id!r} stands twice",
                place="{at}.id",
                mend="give each contest its own id",
                id=contest.id,
                at=place,
            )
        found[contest.id] = contest
    return tuple(found.values())


def _contest(row: Mapping[str, Any], place: str) -> Contest:
    candidates: dict[str, Candidate] = {}
    for index, given in enumerate(sequence(row.get("candidates"), f"{place}.candidates")):
        here = f"{place}.candidates[{index}]"
        candidate = _candidate(mapping(given, here), here)
        if candidate.id in candidates:
            raise WrongInput(
                "{id!r} stands twice",
                place="{here}.id",
                mend="give each candidate an id of their own",
                id=candidate.id,
                here=here,
            )
        candidates[candidate.id] = candidate
    return Contest(
        text(row.get("id"), f"{place}.id"),
        whole(row.get("seats"), f"{place}.seats", least=1),
        tuple(candidates.values()),
    )


def _candidate(row: Mapping[str, Any], place: str) -> Candidate:
    identity = text(row.get("id"), f"{place}.id")
    if identity.startswith(WRITE_IN):
        raise WrongInput(
            "{prefix!r} begins the ids of write-ins", place="{at}.id", mend="give another id", prefix=WRITE_IN, at=place
        )
    reserved = [
        text(kind, f"{place}.reserved[{n}]")
        for n, kind in enumerate(sequence(row.get("reserved", []), f"{place}.reserved"))
    ]
    sex, note = row.get("sex"), row.get("note")
    if sex is not None and not isinstance(sex, str):
        raise WrongInput("{sex!r} is not a sex", place="{at}.sex", mend='write "male" or "female"', sex=sex, at=place)
    kinds = {kind for kind in reserved if kind != "woman"} | ({"woman"} if sex == "female" else set())
    return Candidate(
        identity,
        text(row.get("name"), f"{place}.name"),
        person(row.get("name"), f"{place}.name"),
        note if isinstance(note, str) else "",
        flag(row.get("struck", False), f"{place}.struck"),
        frozenset(kinds),
    )


def _requirements(given: object, contests: Sequence[Contest]) -> tuple[Requirement, ...]:
    found = []
    for index, row in enumerate(sequence(given, "require")):
        place = f"require[{index}]"
        row = mapping(row, place)
        contest = row.get("contest")
        if contest is not None and contest not in [known.id for known in contests]:
            raise WrongInput(
                "{contest!r} is not a contest of this file",
                place="{at}.contest",
                mend="name a contest's id",
                contest=contest,
                at=place,
            )
        found.append(
            Requirement(
                text(row.get("kind"), f"{place}.kind"),
                whole(row.get("at_least"), f"{place}.at_least"),
                contest,
            )
        )
    return tuple(found)


def mapping(value: object, place: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise WrongInput(
            "is missing" if value is None else "is not an object", place="{at}", mend="write {{ … }}", at=place
        )
    return value


def sequence(value: object, place: str) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise WrongInput("is missing" if value is None else "is not a list", place="{at}", mend="write [ … ]", at=place)
    return value


def text(value: object, place: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise WrongInput(
            "is missing" if value is None else "is not a text",
            place="{at}",
            mend="write a text that is not empty",
            at=place,
        )
    return value


def person(value: object, place: str) -> str:
    """A person's name as it is compared, on ballots as on the roll: 王 强 and 王强 are one name, so are 阿不都·热合曼 and 阿不都•热合曼."""
    return text(clean_name(text(value, place)), place)


def whole(value: object, place: str, *, least: int = 0) -> int:
    if type(value) is not int or not least <= value <= LARGEST:
        raise WrongInput(
            "is missing" if value is None else "{value!r} is not a number of people or papers",
            place="{at}",
            mend="write a whole number of at least {least}",
            at=place,
            value=str(value)[:40],
            least=least,
        )
    return value


def flag(value: object, place: str) -> bool:
    if not isinstance(value, bool):
        raise WrongInput("is neither true nor false", place="{at}", mend="write true or false", at=place)
    return value


def choice(value: object, choices: tuple[Choice, ...], place: str) -> Choice:
    for known in choices:
        if value == known:
            return known
    raise WrongInput(
        "{value!r} is not known",
        place="{at}",
        mend="one of {choices}",
        value=str(value)[:40],
        at=place,
        choices=", ".join(choices),
    )


def known_keys(row: Mapping[str, Any], known: frozenset[str], place: str) -> None:
    """An unknown key in a vote is an error: a misspelt ``write_ins`` must not lose a vote in silence."""
    for key in row:
        if key not in known:
            raise WrongInput(
                "is not a key here",
                place="{at}.{key}",
                mend="one of {choices}",
                at=place,
                key=key,
                choices=", ".join(sorted(known)),
            )
