"""How many candidates an office needs, and how many seats a body may have."""

from __future__ import annotations

from typing import Literal

from election.faults import WrongInput
from election.law.finding import Finding
from election.law.majority import share
from election.law.ruleset import Ruleset

Form = Literal["branch", "general_branch", "committee"]


def margin(rs: Ruleset, seats: int) -> int:
    """The least number of candidates for ``seats`` (差额).

    ``margin.share`` 1/5 means at least a fifth more candidates than seats, the surplus rounded up: 5 seats 6, 6 seats 8.
    ``margin.more_than_seats`` means one more than the seats. Where a ruleset says both, both hold. Raises WrongInput
    for less than one seat.
    """
    if seats < 1:
        raise WrongInput(
            "{seats} seats cannot be elected", place="seats", mend="give a whole number of at least 1", seats=seats
        )
    num, den = share(rs.get("margin.share", "0/1"))
    surplus = -(-seats * num // den)
    return seats + max(surplus, 1 if rs.get("margin.more_than_seats") else 0)


def margin_key(rs: Ruleset) -> str:
    """The key that the margin rests on, for its article."""
    return "margin.share" if rs.get("margin.share") else "margin.more_than_seats"


def check_seats(
    rs: Ruleset, seats: int, *, form: Form | None = None, members: int | None = None
) -> tuple[Finding, ...]:
    """What stands against a committee of ``seats`` members; empty is lawful.

    A party organisation has a ``form`` and its number of ``members`` decides whether a branch elects a committee at
    all; a residents' or villagers' committee counts chair, deputies and members together.
    """
    bounds = _party_bounds(rs, seats, form, members) if rs.body == "party" else _committee_bounds(rs, seats)
    if rs.get("seats.odd") and seats % 2 == 0:
        bounds.append(Finding("law.seats.even", "error", rs.article("seats.odd"), {"seats": seats}))
    return tuple(bounds)


def _committee_bounds(rs: Ruleset, seats: int) -> list[Finding]:
    lawful = rs.limits("seats.")
    if lawful.hold(seats):
        return []
    params: dict[str, object] = {"seats": seats, "min": lawful.least, "max": lawful.most}
    return [Finding("law.seats.outside", "error", rs.article("seats.min"), params)]


def _party_bounds(rs: Ruleset, seats: int, form: Form | None, members: int | None) -> list[Finding]:
    if form is None:
        raise WrongInput(
            "a party organisation needs its form", place="form", mend="branch, general_branch or committee"
        )
    over = rs.number("seats.branch.over_members")
    if form == "branch" and members is not None and members <= over:
        article = rs.article("seats.branch.over_members")
        return [Finding("law.seats.no_committee", "error", article, {"members": members, "over": over})]
    least, normal, most = (rs.number(f"seats.{form}.{bound}") for bound in ("normal_min", "normal_max", "max"))
    article = rs.article(f"seats.{form}.max")
    if not least <= seats <= most:
        return [Finding("law.seats.outside", "error", article, {"seats": seats, "min": least, "max": most})]
    if seats > normal:
        return [Finding("law.seats.above_normal", "reason", article, {"seats": seats, "min": least, "max": normal})]
    return []
