"""Rulesets: side by side where they disagree, one by one with the source of every number, and an office's own."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for

from election import law
from election.acts import elections
from election.faults import WrongInput
from election.law import Ruleset
from election.law.keys import KEYS
from election.law.ruleset import UNCONFIRMED
from election.process.base import Role
from election.web.access.policy import OVERSEERS, policy
from election.web.committee.flow import Answer
from election.web.context import place, store
from election.web.district import blueprint
from election.web.district.rules import Shown, all_shown, label, shown
from election.web.typed import line
from election.web.words import _, fault, step_title

#: what a choice of rulesets shows: all keys, those that disagree, those that no text was found for
VIEWS = ("differ", "doubtful", "all")


#: a file far beyond this is no ruleset
LARGEST = 1_000_000


def known_rulesets() -> list[Ruleset]:
    """Those built in, then those that offices have brought."""
    with store().read() as session:
        own = elections.own_rulesets(session)
    return [*(law.load(known) for known in law.ids()), *(law.from_json(brought.document) for brought in own.values())]


@blueprint.get("/rulesets")
@policy(at="signed_in", roles=OVERSEERS)
def rulesets() -> Answer:
    return _side_by_side()


@blueprint.post("/rulesets")
@policy(at="signed_in", roles={Role.STREET})
def bring_ruleset() -> Answer:
    """An office's own ruleset file: checked, and kept so that a plan can name it."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return _side_by_side(_("请选择本地规则文件"))
    try:
        found = elections.bring_ruleset(store(), file.stream.read(LARGEST + 1), line(file.filename)[-80:])
    except WrongInput as wrong:
        return _side_by_side(fault(wrong))
    flash(_("本地规则已收下，制定换届方案时可以选用"))
    return redirect(url_for("district.ruleset", ruleset=found.id))


def _side_by_side(error: str = "") -> Answer:
    """The rulesets side by side."""
    every = known_rulesets()
    picked = request.args.getlist("r")
    chosen = [r for r in every if r.id in picked]
    view = request.args.get("view", "")
    view = view if view in VIEWS else "differ"
    page = render_template(
        "web/district/rulesets.html",
        every=every,
        error=error,
        may_bring=place().role == Role.STREET,
        chosen=chosen,
        view=view,
        tables=[(r, rows(r, view), steps(r)) for r in ([chosen] if chosen else kin(every))],
        doubtful={r.id: len(r.unconfirmed()) for r in every},
    )
    return page, 422 if error else 200


@blueprint.get("/rulesets/<ruleset>")
@policy(at="signed_in", roles=OVERSEERS)
def ruleset(ruleset: str) -> str:
    rules = next((known for known in known_rulesets() if known.id == ruleset), None)
    if rules is None:
        abort(404)
    deciding, others = all_shown(rules)
    return render_template(
        "web/district/ruleset.html", rules=rules, deciding=deciding, others=others, doubtful=len(rules.unconfirmed())
    )


def kin(every: list[Ruleset]) -> list[list[Ruleset]]:
    """Rulesets that are worth comparing: those of the party, and those of residents and villagers."""
    return [[r for r in every if (r.body == "party") == party] for party in (True, False)]


def rows(chosen: list[Ruleset], view: str) -> list[tuple[str, list[Shown | None]]]:
    """(words of the key, each ruleset's value) in the order of the catalogue of keys."""
    found = []
    for key in KEYS:
        values = [r.values.get(key) for r in chosen]
        given = [v for v in values if v is not None]
        differ = len({v.value for v in given}) > 1
        doubtful = any(v.status in UNCONFIRMED for v in given)
        if given and (view == "all" or (view == "differ" and differ) or (view == "doubtful" and doubtful)):
            found.append((label(key), [shown(key, v) if v is not None else None for v in values]))
    return found


def steps(chosen: list[Ruleset]) -> list[tuple[str, list[bool]]]:
    """(step, whether each ruleset runs it), those that only some of them run."""
    found = []
    for name in law.step_titles():
        runs = [any(s.name == name for s in r.steps) for r in chosen]
        if any(runs) and not all(runs):
            found.append((step_title(name), runs))
    return found
