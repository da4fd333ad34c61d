"""One person at a time: added, corrected, removed, merged with a double, moved; rows that wait are looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from election.acts import rolls
from election.acts.perform import Refused
from election.faults import WrongInput
from election.names import identity
from election.names.writing import clean_name
from election.process.base import Demand
from election.process.roll import REGISTRARS
from election.record.entry import Entry
from election.store import places
from election.store.people import Resident
from election.store.reach import everywhere
from election.web import typed as texts
from election.web.access.policy import policy
from election.web.committee import blueprint
from election.web.committee.doing import crumbs
from election.web.committee.flow import Answer
from election.web.committee.people import Roll
from election.web.committee.rolls import LOOK, listed, one, shown, title
from election.web.context import account, now, place, store, today
from election.web.words import _, fault, sentence

PAGE = 100
TEXTS = ("name", "sex", "id_number", "birth", "group", "household", "address", "hukou", "residence_from", "phone")
#: most characters of what is written; 200 of the rest
LONGEST = {"name": 50}
NUMBER_FAULTS = {f: f"roll.bad-id.{f}" for f in ("length", "characters", "check", "date")}


class Sent:
    """What a change's form brought: who, on what ground, when; with what is wrong in it."""

    def __init__(self) -> None:
        form = request.form
        self.errors: dict[str, str] = {}
        self.demands: tuple[Demand, ...] = ()
        self.typed = {
            k: texts.told(form, k, LONGEST.get(k, 200), self.errors)
            for k in (*TEXTS, "basis", "objection", "category", "deprived")
        }
        self.on = form.get("occurred_on", today().isoformat())

    def basis(self) -> str:
        if not self.typed["basis"]:
            self.errors["basis"] = _("请填写依据，如“凭户口簿核对”")
        return self.typed["basis"]

    def day(self) -> date:
        found = texts.day(self.on)
        if isinstance(found, str):
            self.errors["occurred_on"] = _("实际发生日期须是日期，如 2010-12-26")
            return today()
        return found

    def objection(self) -> int | None:
        if not self.typed["objection"]:
            return None
        found = texts.number(self.typed["objection"])
        if isinstance(found, str):
            self.errors["objection"] = _("异议编号须是数字")
            return None
        return found

    def resident(self, known: Resident | None = None) -> Resident:
        """The person as typed; on top of what is known where somebody is corrected."""
        said = self.typed
        name, number = clean_name(said["name"]), identity.normalise(said["id_number"])
        if not name:
            self.errors["name"] = _("请填写姓名")
        if number and (fault := identity.fault(number)):
            self.errors["id_number"] = sentence(NUMBER_FAULTS[fault])
        birth, since = self._iso("birth"), self._iso("residence_from")
        if number and "id_number" not in self.errors:
            birth = identity.birth_date(number).isoformat()
        if not number and not birth and "birth" not in self.errors:
            self.errors["birth"] = _("没有身份证号的，请填写出生日期")
        sex = said["sex"] if said["sex"] in ("male", "female") else ""
        if not sex and number and "id_number" not in self.errors:
            sex = identity.sex(number)
        return replace(
            known or Resident(name),
            name=name,
            sex=sex,
            id_number=number,
            birth=birth,
            group=said["group"],
            household=said["household"],
            address=said["address"],
            hukou=said["hukou"] if said["hukou"] in ("local", "elsewhere") else "",
            residence_from=since,
            deprived=said["deprived"] == "yes",
            phone=said["phone"],
        )

    def _iso(self, name: str) -> str:
        if not self.typed[name]:
            return ""
        found = texts.day(self.typed[name])
        if isinstance(found, str):
            self.errors[name] = _("须是日期，如 1990-03-07")
            return ""
        return found.isoformat()

    def attempt(self, change: Callable[[], Entry]) -> Entry | None:
        """Do the change unless something is wrong; what stands against it is kept for the page."""
        if self.errors:
            return None
        try:
            return change()
        except Refused as refused:
            self.demands = refused.demands
        except WrongInput as wrong:
            self.errors[""] = fault(wrong)
        return None


