"""Who works in the hall: chosen by name, given a login and a PIN on a card, replaced within a minute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for

from election.acts import accounts as acts
from election.acts.do import do_many
from election.acts.perform import Refused
from election.process.base import HALL, Demand
from election.process.facts import Staff
from election.process.machine import signing, unvouched
from election.process.office import MAKES, VOUCHING
from election.process.preparation import AppointStaff, DismissStaff
from election.store import accounts
from election.store.accounts import Account
from election.web import typed as texts
from election.web.access import entering, throttle
from election.web.access.policy import policy
from election.web.committee.flow import Answer, Flow, conduct
from election.web.committee.offers import offer
from election.web.context import account, now, place, store
from election.web.controls import controls
from election.web.forms import ActForm
from election.web.hall import blueprint, doing
from election.web.hall.doing import Doing
from election.web.hall.rights import GIVERS, LEAD, has_role, may
from election.web.typed import Typed
from election.web.words import _


@dataclass(frozen=True)
class Worker:
    """One member of staff with the account they have, and whether its key waits for vouchers."""

    staff: Staff
    account: Account | None
    waits: bool


@dataclass(frozen=True)
class Card:
    """What somebody is handed: shown once."""

    account: Account
    pin: str
    #: what is typed where others' guesses at the login keep them waiting
    handed: str
    #: two officials are still to vouch for the key before it signs
    waits: bool


def workers() -> list[Worker]:
    """Staff in the order they were chosen. An account belongs to the person; one without a person, to the name."""
    facts, known = place().world.election, place().world.office.accounts
    hall = [a for a in accounts.within(store(), facts.path, place().election) if a.active]

    def own(s: Staff) -> Account | None:
        same = [a for a in hall if a.role == s.role]
        person = next((a for a in same if a.id in known and known[a.id].person == s.person), None)
        unnamed = (a for a in same if a.name == s.name and not (a.id in known and known[a.id].person))
        return person or next(unnamed, None)

    office, found = place().world.office, [(s, own(s)) for s in facts.staff]
    return [Worker(s, a, a is not None and unvouched(office, a.id)) for s, a in found]


def _gives() -> bool:
    """Whether this person hands out logins of the meeting."""
    return has_role(place(), GIVERS) and bool(HALL & MAKES.get(account().role, frozenset()))


@blueprint.get("/<uuid:election>/staff")
@policy(at="election", roles=LEAD | GIVERS)
def staff(election: UUID) -> Answer:
    return _page()


def _page(demands: Sequence[Demand] = (), errors: Mapping[str, str] | None = None) -> Answer:
    listed = workers()
    people = {(w.staff.role, w.account.id) for w in listed if w.account is not None}
    hall = accounts.within(store(), place().world.election.path, place().election)
    others = [a for a in hall if a.active and (a.role, a.id) not in people]
    page = render_template(
        "web/hall/staff.html",
        workers=listed,
        others=others,
        gives=_gives(),
        appoints=may(place(), "prepare.staff"),
        demands=demands,
        errors=errors or {},
    )
    return (page, 422) if demands or errors else page


@blueprint.route("/<uuid:election>/staff/new", methods=["GET", "POST"])
@policy(at="election", roles=LEAD)
def appoint(election: UUID) -> Answer:
    """Choose somebody by name; the law says who may not."""
    world = place().world
    back = url_for("hall.staff", election=world.election.id)
    return conduct(
        Flow(
            world.election.id,
            world,
            AppointStaff,
            offer(store(), world, AppointStaff),
            back=back,
            crumbs=[(_("会场"), url_for("hall.home", election=world.election.id)), (_("工作人员"), back)],
            bearing=[(_("候选人"), "、".join(c.name for c in world.election.official or world.election.prospective))],
        )
    )


# --- logins ----------------------------------------------------------------------------------------------------------


@blueprint.post("/<uuid:election>/staff/cards")
@policy(at="election", roles=GIVERS)
def cards(election: UUID) -> Answer:
    """A login and a PIN for ``all`` who have none yet, or for the one person named."""
    chosen = request.form.get("person", "")
    bare = [w.staff for w in workers() if w.account is None and chosen in ("all", f"{w.staff.role}:{w.staff.person}")]
    if bare and (errors := entering.step_up(account())):
        return _page(errors=errors)
    made: list[Card] = []
    for who in bare:
        try:
            made.append(_given(who))
        except Refused as refused:
            return _cards(made, refused.demands) if made else _page(refused.demands)
    return _cards(made) if made else redirect(url_for("hall.staff", election=place().election))


def _given(who: Staff) -> Card:
    made, pin = acts.create_hall_account(
        store(),
        account().actor,
        election=place().election,
        role=who.role,
        name=who.name,
        person=who.person,
        now=now(),
    )
    return _card(made, pin)


@blueprint.post("/<uuid:election>/staff/<uuid:login>/pin")
@policy(at="election", roles=GIVERS)
def another_pin(election: UUID, login: UUID) -> Answer:
    """A lost PIN stops counting, another is given."""
    found = _hall_account(login)
    if errors := entering.step_up(account()):
        return _page(errors=errors)
    try:
        pin = acts.new_pin(store(), account().actor, found, now=now())
    except Refused as refused:
        return _page(refused.demands)
    return _cards([_card(accounts.get(store(), found.id), pin)])


@blueprint.post("/<uuid:election>/staff/<uuid:login>/close")
@policy(at="election", roles=GIVERS)
def close_login(election: UUID, login: UUID) -> Answer:
    found = _hall_account(login)
    if errors := entering.step_up(account()):
        return _page(errors=errors)
    try:
        acts.close(store(), account().actor, found, reason="", now=now())
    except Refused as refused:
        return _page(refused.demands)
    flash(_("账号已停用：{name}", name=found.login))
    return redirect(url_for("hall.staff", election=place().election))


def _hall_account(login: UUID) -> Account:
    """An active account of this meeting; any other is not found."""
    hall = accounts.within(store(), place().world.election.path, place().election)
    found = next((a for a in hall if a.id == str(login) and a.active), None)
    if found is None:
        abort(404)
    return found


def _card(made: Account, pin: str) -> Card:
    """A key made a moment ago has no vouchers yet."""
    return Card(made, pin, throttle.pass_of(made.login), waits=made.role in signing() and not place().demonstration)


def _cards(made: Sequence[Card], demands: Sequence[Demand] = ()) -> Answer:
    return render_template("web/hall/cards.html", cards=made, demands=demands, vouching=VOUCHING)


# --- replaced on the spot --------------------------------------------------------------------------------------------


@blueprint.route("/<uuid:election>/staff/<role>/<person>/replace", methods=["GET", "POST"])
@policy(at="election", roles=LEAD)
def replace_worker(election: UUID, role: str, person: str) -> Answer:
    """One goes, another comes, in one transaction; the old login is closed and a new card made where one may."""
    worker = next((w for w in workers() if w.staff.role == role and w.staff.person == person), None)
    if worker is None:
        abort(404)
    form = _joining(worker)
    attempt = doing.begun() if request.method == "POST" else Doing("", now().date())
    if request.method == "GET":
        return _replace_page(worker, form, attempt)
    if form.change(request.form.get("_go", "next")):
        attempt.errors |= form.errors
        return _replace_page(worker, form, attempt)
    coming = form.read()
    attempt.errors |= form.errors
    reason = texts.told(request.form, "leaving", 200, attempt.errors)
    if len(reason) < 2:
        attempt.errors["leaving"] = _("请写明更换的原因")
    if coming is not None and not attempt.errors and _gives():
        attempt.errors |= entering.step_up(account())
    if coming is None or attempt.errors:
        return _replace_page(worker, form, attempt)
    assert isinstance(coming, AppointStaff)  # its own form
    return _replaced(worker, form, coming, reason, attempt)


def _joining(worker: Worker) -> ActForm:
    given = offer(store(), place().world, AppointStaff)
    form = ActForm(AppointStaff, replace(given, fixed={"role": worker.staff.role}))
    form.typed = Typed.of(request.form, form.names)
    return form


def _replaced(worker: Worker, form: ActForm, coming: AppointStaff, reason: str, attempt: Doing) -> Answer:
    log, leaving = place().log, DismissStaff(person=worker.staff.person, reason=reason)
    try:
        do_many(store(), [(log, leaving), (log, coming)], account().actor, attempt.on, now())
    except Refused as refused:
        attempt.demands = refused.demands
        return _replace_page(worker, form, attempt)
    flash(_("{coming}接替{leaving}", coming=coming.name, leaving=worker.staff.name))
    back = redirect(url_for("hall.staff", election=place().election))
    if not _gives():
        return back
    try:
        if worker.account is not None:
            acts.close(store(), account().actor, worker.account, reason="", now=now())
        return _cards([_given(Staff(coming.person, coming.name, coming.role))])
    except Refused as refused:
        return _cards([], refused.demands)


def _replace_page(worker: Worker, form: ActForm, attempt: Doing) -> Answer:
    page = render_template(
        "web/hall/replace.html",
        worker=worker,
        controls=controls(form),
        doing=attempt,
        leaving=request.form.get("leaving", ""),
        gives=_gives(),
    )
    return (page, 422) if attempt.stopped else page
