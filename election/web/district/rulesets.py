"""Rulesets: side by side where they disagree, and one by one with the source of every number."""

from __future__ import annotations

from flask import abort, render_template, request

from election import law
from election.law import Ruleset
from election.law.keys import KEYS
from election.web.access.policy import OVERSEERS, policy
from election.web.district import blueprint
from election.web.district.rules import Shown, all_shown, label, shown
from election.web.words import step_title

#: what a choice of rulesets shows: all keys, those that disagree, those that no text was found for
VIEWS = ("differ", "doubtful", "all")


@blueprint.get("/rulesets")
@policy(at="signed_in", roles=OVERSEERS)
def rulesets() -> str:
    """The rulesets side by side."""
    every = [law.load(known) for known in law.ids()]
    picked = request.args.getlist("r")
    chosen = [r for r in every if r.id in picked]
    view = request.args.get("view", "")
    view = view if view in VIEWS else "differ"
    return render_template(
        "web/district/rulesets.html",
        every=every,
        chosen=chosen,
        view=view,
        tables=[(r, rows(r, view), steps(r)) for r in ([chosen] if chosen else kin(every))],
        doubtful={r.id: len(r.unconfirmed()) for r in every},
    )


@blueprint.get("/rulesets/<ruleset>")
@policy(at="signed_in", roles=OVERSEERS)
def ruleset(ruleset: str) -> str:
    if ruleset not in law.ids():
        abort(404)
    rules = law.load(ruleset)
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
        if not any(values):
            continue
        said = [shown(key, v) if v is not None else None for v in values]
        differ = len({v.value for v in values if v is not None}) > 1
        doubtful = any(s is not None and s.doubtful for s in said)
        if view == "all" or (view == "differ" and differ) or (view == "doubtful" and doubtful):
            found.append((label(key), said))
    return found


def steps(chosen: list[Ruleset]) -> list[tuple[str, list[bool]]]:
    """(step, whether each ruleset runs it), those that only some of them run."""
    found = []
    for name in law.step_titles():
        runs = [any(s.name == name for s in r.steps) for r in chosen]
        if any(runs) and not all(runs):
            found.append((step_title(name), runs))
    return found