def _done(words: str, entry: Entry, where: str) -> Answer:
    flash(_("{done}，已记入选举记录第 {number} 条", done=words, number=entry.seq + 1), "done")
    return redirect(where)


def _crumbs(here: str) -> list[tuple[str, str]]:
    return crumbs("", (title(place().world), url_for("committee.roll", election=place().election)), (here, ""))


def _page(template: str, sent: Sent, heading: str, **more: Any) -> Answer:
    words = render_template(
        template,
        typed=sent.typed,
        on=sent.on,
        errors=sent.errors,
        demands=sent.demands,
        heading=heading,
        members=place().world.election.body == "party",
        groups=[g for g in place().world.election.roll.groups if g],
        closed=place().world.election.roll.closed,
        crumbs=_crumbs(heading),
        **more,
    )
    return (words, 422) if request.method == "POST" else words


@blueprint.route("/<uuid:election>/roll/add", methods=["GET", "POST"])
@policy(at="election", roles=REGISTRARS)
def roll_add(election: Any) -> Answer:
    """Register one person by hand."""
    here, sent = place(), Sent()
    if request.method == "POST":
        resident, basis, day, objection = sent.resident(), sent.basis(), sent.day(), sent.objection()
        category = sent.typed["category"] if sent.typed["category"] in ("full", "probationary") else ""
        if here.world.election.body == "party" and not category:
            sent.errors["category"] = _("请选择党员类别")
        made: list[str] = []

        def change() -> Entry:
            entry, person = rolls.add(
                store(), account().actor, here.log, resident, basis, day, now(), category=category, objection=objection
            )
            made.append(person)
            return entry

        if entry := sent.attempt(change):
            where = url_for("committee.person", election=here.election, person=made[0])
            return _done(_("已登记 {name}", name=resident.name), entry, where)
    return _page("web/committee/roll_person_form.html", sent, _("登记一人"), action=_("登记"))


@blueprint.route("/<uuid:election>/roll/person/<uuid:person>/correct", methods=["GET", "POST"])
@policy(at="election", roles=REGISTRARS)
def roll_correct(election: Any, person: Any) -> Answer:
    """Correct what the roll says of one person."""
    here, chosen, sent = place(), one(str(person)), Sent()
    if request.method == "GET":
        known = asdict(chosen.resident)
        sent.typed |= {k: str(known[k]) for k in TEXTS}
        sent.typed["deprived"] = "yes" if chosen.resident.deprived else "no"
    else:
        resident, basis, day, objection = sent.resident(chosen.resident), sent.basis(), sent.day(), sent.objection()
        entry = sent.attempt(
            lambda: rolls.correct(
                store(), account().actor, here.log, chosen.person, resident, basis, day, now(), objection=objection
            )
        )
        if entry:
            where = url_for("committee.person", election=here.election, person=chosen.person)
            return _done(_("已更正 {name} 的登记", name=resident.name), entry, where)
    heading = _("更正 {name} 的登记", name=chosen.resident.name)
    return _page("web/committee/roll_person_form.html", sent, heading, action=_("更正登记"))


