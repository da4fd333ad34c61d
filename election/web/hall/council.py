"""The consultation council, elected by the same meeting at equal number: names, then for, against and abstain of each."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for

from election.names.writing import clean_name
from election.process.equal import ElectCouncil, NamedTally
from election.process.steps import full_names
from election.web.access.policy import policy
from election.web.committee.flow import Answer
from election.web.committee.people import Roll
from election.web.context import place, store, today
from election.web.forms import Found
from election.web.hall import blueprint, doing
from election.web.hall.doing import Doing
from election.web.hall.hands import present
from election.web.hall.rights import LEAD
from election.web.hall.sheets import MARK_WORDS, MARKS, digits, int_of, number_of
from election.web.words import _

MOST_MEMBERS = 60


@dataclass
class Member:
    """One line as it was typed."""

    person: str
    name: str
    typed: dict[str, str]

    @property
    def total(self) -> int | None:
        """What the line has so far; None while nothing is typed in it."""
        numbers = [n for mark in MARKS if (n := digits(self.typed[mark])) is not None]
        return sum(numbers) if numbers else None


@blueprint.route("/<uuid:election>/council", methods=["GET", "POST"])
@policy(at="election", roles=LEAD)
def council(election: UUID) -> Answer:
    facts = place().world.election
    if not full_names(facts, "council"):
        abort(404)
    if request.method == "GET":
        return _page([], Doing("", today()))
    members, attempt = _members(), doing.begun()
    order, _colon, at = request.form.get("_go", "next").partition(":")
    if order == "remove":
        members = [m for i, m in enumerate(members) if i != (int_of(at) if at else -1)]
        return _page(members, Doing("", today()))
    if order in ("add", "pick"):
        return _added(members)
    act = _act(members, attempt)
    if act is None or doing.judged(attempt, act).stopped:
        return _page(members, attempt)
    if order != "do":
        return _page(members, attempt, asked=act)
    if doing.signed(attempt).stopped or doing.done(attempt, act) is None:
        return _page(members, attempt, asked=None if attempt.demands else act)
    flash(_("协商议事委员会的推选结果已登记"))
    return redirect(url_for("hall.home", election=place().election))


# --- the names -------------------------------------------------------------------------------------------------------


def _members() -> list[Member]:
    """Lines as they came; names are those of the roll or the representatives, whatever the form says."""
    found: list[Member] = []
    for at in range(min(int_of(request.form.get("m.rows", "0")), MOST_MEMBERS)):
        person = request.form.get(f"m.{at}.person", "")[:36]
        name = _name(person)
        if name and all(m.person != person for m in found):
            typed = {mark: request.form.get(f"m.{at}.{mark}", "") for mark in MARKS}
            found.append(Member(person, name, typed))
    return found


def _name(person: str) -> str:
    facts = place().world.election
    if person in facts.representatives:
        return facts.representatives[person].name
    known = Roll(store(), place().world).known(person)
    return known.name if known is not None else ""


def _search(wanted: str) -> list[Found]:
    """Representatives of this name first; else people of the roll."""
    facts = place().world.election
    own = [Found(r.person, r.name, r.group) for r in facts.representatives.values() if clean_name(r.name) == wanted]
    return own or Roll(store(), place().world).find(wanted)


def _added(members: list[Member]) -> Answer:
    """One more line, everybody for it until somebody says otherwise; or the people that are meant, to choose from."""
    attempt, chosen = Doing("", today()), request.form.get("chosen", "")[:36]
    wanted = clean_name(request.form.get("find", ""))
    people: list[Found] = []
    if not chosen:
        people = _search(wanted) if wanted else []
        if len(people) == 1 and people[0].name == wanted:
            chosen = people[0].id
        elif not people:
            attempt.errors["find"] = _("名册上没有查到“{name}”，请核对姓名", name=wanted) if wanted else _("请写姓名")
    name = _name(chosen) if chosen else ""
    if name and any(m.person == chosen for m in members):
        attempt.errors["find"] = _("{name}已在名单上", name=name)
    elif name and len(members) < MOST_MEMBERS:
        members.append(Member(chosen, name, {"for": str(present()), "against": "0", "abstain": "0"}))
        people, wanted = [], ""
    return _page(members, attempt, people=people, wanted=wanted)


# --- the act ---------------------------------------------------------------------------------------------------------


def _act(members: list[Member], attempt: Doing) -> ElectCouncil | None:
    rows = []
    for at, member in enumerate(members):
        numbers = []
        for mark in MARKS:
            number, wrong = number_of(member.typed[mark])
            if number is None:
                attempt.errors[f"m.{at}.{mark}"] = f"{member.name} {_(MARK_WORDS[mark])}：{wrong}"
            numbers.append(number or 0)
        rows.append(
            NamedTally(
                person=member.person, name=member.name, votes_for=numbers[0], against=numbers[1], abstain=numbers[2]
            )
        )
    if not rows:
        attempt.errors["find"] = _("请先写上推选的人")
    return None if attempt.errors else ElectCouncil(members=tuple(rows))


def _page(
    members: list[Member],
    attempt: Doing,
    *,
    asked: ElectCouncil | None = None,
    people: list[Found] | None = None,
    wanted: str | None = None,
) -> Answer:
    facts = place().world.election
    page = render_template(
        "web/hall/council.html",
        members=members,
        doing=attempt,
        asked=asked,
        asked_rows=[[m.name, m.votes_for, m.against, m.abstain] for m in asked.members] if asked else [],
        people=people or [],
        wanted=request.form.get("find", "") if wanted is None else wanted,
        present=present(),
        suggestions=[r.name for r in facts.representatives.values()],
    )
    return (page, 422) if attempt.stopped else page
