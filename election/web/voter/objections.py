"""Objecting to the roll or a candidate, and following what becomes of it by number and code."""

from __future__ import annotations

import secrets

from flask import Response, abort, render_template, request
from pydantic import ValidationError

from election.acts import objecting, posted, public
from election.acts.objecting import Filed, Window
from election.acts.perform import Refused
from election.process.base import Demand
from election.process.objections import FileObjection
from election.process.world import World
from election.web.access.policy import policy
from election.web.context import now, real_now, store, today
from election.web.voter import blueprint, communities
from election.web.voter.asked import Asked, follow_code, whole_number
from election.web.voter.communities import Community
from election.web.words import _

Page = Response | tuple[str, int]

#: objections a day from one address, and looks at one by its code
FILED_PER_ADDRESS = 10
FOLLOWED_PER_ADDRESS = 20


def kind_words(kind: str) -> str:
    return {
        "roll_missing": _("名单上漏了人"),
        "roll_wrong": _("名单上登记有错，或有不该登记的人"),
        "candidate": _("对居民委员会预备人选有意见"),
        "other": _("其他意见"),
    }[kind]


def _deadline_words(window: Window) -> str:
    if window.until is None:
        return _("作为投诉受理，会有答复，但不影响选举继续进行")
    if window.open:
        return _("{day} 以前（含当日）提出", day=window.until)
    return _("异议期 {day} 已过，作为投诉受理，会有答复，但不影响选举继续进行", day=window.until)


@blueprint.get("/object")
@policy(at="public")
def choose_where_to_object() -> str:
    return render_template("web/voter/object_where.html", streets=communities.streets())


@blueprint.route("/object/<uuid:campaign>/<community>", methods=["GET", "POST"])
@policy(at="public")
def object_here(campaign: object, community: str) -> Page:
    here = communities.here()
    if "residents" not in here.elections:
        abort(404)
    world = communities.world(here.elections["residents"])
    open_ = objecting.windows(world, today())
    if not open_:
        return render_template("web/voter/object_closed.html", here=here, desk=posted.desk(world)), 200
    if request.method == "GET":
        return _form(here, world, open_, {"once": secrets.token_urlsafe(16)}), 200
    asked = _asked(open_)
    once = request.form.get("once", "")[:64]
    values = {**asked.values, "once": once}
    if not once:
        values["once"] = secrets.token_urlsafe(16)
        asked.errors[""] = _("页面不完整，请核对后再提交一次")
    if asked.errors:
        return _form(here, world, open_, values, asked.errors), 422
    try:
        act = FileObjection.model_validate(asked.values)
    except ValidationError:  # its words quote what was typed: they go nowhere
        return _form(here, world, open_, values, {"": _("有不能识别的字符，请改写后再提交")}), 422
    log = here.elections["residents"]
    done = objecting.filed(store(), once, log, act)
    if done is None:
        limit = public.by_address("objection", request.remote_addr or "", FILED_PER_ADDRESS)
        if not public.within(store(), limit, real_now()):
            too_many = _("今天从这里提出的异议太多了，请明天再提，或直接到{desk}书面提出", desk=posted.desk(world))
            return _form(here, world, open_, values, {"": too_many}), 429
        try:
            done = objecting.file(store(), log, act, once, today(), now())
        except Refused as refused:
            return _form(here, world, open_, values, {}, refused.demands), 422
    return _receipt(here, world, done), 200


def _asked(open_: list[Window]) -> Asked:
    asked = Asked()
    kind = request.form.get("kind", "")
    asked.values["kind"] = kind
    if kind not in {w.kind for w in open_}:
        asked.errors["kind"] = _("请选择对什么有异议")
    asked.one_line("about", request.form.get("about", ""), _("请填写涉及谁"), person=True)
    asked.several_lines("text", request.form.get("text", ""), _("请写明情况和理由，至少 4 个字"))
    asked.one_line("by", request.form.get("by", ""), _("请填写您的姓名"), person=True)
    asked.one_line("contact", request.form.get("contact", ""), _("请填写电话或住址，以便答复"))
    return asked


def _form(
    here: Community,
    world: World,
    open_: list[Window],
    values: dict[str, str],
    errors: dict[str, str] | None = None,
    demands: tuple[Demand, ...] = (),
) -> str:
    return render_template(
        "web/voter/object.html",
        here=here,
        kinds=[(w.kind, kind_words(w.kind), _deadline_words(w)) for w in open_],
        values=values,
        errors=errors or {},
        demands=demands,
        answer_days=world.election.law.get("objection.answer_days"),
        party="party" in here.elections,
        desk=posted.desk(world),
    )


def _receipt(here: Community, world: World, done: Filed) -> str:
    facts = communities.world(world.election.id).election
    return render_template(
        "web/voter/object_filed.html",
        here=here,
        done=done,
        late=facts.objections[done.number].late,
        kind=kind_words(facts.objections[done.number].kind),
        filed_on=facts.objections[done.number].filed_on,
        answer_days=facts.law.get("objection.answer_days"),
        desk=posted.desk(world),
        code=grouped(done.code),
    )


def grouped(code: str) -> str:
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))


@blueprint.route("/object/follow", methods=["GET", "POST"])
@policy(at="public")
def follow() -> Page:
    """Status and answer, to whoever has number and code."""
    if request.method == "GET":
        return render_template("web/voter/follow.html", values={}, errors={}), 200
    typed = {name: request.form.get(name, "") for name in ("number", "code")}
    number, code = whole_number(typed["number"]), follow_code(typed["code"])
    errors = {}
    if not number:
        errors["number"] = _("请填写异议编号，是一个数字")
    if not code:
        errors["code"] = _("请填写查询码")
    if errors:
        return render_template("web/voter/follow.html", values=typed, errors=errors), 422
    if not public.within(
        store(), public.by_address("follow", request.remote_addr or "", FOLLOWED_PER_ADDRESS), real_now()
    ):
        errors[""] = _("今天查询的次数已用完，请明天再查，或到受理异议的办公室询问")
        return render_template("web/voter/follow.html", values=typed, errors=errors), 429
    found = objecting.follow(store(), number, code)
    if found is None:
        errors["code"] = _("没有这个编号和查询码，请核对回执后再填")
        return render_template("web/voter/follow.html", values=typed, errors=errors), 404
    facts = found.world.election
    return render_template(
        "web/voter/followed.html",
        found=found,
        facts=facts,
        kind=kind_words(found.objection.kind),
        desk=posted.desk(found.world),
        overdue=found.objection.decided_on is None
        and found.due is not None
        and today(found.world.campaign.path) > found.due,
    ), 200
