"""Places shared among groups: voters' representatives by residents' group, delegates by sub-branch.

The method is named ``largest_remainder``: each group gets the whole part of its exact share within its lawful least
and most, and what is left goes to the largest remainders, in the order given where they are equal. It is the method of
the calculation only; what binds is the least and most of each group and of the whole, and a proposal that breaks one
is reported with that constraint.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from election.faults import WrongInput
from election.law.finding import Finding
from election.law.ruleset import Limits, Ruleset

Route = Literal["groups", "households", "delegates"]
METHOD = "largest_remainder"


@dataclass(frozen=True, slots=True)
class Apportionment:
    """``places`` by group in the order given, ``units`` by large unit; ``findings`` name each constraint that fails."""

    method: str
    places: dict[str, int]
    units: dict[str, int]
    findings: tuple[Finding, ...]

    @property
    def total(self) -> int:
        return sum(self.places.values()) + sum(self.units.values())

    @property
    def ok(self) -> bool:
        return not any(finding.severity == "error" for finding in self.findings)


def apportion(
    rs: Ruleset,
    sizes: Mapping[str, int],
    *,
    route: Route,
    units: Mapping[str, int] | None = None,
    total: int | None = None,
) -> Apportionment:
    """Places for groups of so many households (or members, by the route of delegates).

    By ``groups`` each residents' group has 2-3 representatives; by ``households`` one per 20-60 households of the
    group; large ``units`` send some besides, and ``total`` counts those too. By ``delegates`` each sub-branch has at
    least one and never more than its members. Without ``total``, the fewest that the usual total allows. Raises
    WrongInput for numbers that are none.
    """
    if route == "delegates":
        return _delegates(rs, sizes, delegate_limits(rs).least if total is None else total)
    return _representatives(rs, sizes, dict(units or {}), route, total)


def _representatives(
    rs: Ruleset, households: Mapping[str, int], units: dict[str, int], route: Route, total: int | None
) -> Apportionment:
    _whole(households, "households", least=1)
    _whole(units, "units", least=0)
    if route == "groups":
        bounds = dict.fromkeys(households, group_limits(rs))
        key = "representatives.per_group_min"
    else:
        bounds = {group: household_limits(rs, count) for group, count in households.items()}
        key = "representatives.households_min"
    outside = sum(units.values())
    wanted = total_limits(rs).least if total is None else total
    places, findings = _share_out(households, bounds, wanted - outside, rs.article(key), exact=total is not None)
    return Apportionment(METHOD, places, units, (*findings, *check_representatives(rs, sum(places.values()), units)))


def group_limits(rs: Ruleset) -> Limits:
    """Representatives of a residents' group, counted by the group."""
    return rs.limits("representatives.per_group_")


