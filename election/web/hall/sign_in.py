"""Signing in at the meeting: a card's square or a name into one field, the count beside it, one batch when it closes.

A scanner on USB, or a telephone as keyboard, types the square's code and Enter; by hand a name does as well. What is kept
until the close is who has come, without order or time; the close seals the list in the order of the 签到册.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for

from election.acts import attendance, cards
from election.acts.cards import Holder
from election.names.pinyin import search_text
from election.process.base import Role
from election.process.meeting import CloseSignIn
from election.process.world import World
from election.store import signing_in
from election.web.access.policy import policy
from election.web.committee.flow import Answer
from election.web.context import place, store, today
from election.web.hall import blueprint, doing
from election.web.hall.doing import Doing
from election.web.hall.rights import LEAD, may
from election.web.hall.simple import needed
from election.web.words import _

WHO = LEAD | {Role.DESK_CLERK}
#: longer is no name
LONGEST = 80
#: people to choose from who are listed
MOST_SAME = 20


@dataclass
class Desk:
    """What stands on the page: who is entitled and who has come, and what the last thing typed was."""

    people: list[Holder]
    present: set[str]
    typed: str = ""
    error: str = ""
    #: people of the name that was typed, to choose from
    same: list[Holder] = field(default_factory=list)

    @property
    def came(self) -> list[Holder]:
        """In the order of the list, never of coming."""
        return [h for h in self.people if h.person in self.present]


def is_open(world: World) -> bool:
    """Whether people can sign in now: the meeting is open and sign-in not closed."""
    meeting = world.election.meeting
    if meeting is None or meeting.opened_on is None:
        return False
    this = world.election.round
    return meeting.present is None or (this is not None and this.number > 1 and this.account is None)


def _desk() -> Desk:
    world = place().world
    with store().read() as session:
        return Desk(cards.entitled(store(), session, world), signing_in.present(session, world.election.id))


@blueprint.route("/<uuid:election>/sign-in", methods=["GET", "POST"])
@policy(at="election", roles=WHO)
def sign_in(election: UUID) -> Answer:
    desk = _desk()
    if request.method == "GET":
        return _page(desk)
    if not is_open(place().world):
        desk.error = _("现在不能签到：大会没有宣布开始，或签到已经截止")
        return _page(desk)
    if back := request.form.get("back", ""):
        signing_in.take_back(store(), place().log, _known(desk, back).person)
        flash(_("已撤销 {name} 的签到", name=_known(desk, back).name))
        return redirect(url_for("hall.sign_in", election=place().election))
    chosen = request.form.get("person", "")
    holder = _known(desk, chosen) if chosen else _named(desk)
    if holder is None:
        return _page(desk)
    if holder.person in desk.present or not signing_in.sign_in(store(), place().log, holder.person):
        desk.error = _("{name} 已经签到，不能重复领票", name=holder.name)
        return _page(desk)
    flash(_("{name}（{group}）已签到", name=holder.name, group=holder.group or "—"))
    return redirect(url_for("hall.sign_in", election=place().election))


def _known(desk: Desk, person: str) -> Holder:
    found = next((h for h in desk.people if h.person == person), None)
    if found is None:
        abort(404)
    return found


def _named(desk: Desk) -> Holder | None:
    """Who is meant by what was scanned or typed; otherwise the desk says why not."""
    typed = "".join(request.form.get("who", "").split())[:LONGEST]
    desk.typed = typed
    if not typed:
        desk.error = _("请扫描证件上的二维码，或者输入姓名")
        return None
    if cards.CODE.fullmatch(typed.upper()):
        found = cards.holder_of(store(), place().log, desk.people, typed.upper())
        if found is None:
            desk.error = _("这张证不属于本次选举，或者持证人不在名单内")
        return found
    if any(letter.isdigit() or letter in "/:?=" for letter in typed):
        desk.error = _("这不是本次会议的证件：扫到的是别的二维码。请核对证件，或者输入姓名")
        return None
    exact = [h for h in desk.people if "".join(h.name.split()) == typed]
    same = exact or [h for h in desk.people if _meant(h.name, typed.lower())]
    if not same:
        desk.error = _("名单内没有“{name}”，请核对姓名", name=typed)
        return None
    if len(same) > MOST_SAME:
        desk.error = _("“{name}”有 {count} 位，请把姓名写全", name=typed, count=len(same))
    elif len(same) > 1 or not exact:
        desk.same = same
    else:
        return same[0]
    return None


def _meant(name: str, part: str) -> bool:
    """By a part of the name, or by the beginning of its pinyin or initials."""
    return any(word.startswith(part) for word in search_text(name).split()) if part.isascii() else part in name


def _page(desk: Desk) -> Answer:
    page = render_template(
        "web/hall/sign_in.html",
        desk=desk,
        open=is_open(place().world),
        needed=needed(place().world),
        closes=may(place(), "meeting.sign_in"),
    )
    return (page, 422) if desk.error else page


@blueprint.route("/<uuid:election>/sign-in/close", methods=["GET", "POST"])
@policy(at="election", roles=WHO)
def close_sign_in(election: UUID) -> Answer:
    """Sign-in closes: the number, and the list in its own order, sealed together."""
    if not may(place(), "meeting.sign_in"):
        abort(404)
    attempt = Doing("", today())
    if request.method == "POST":
        attempt = doing.begun()
        if attempt.errors:
            return _closing(_desk(), attempt)
        world = place().world
        with store().read() as session:
            sealed = attendance.batch(store(), session, world, attempt.on)
        act = CloseSignIn(present=sealed.present)
        if doing.judged(attempt, act).demands or doing.done(attempt, act, [sealed.content]) is None:
            return _closing(_desk(), attempt)
        flash(_("签到已截止：实到 {count} 人", count=sealed.present))
        return redirect(url_for("hall.home", election=place().election))
    return _closing(_desk(), attempt)


def _closing(desk: Desk, attempt: Doing) -> Answer:
    world = place().world
    page = render_template(
        "web/hall/close_sign_in.html",
        desk=desk,
        doing=attempt,
        present=len(desk.came),
        entitled=world.election.entitled,
        needed=needed(world),
        article=world.election.law.article("quorum.assembly"),
    )
    return (page, 422) if attempt.stopped else page
