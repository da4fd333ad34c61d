"""What a ruleset must say to be one: nothing that the count or the process would look for in vain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from election.faults import WrongInput
from election.law.ruleset import Body, Value

_EVERY = (
    "meeting.majority",
    "electorate",
    "margin.scope",
    "over_mark.voids",
    "blank_ballot",
    "write_in.allowed",
    "write_in.needs_against",
    "carry_down",
    "one_post_each",
    "returned.at_most",
    "issued.at_most",
    "struck.electable",
    "require.rule",
    "tie.rule",
    "second_round.rule",
    "rounds.last",
    "hands.allowed",
    "proxy.allowed",
    "seats.odd",
    "calendar.reading",
)
_COMMITTEE = (
    "nomination.agreement",
    "seats.min",
    "seats.max",
    "age.min",
    "objection.window_days",
    "objection.answer_days",
)
_PARTY = (
    "seats.branch.over_members",
    *(
        f"seats.{form}.{b}"
        for form in ("branch", "general_branch", "committee")
        for b in ("normal_min", "normal_max", "max")
    ),
    "delegates.above_members",
    "delegates.min",
    "delegates.max",
)
_OF_BODY: Mapping[Body, tuple[str, ...]] = {"party": _PARTY, "residents": _COMMITTEE, "villagers": _COMMITTEE}
#: the one authority that this program takes a body's results to
_RESULT: Mapping[Body, str] = {"party": "organisation", "residents": "civil_affairs", "villagers": "civil_affairs"}
_REPRESENTATIVES = tuple(
    f"representatives.{name}_{end}"
    for name in ("per_group", "households", "per_unit", "total")
    for end in ("min", "max")
)
_ORDERED = (
    ("seats.min", "seats.max"),
    ("delegates.min", "delegates.max"),
    *((f"seats.{form}.normal_min", f"seats.{form}.normal_max") for form in ("branch", "general_branch", "committee")),
    *((f"seats.{form}.normal_max", f"seats.{form}.max") for form in ("branch", "general_branch", "committee")),
    *(zip(_REPRESENTATIVES[::2], _REPRESENTATIVES[1::2], strict=True)),
)


def asked(body: Body) -> tuple[str, ...]:
    """Keys that every ruleset of this body has."""
    return (*_EVERY, *_OF_BODY[body])


def require_consistent(values: Mapping[str, Value], body: Body, where: str) -> None:
    """Raises WrongInput naming the first key that is missing or contradicts another."""
    for key in (*asked(body), *_conditional(values)):
        if key not in values:
            raise WrongInput(
                "is missing", place="{where}: {key}", mend="give it a value with its source", where=where, key=key
            )
    for low, high in _ORDERED:
        if low in values and high in values and _number(values[low]) > _number(values[high]):
            raise WrongInput(
                "is less than {low}",
                place="{where}: {high}",
                mend="put the smaller number first",
                low=low,
                where=where,
                high=high,
            )
    if "authority.result" in values and values["authority.result"].value != _RESULT[body]:
        raise WrongInput(
            "is not where a {body} result goes",
            place="{where}: authority.result",
            mend="{authority}",
            authority=_RESULT[body],
            body=body,
            where=where,
        )


def _conditional(values: Mapping[str, Value]) -> Iterator[str]:
    for meeting in ("assembly", "plenary", "council"):
        keys = [f"{part}.{meeting}" for part in ("quorum", "threshold", "base")]
        if meeting == "assembly" or any(key in values for key in keys):
            yield from keys
    if not ("margin.more_than_seats" in values and values["margin.more_than_seats"].value):
        yield "margin.share"
    if "second_round.rule" in values and values["second_round.rule"].value == "most_votes":
        yield "second_round.floor"
    if "electorate" in values and values["electorate"].value == "representatives":
        yield from _REPRESENTATIVES
        yield "representatives.residents_share"
    if "proxy.allowed" in values and values["proxy.allowed"].value:
        yield "proxy.max_held"


def _number(value: Value) -> int:
    return value.value if isinstance(value.value, int) else 0
