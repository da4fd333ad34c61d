"""Am I on the roll: name, last six digits, community; one answer, or one wording for every miss."""

from __future__ import annotations

import base64
import binascii
import logging
from datetime import timedelta
from functools import partial
from typing import Any

from flask import Response, make_response, render_template, request

from election.acts import objecting, posted, public
from election.acts.public import Answer
from election.faults import WrongInput
from election.names.writing import mask_name
from election.process.world import World
from election.store.worlds import Gone
from election.web.access.policy import policy
from election.web.context import real_now, store, today
from election.web.voter import blueprint, communities
from election.web.voter.asked import Asked
from election.web.words import _, language
from election.words import translate

log = logging.getLogger(__name__)

Page = Response | tuple[str, int]

#: how long the slip can be had after the answer, and how many a day from one address
SLIP_FOR = timedelta(minutes=30)
SLIPS_PER_ADDRESS = 20


@blueprint.route("/check", methods=["GET", "POST"])
@policy(at="public")
def check_roll() -> Page:
    open_ = communities.communities("residents")
    options = [(key, words) for key, words, _c in open_]
    if request.method == "GET":
        values = {"community": request.args.get("at", "")}
        return _form(options, values, {}), 200
    asked = Asked()
    asked.one_line("name", request.form.get("name", ""), _("请填写姓名"), person=True)
    asked.last_six("last_six", request.form.get("last_six", ""))
    key = request.form.get("community", "")
    here = next((c for found, _words, c in open_ if found == key), None)
    if here is None:
        asked.errors = {"community": _("请选择社区"), **asked.errors}
    if asked.errors or here is None:
        return _form(options, {**asked.values, "community": key}, asked.errors), 422
    world = communities.world(here.elections["residents"])
    around = {
        "here": here,
        "world": world,
        "desk": posted.desk(world),
        "roll": world.election.posted("roll_notice"),
        "takes": bool(objecting.windows(world, today(world.campaign.path))),
    }
    if around["roll"] is None:
        return render_template("web/voter/check_not_posted.html", **around), 200
    found = public.check(
        store(),
        world,
        name=asked.values["name"],
        last_six=asked.values["last_six"],
        address=request.remote_addr or "",
        now=real_now(),
    )
    if found.group is None:
        page = render_template("web/voter/check_miss.html", exceeded=found.exceeded, until=_until(world), **around)
        return page, 429 if found.exceeded else 200
    answer = answer_of(world, found.group, mask_name(asked.values["name"]))
    return render_template(
        "web/voter/check_found.html",
        answer=answer,
        voters=posted.voters_of(world),
        absence=posted.absence(world, today(world.campaign.path)),
        posted_representatives=world.election.posted("representatives") is not None,
        announced=any(r.answer for r in world.election.rounds),
        token=_token(world.election.id, answer),
        **around,
    ), 200


def _form(options: list[tuple[str, str]], values: dict[str, str], errors: dict[str, str]) -> str:
    if len(options) == 1:
        values = {**values, "community": options[0][0]}
    return render_template("web/voter/check.html", options=options, values=values, errors=errors)


def _until(world: World) -> Any:
    return objecting.roll_until(world, today(world.campaign.path))


def answer_of(world: World, group: str, masked_name: str) -> Answer:
    """What somebody of this group is told: all of it is posted, nothing is the person's own."""
    facts = world.election
    with store().read() as session:
        polling = posted.polling(store(), session, world, group)
    named: tuple[str, ...] = ()
    if posted.voters_of(world) == "representatives" and facts.posted("representatives") is not None:
        named = tuple(r.name for r in facts.representatives.values() if r.group == group and not r.unit)
    return Answer(
        group=group,
        masked_name=masked_name,
        place=polling.place if polling else "",
        hours=polling.hours if polling else "",
        representatives=named,
        objection_until=_until(world),
        objection_place=posted.desk(world),
    )


# --- the slip --------------------------------------------------------------------------------------------------------


@blueprint.post("/check/slip")
@policy(at="public")
def slip() -> Page:
    """The answer as a paper, for as long as it is fresh: the page carries it sealed, so that nothing is asked twice."""
    opened = _opened(request.form.get("answer", ""))
    if opened is None:
        return _sentence(_("这张告知单已经过期，请再查一次"), 410)
    if not public.within(store(), public.by_address("slip", request.remote_addr or "", SLIPS_PER_ADDRESS), real_now()):
        return _sentence(_("今天从这里取的告知单太多了，请明天再取，或打印查询结果页"), 429)
    election, group, masked = opened
    try:
        world = communities.world(election)
        answer = answer_of(world, group, masked)
        english = partial(translate, language="en") if language() == "en" else None
        with store().read() as session:
            pdf = public.slip(store(), session, world, answer, today(world.campaign.path), english)
    except Gone:
        return _sentence(_("这张告知单已经过期，请再查一次"), 410)
    except WrongInput:
        # the words name what lacks, which may be a character of a name: they stay out of the log
        log.warning("a slip could not be printed")
        return _sentence(_("告知单暂时打印不了，请打印查询结果页，或到现场领取"), 422)
    response = make_response(pdf)
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = 'inline; filename="slip.pdf"'
    return response


def _sentence(words: str, status: int) -> tuple[str, int]:
    return render_template("web/voter/sentence.html", words=words), status


def _token(election: str, answer: Answer) -> str:
    """Election, group and masked name, sealed for half an hour."""
    until = int((real_now() + SLIP_FOR).timestamp())
    sealed = store().vault.seal_json([election, answer.group, answer.masked_name, until], "slip")
    return base64.urlsafe_b64encode(sealed).decode()


def _opened(token: str) -> tuple[str, str, str] | None:
    try:
        election, group, masked, until = store().vault.open_json(base64.urlsafe_b64decode(token[:4000]), "slip")
    except (WrongInput, ValueError, binascii.Error):
        return None
    return (election, group, masked) if real_now().timestamp() <= until else None
