"""One decision over many communities: one document number, one signature, all of them or none (S-15)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from election.acts.do import do_many, missing_for
from election.acts.perform import Refused
from election.faults import WrongInput
from election.process.base import ACTS, Act, Demand, expand
from election.process.machine import covers
from election.process.world import World
from election.store import places
from election.store.worlds import Gone, world_of
from election.web import typed as texts
from election.web.access.policy import OVERSEERS, policy
from election.web.access.signing import Signing, signers_from_form
from election.web.committee.doing import bearing
from election.web.committee.flow import Answer
from election.web.context import account, now, store, today
from election.web.controls import controls
from election.web.district import blueprint
from election.web.district.doing import decided, heading
from election.web.district.duties import TOGETHER
from election.web.forms import ActForm, Offer
from election.web.typed import Typed
from election.web.words import _, fault, language
from election.words import acts as said

#: at most so many communities under one decision
MOST = 60


@dataclass
class Case:
    """One community under the decision."""

    election: str
    world: World
    heading: str
    bearing: Sequence[tuple[str, str]]
    against: list[Demand] = field(default_factory=list)


@blueprint.route("/many/<code>", methods=["GET", "POST"])
@policy(at="signed_in", roles=OVERSEERS)
def many(code: str) -> Answer:
    """Every case with its facts, then one form for all of them."""
    act = ACTS.get(code)
    if act is None or code not in TOGETHER or account().role not in act.who:
        abort(404)
    asked = list(dict.fromkeys(request.values.getlist("e")))
    if not asked:
        flash(_("请先勾选要一并办理的社区"), "warning")
        return redirect(url_for("district.inbox"))
    if len(asked) > MOST:
        flash(_("一次最多一并办理 {count} 个社区", count=MOST), "warning")
        return redirect(url_for("district.inbox"))
    sheet = Sheet(act, [_case(election, act) for election in asked])
    return sheet.show() if request.method == "GET" else sheet.judge()


def _case(election: str, act: type[Act]) -> Case:
    """One election of the reader's own place, with what its decision rests on; anything else is not found."""
    try:
        with store().read() as session:
            log = places.log(session, election, "election")
            world = world_of(store(), session, log.id)
    except Gone:
        abort(404)
    allowed = covers(account().scope, log.path) and account().role in expand(act.who, world.election.body)
    if not allowed or act.only not in ("", world.election.body):
        abort(404)
    return Case(log.id, world, heading(world), bearing(world))


class Sheet:
    """The page of one decision over its cases."""

    def __init__(self, act: type[Act], cases: list[Case]) -> None:
        self.act, self.cases = act, cases
        self.form = ActForm(act, decided(Offer(), act, "approve"))
        self.occurred_on = today().isoformat()
        self.signing: Signing | None = None
        self.errors: dict[str, str] = {}
        self.demands: Sequence[Demand] = ()

    def show(self, status: int = 200) -> Answer:
        page = render_template(
            "web/district/many.html",
            sheet=self,
            title=said.act_title(self.act.code, language()),
            hint=said.act_hint(self.act.code, language()),
            controls=controls(self.form),
            stopped=[c for c in self.cases if c.against],
        )
        return page, status

    def judge(self) -> Answer:
        """Check every case before anybody signs; then do all, or none."""
        self.form.typed = Typed.of(request.form, self.form.names)
        self.occurred_on = request.form.get("occurred_on", "")
        done = self.form.read()
        self.errors = dict(self.form.errors)
        on = texts.day(texts.line(self.occurred_on)) if self.occurred_on.strip() else today()
        if not isinstance(on, date):
            self.errors["occurred_on"] = _("实际发生日期须是日期，如 2010-12-26")
        if done is None or not isinstance(on, date) or self.errors:
            return self.show(422)
        for case in self.cases:
            case.against = missing_for(store(), case.election, done, account().actor, on, now())
        if any(c.against for c in self.cases):
            return self.show(422)
        if self.act.signed:
            self.signing = signers_from_form({"sign_password": request.form.get("sign_password", "")}, {}, account())
            self.errors = dict(self.signing.errors)
        return self.show(422) if self.errors else self._do(done, on)

    def _do(self, done: Act, on: date) -> Answer:
        signers: Sequence[Any] = self.signing.signers if self.signing else ()
        acts = [(case.election, done) for case in self.cases]
        try:
            do_many(store(), acts, account().actor, on, now(), signers=signers)
        except Refused as refused:
            self.demands = refused.demands
            return self.show(422)
        except WrongInput as wrong:
            self.errors[""] = fault(wrong)
            return self.show(422)
        words = said.act_done(self.act.code, language())
        flash(_("{done}：{count} 个社区一并办理，各记入选举记录", done=words, count=len(acts)))
        return redirect(url_for("district.inbox"))
