"""Notices of an election: one numbered series, what stands, what was superseded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import render_template

from election.process.facts import Notice
from election.web.access.policy import policy
from election.web.committee import blueprint, links
from election.web.committee.doing import crumbs
from election.web.committee.flow import Answer
from election.web.committee.home import READERS
from election.web.committee.offers import NOTICES
from election.web.context import place
from election.web.words import _, language
from election.words import acts as said


@dataclass(frozen=True)
class Shown:
    """A notice as the list has it."""

    notice: Notice
    title: str
    #: where it is corrected, for whoever may
    correct: str


@blueprint.get("/<uuid:election>/notices")
@policy(at="election", roles=READERS)
def notices(election: Any) -> Answer:
    here = place()
    facts = here.world.election
    shown = [
        Shown(
            n,
            said.notice_title(n.kind, language()),
            links.address("notice.post", here.world, here.role, kind=n.kind, supersedes=n.number) if n.stands else "",
        )
        for n in reversed(facts.notices)
    ]
    kinds = [k for k in NOTICES.get(facts.body, ()) if facts.posted(k) is None and links.ready(k, here.world)]
    more = [
        (said.act_title("notice.post", language(), notice=k), where)
        for k in kinds
        if (where := links.address("notice.post", here.world, here.role, kind=k))
    ]
    return render_template("web/committee/notices.html", shown=shown, more=more, crumbs=crumbs("", (_("公告"), "")))