@blueprint.route("/<uuid:election>/roll/person/<uuid:person>/remove", methods=["GET", "POST"])
@policy(at="election", roles=REGISTRARS)
def roll_remove(election: Any, person: Any) -> Answer:
    """Take one person off the roll, or one of two rows of the same person."""
    here, chosen, sent = place(), one(str(person)), Sent()
    doubles = [
        p
        for p in Roll(store(), here.world).find(chosen.resident.name)
        if p.name == chosen.resident.name and p.id != chosen.person
    ]
    if request.method == "POST":
        basis, day, objection = sent.basis(), sent.day(), sent.objection()
        merge = request.form.get("double") == "yes"
        if merge and not doubles:
            sent.errors["double"] = _("名册上没有同名的另一行，不能按重复登记合并")
        entry = sent.attempt(
            lambda: rolls.remove(
                store(), account().actor, here.log, chosen.person, basis, day, now(),
                kind="merge" if merge else "remove", objection=objection,
            )
        )  # fmt: skip
        if entry:
            return _done(
                _("已删除 {name} 的登记", name=chosen.resident.name),
                entry,
                url_for("committee.roll", election=here.election),
            )
    heading = _("删除 {name} 的登记", name=chosen.resident.name)
    return _page(
        "web/committee/roll_remove.html", sent, heading, chosen=shown(chosen, here.world), doubles=doubles,
        double=request.form.get("double", "no"),
    )  # fmt: skip


@blueprint.route("/<uuid:election>/roll/person/<uuid:person>/move", methods=["GET", "POST"])
@policy(at="election", roles=REGISTRARS)
def roll_move(election: Any, person: Any) -> Answer:
    """Move one person to another community's roll: both records say so, or neither."""
    here, chosen, sent = place(), one(str(person)), Sent()
    targets = _targets()
    target = request.form.get("target", "")
    if request.method == "POST":
        basis, day = sent.basis(), sent.day()
        if target not in dict(targets):
            sent.errors["target"] = _("请选择转入的社区")
        # the other roll lies outside the registrar's own place: the act judges whether this hand may write both
        with everywhere():
            entry = sent.attempt(
                lambda: rolls.move(store(), account().actor, chosen.person, here.log, target, basis, day, now())[0]
            )
        if entry:
            return _done(
                _("已把 {name} 转到其他社区", name=chosen.resident.name),
                entry,
                url_for("committee.roll", election=here.election),
            )
    heading = _("把 {name} 转到其他社区", name=chosen.resident.name)
    return _page(
        "web/committee/roll_move.html", sent, heading, chosen=shown(chosen, here.world), target=target,
        targets=[("", _("请选择")), *targets],
    )  # fmt: skip


def _targets() -> list[tuple[str, str]]:
    """Elections of the same body in the other communities of this campaign."""
    here = place()
    found = []
    # who else votes in the campaign is no secret; whether somebody may be moved there is for the act to say
    with everywhere(), store().read() as session:
        for community in here.world.campaign.communities.values():
            elections = places.elections(session, here.campaign, community.id)
            if community.id != here.community and here.world.election.body in elections:
                found.append((elections[here.world.election.body], community.name))
    return found


@blueprint.route("/<uuid:election>/roll/review", methods=["GET", "POST"])
@policy(at="election", roles=REGISTRARS)
def roll_review(election: Any) -> Answer:
    """Rows that wait for a registrar's look: they stand, or they go."""
    here, sent = place(), Sent()
    waiting = listed(here.world, LOOK)
    waiting.sort(key=lambda p: p.status)
    chosen = [c for c in request.form.getlist("person") if c in {p.person for p in waiting}]
    decision = request.form.get("_go", "")
    if request.method == "POST":
        basis, day = sent.basis(), sent.day()
        if not chosen:
            sent.errors["person"] = _("请先勾选已经核对的人")
        if decision not in ("accept", "remove"):
            abort(400)
        entry = sent.attempt(
            lambda: rolls.review(
                store(),
                account().actor,
                here.log,
                chosen,
                "accept" if decision == "accept" else "remove",
                basis,
                day,
                now(),
            )
        )
        if entry:
            words = (
                _("核对 {count} 人，予以登记", count=len(chosen))
                if decision == "accept"
                else _("核对 {count} 人，不予登记", count=len(chosen))
            )
            return _done(words, entry, url_for("committee.roll_review", election=here.election))
    return _page(
        "web/committee/roll_review.html", sent, _("待核对的登记"),
        people=[shown(p, here.world) for p in waiting[:PAGE]], total=len(waiting), chosen=chosen,
    )  # fmt: skip
