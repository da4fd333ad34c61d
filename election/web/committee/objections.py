"""Objections: filed at the desk, due in so many days, decided by the chair with an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import render_template

from election.process.facts import Objection
from election.process.objections import DecideObjection, FileObjection
from election.process.roll import REGISTRARS
from election.process.sealing import open_act
from election.store.worlds import entries, openings
from election.web.access.policy import policy
from election.web.committee import blueprint, links
from election.web.committee.doing import crumbs
from election.web.committee.flow import Answer
from election.web.committee.tasks import due_words
from election.web.context import place, store, today
from election.web.words import _, language
from election.words import acts as said


@dataclass(frozen=True)
class Shown:
    """An objection with what it says and until when it is answered."""

    objection: Objection
    kind: str
    filed: FileObjection
    answer: str
    due: str
    overdue: bool
    decide: str


@blueprint.get("/<uuid:election>/objections")
@policy(at="election", roles=REGISTRARS)
def objections(election: Any) -> Answer:
    here = place()
    facts = here.world.election
    filed, answers = _said()
    shown = [
        Shown(
            o,
            said.option_label("objection.file", "kind", o.kind, language()),
            filed[o.number],
            answers.get(o.number, ""),
            due_words(due, today()) or _("规则没有规定答复期限，请尽快答复"),
            due is not None and today() > due,
            links.form_address("objection.decide", here.world, objection=o.number)
            if o.decided_on is None and links.may(DecideObjection, here.world, here.role)
            else "",
        )
        for o, due in ((o, links.answer_due(o.filed_on, here.world)) for o in facts.objections.values())
        if o.number in filed
    ]
    shown.sort(key=lambda s: (s.objection.decided_on is not None, -s.objection.number))
    return render_template(
        "web/committee/objections.html",
        shown=shown,
        waiting=sum(1 for s in shown if s.objection.decided_on is None),
        no_last_day=facts.law.get("objection.window_days") is None,
        file=links.form_address("objection.file", here.world)
        if links.may(FileObjection, here.world, here.role)
        else "",
        posted=facts.posted("roll_notice") is not None or facts.posted("prospective_list") is not None,
        crumbs=crumbs("", (_("异议"), "")),
    )


def _said() -> tuple[dict[int, FileObjection], dict[int, str]]:
    """What was objected and what was answered, by number; numbers run in the order of filing."""
    here = place()
    filed: dict[int, FileObjection] = {}
    answers: dict[int, str] = {}
    with store().read() as session:
        opened = openings(store(), session, here.log)
        for entry in entries(session, here.log):
            if entry.act not in (FileObjection.code, DecideObjection.code):
                continue
            act = open_act(entry.act, entry.payload, opened)
            if isinstance(act, FileObjection):
                filed[len(filed) + 1] = act
            elif isinstance(act, DecideObjection):
                answers[act.objection] = act.answer
    return filed, answers