def household_limits(rs: Ruleset, households: int) -> Limits:
    """Representatives of a residents' group of so many households, 1 per 20-60.

    One for every 60 households begun, and never more than one for every 20 full.
    """
    per = rs.limits("representatives.households_")
    fewest = -(-households // per.most)
    return Limits(fewest, max(fewest, households // per.least))


def group_holds(rs: Ruleset, households: int, representatives: int) -> bool:
    """Whether a group may have so many: counted by the group or by its households, where their number is known."""
    by_households = households > 0 and household_limits(rs, households).hold(representatives)
    return by_households or group_limits(rs).hold(representatives)


def unit_limits(rs: Ruleset) -> Limits:
    """Representatives whom one large unit sends."""
    return rs.limits("representatives.per_unit_")


def total_limits(rs: Ruleset) -> Limits:
    """Representatives of a community, as is usual."""
    return rs.limits("representatives.total_")


def residents_floor(rs: Ruleset, total: int) -> int:
    """How many of ``total`` representatives must be residents'."""
    return rs.threshold("representatives.residents_share").needed(total)


def delegate_limits(rs: Ruleset) -> Limits:
    """Delegates of a party organisation, where delegates meet."""
    return rs.limits("delegates.")


def delegates_allowed(rs: Ruleset, members: int) -> bool:
    """Whether so many members may be represented by delegates."""
    return members > rs.number("delegates.above_members")


def check_representatives(rs: Ruleset, residents: int, units: Mapping[str, int]) -> tuple[Finding, ...]:
    """The constraints on the whole: the usual total, each unit's number, and the residents' share."""
    findings = []
    lawful = unit_limits(rs)
    for unit, count in units.items():
        if not lawful.hold(count):
            article = rs.article("representatives.per_unit_max")
            params: dict[str, object] = {"group": unit, "places": count, "min": lawful.least, "max": lawful.most}
            findings.append(Finding("law.representatives.unit", "error", article, params))
    total = residents + sum(units.values())
    usual = total_limits(rs)
    if not usual.hold(total):
        article = rs.article("representatives.total_max")
        params = {"total": total, "min": usual.least, "max": usual.most}
        findings.append(Finding("law.representatives.total", "reason", article, params))
    needed = residents_floor(rs, total)
    if residents < needed:
        article = rs.article("representatives.residents_share")
        params = {"residents": residents, "total": total, "needed": needed}
        findings.append(Finding("law.representatives.residents_share", "error", article, params))
    return tuple(findings)


def _delegates(rs: Ruleset, members: Mapping[str, int], total: int) -> Apportionment:
    _whole(members, "members", least=1)
    findings: list[Finding] = []
    everyone = sum(members.values())
    if not delegates_allowed(rs, everyone):
        article = rs.article("delegates.above_members")
        params: dict[str, object] = {"members": everyone, "above": rs.number("delegates.above_members")}
        findings.append(Finding("law.delegates.too_few_members", "error", article, params))
    lawful = delegate_limits(rs)
    if not lawful.hold(total):
        params = {"total": total, "min": lawful.least, "max": lawful.most}
        findings.append(Finding("law.delegates.total", "error", rs.article("delegates.max"), params))
    bounds = {branch: Limits(1, count) for branch, count in members.items()}
    places, failed = _share_out(members, bounds, total, rs.article("delegates.max"), exact=True)
    return Apportionment(METHOD, places, {}, (*findings, *failed))


def _whole(numbers: Mapping[str, int], name: str, *, least: int) -> None:
    for group, count in numbers.items():
        if isinstance(count, bool) or not isinstance(count, int) or count < least:
            raise WrongInput(
                "{count!r} is not a number of {name}",
                place="{group}",
                mend="at least {least}",
                count=count,
                name=name,
                group=group,
                least=least,
            )
    if not numbers and least:
        raise WrongInput("there is none to share among", place="{name}", mend="give at least one group", name=name)


def _share_out(
    weights: Mapping[str, int], bounds: Mapping[str, Limits], wanted: int, article: str, *, exact: bool
) -> tuple[dict[str, int], list[Finding]]:
    """``wanted`` places by weight within the bounds; the nearest lawful number, and a finding, where that cannot be."""
    least, most = sum(bound.least for bound in bounds.values()), sum(bound.most for bound in bounds.values())
    total = min(max(wanted, least), most)
    findings = []
    if exact and total != wanted:
        params: dict[str, object] = {"wanted": wanted, "min": least, "max": most}
        findings.append(Finding("law.apportion.impossible", "error", article, params))
    return _largest_remainder(weights, bounds, total), findings


def _largest_remainder(weights: Mapping[str, int], bounds: Mapping[str, Limits], total: int) -> dict[str, int]:
    """Exact shares, held within the bounds; ``total`` must lie between the sums of the bounds.

    A share is a numerator over the weight of all that are still free. A group whose share lies outside its bounds is
    fixed there and the rest shared anew, the side that is further off first, so that fixing one never pushes another
    out of what it was due.
    """
    fixed: dict[str, int] = {}
    while True:
        free = [group for group in weights if group not in fixed]
        left, whole = total - sum(fixed.values()), sum(weights[group] for group in free)
        shares = {group: left * weights[group] for group in free}
        low = {g: bounds[g].least * whole - share for g, share in shares.items() if share < bounds[g].least * whole}
        high = {g: share - bounds[g].most * whole for g, share in shares.items() if share > bounds[g].most * whole}
        if not low and not high:
            break
        if sum(low.values()) >= sum(high.values()):
            fixed |= {group: bounds[group].least for group in low}
        else:
            fixed |= {group: bounds[group].most for group in high}
    places = {group: fixed[group] if group in fixed else shares[group] // whole for group in weights}
    for group in sorted(free, key=lambda group: shares[group] % whole, reverse=True)[: total - sum(places.values())]:
        places[group] += 1
    return places
