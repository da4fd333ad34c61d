"""A step's page: what it demands, what may be done now, its papers, its entries in the record."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from flask import abort, render_template, url_for

from election.acts import papers
from election.process.absent import AskVisit, GrantProxy
from election.process.after import ReopenStep
from election.process.base import ACTS, Demand
from election.process.facts import Election
from election.process.notices import NOTICES
from election.process.steps import Status, before, demands, full_names, is_done, suffix, task_list
from election.process.vetting import RecordVetting
from election.process.world import World
from election.store.worlds import entries
from election.web.access.policy import policy
from election.web.committee import blueprint, links, minutes, tasks
from election.web.committee.doing import bearing, crumbs
from election.web.committee.flow import Answer
from election.web.committee.home import WORKERS
from election.web.context import place, store, today
from election.web.controls import listed
from election.web.words import language, role_name, step_title
from election.words import acts as said

#: pages that belong to a step beside its acts
SHORTCUTS = {
    "register": ("roll", "roll_import"),
    "roll": ("roll", "objections", "notices"),
    "propose": ("proposals",),
    "prospective": ("proposals", "candidates", "objections"),
    "assess": ("candidates",),
    "nominate_approve": ("candidates",),
    "official": ("candidates",),
    "representatives": ("representatives",),
    "households": ("representatives",),
    "prepare": ("absent", "notices"),
}
#: forms on paper for a hall without power, by step
FORMS = {
    "roll": ("objection_slip", "member_roll"),
    "assess": ("vetting_sheet",),
    "prepare": (
        "proxy_request",
        "visit_request",
        "visit_list",
        "sign_in_sheet",
        "station_record",
        "tally_blank",
        "hands_tally",
        "ballot_account",
        "result_report",
    ),
    "meeting": ("sign_in_sheet", "visit_list", "station_record"),
    "ballot": ("tally_blank", "ballot_account", "result_report"),
    "hands": ("hands_tally", "result_report"),
    "handover": ("signing_sheet",),
}


#: a form that has no name of its own
PLAIN = {"hands_tally": "tally_blank"}


#: acts that change what must be there first
TO_CHANGE: dict[str, Callable[[Election], Collection[object]]] = {
    "prepare.dismiss": lambda facts: facts.staff,
    "lead.replace": lambda facts: facts.presiding,
    "representatives.change": lambda facts: facts.representatives,
    "nomination.withdraw": lambda facts: facts.proposed,
    "candidate.withdraw": lambda facts: [*facts.prospective, *facts.official],
    "later.record": lambda facts: facts.elected,
}


@dataclass(frozen=True)
class Offered:
    """An act as a step's page offers it."""

    title: str
    hint: str
    address: str
    #: the next thing to do
    main: bool = False
    #: what ends the step stands at the end
    last: bool = False


@dataclass(frozen=True)
class Item:
    """A demand as a line: what, where it is mended, or by whom."""

    demand: Demand
    words: str
    address: str
    by: str


@blueprint.get("/<uuid:election>/step/<step>")
@policy(at="election", roles=WORKERS)
def step(election: Any, step: str) -> Answer:
    here = place()
    world = here.world
    line = next((item for item in task_list(world) if item.step == step), None)
    if line is None:
        abort(404)
    name = suffix(step)
    waiting = before(world, step) if line.status == Status.WAITING else []
    with store().read() as session:
        done = minutes.lines(store(), session, world, [e for e in entries(session, here.log) if e.step == step])
    hall = links.hall(world, here.role) if name in links.HALL_STEPS else ""
    return render_template(
        "web/committee/step.html",
        line=line,
        title=step_title(step),
        state=tasks.state(line, today()),
        due=tasks.done_words(line) if line.status == Status.DONE else tasks.due_words(line.due, today()),
        items=[item(d, world, step, line.status) for d in demands(world, step)],
        waiting=listed([step_title(w) for w in waiting]),
        offered=[] if hall else offered(step, world, line.status),
        hall=hall,
        shortcuts=[s for s in SHORTCUTS.get(name, ()) if may_open(s, world)],
        entries=done,
        papers=[(words, digest, e.seq) for e in done for words, digest in e.papers],
        drafts=draft_kinds(step, world) if line.status == Status.OPEN else [],
        forms=blank_forms(name, world),
        bearing=bearing(world),
        crumbs=crumbs("", (step_title(step), "")),
        paper_title=lambda kind: said.paper_title(kind, language()),
    )


def may_open(endpoint: str, world: World) -> bool:
    """Whether this reader may open a page beside the step."""
    if endpoint == "absent" and not world.election.at_stations:
        return False
    return links.open_to(f"committee.{endpoint}", world, place().role)


def item(demand: Demand, world: World, step: str, status: Status) -> Item:
    """A demand with the page that mends it, or with who does; a step that waits is not mended yet."""
    role = place().role
    act = ACTS.get(demand.act)
    early = act is not None and act.log == "election" and not open_now(demand.act, step, world, status)
    address = "" if early else links.mend(demand, world, role)
    by = ""
    if not demand.met and demand.act and not address and not early:
        by = listed([role_name(r) for r in links.doers(demand.act, world)[:3]])
    return Item(demand, said.demand_line(demand.code, demand.params, language()), address, by)


def offered(step: str, world: World, status: Status) -> list[Offered]:
    """Acts that this reader may do at this step now; the one that mends the first thing missing comes first."""
    role = place().role
    missing = [d for d in demands(world, step) if not d.met]
    mends = [(d, where) for d in missing if (where := links.mend(d, world, role))]
    wanted = mends[0][1] if mends else ""
    found = []
    for code, query in links.acts_of(step, world, role):
        if not open_now(code, step, world, status):
            continue
        if not wanted_now(code, query, world):
            continue
        address = links.address(code, world, role, **query)
        title = said.act_title(code, language(), notice=query.get("kind", ""))
        hint = said.act_hint(code, language())
        found.append(Offered(title, hint, address, main=address == wanted, last=ACTS[code].final))
    if status == Status.DONE and suffix(step) in ReopenStep.ALLOWED:
        address = links.address("step.reopen", world, role, step_name=suffix(step))
        if address:
            found.append(
                Offered(said.act_title("step.reopen", language()), said.act_hint("step.reopen", language()), address)
            )
    if mends and status == Status.OPEN and not any(o.main for o in found):
        first = mends[0][0]
        found.append(Offered(tasks.act_words(first), said.act_hint(first.act, language()), wanted, main=True))
    return sorted(found, key=lambda o: (not o.main, o.last))


def wanted_now(code: str, query: dict[str, str], world: World) -> bool:
    """Whether there is anything for the act to be done about: a notice not yet posted, an objection not yet answered."""
    facts = world.election
    if code == "notice.post":
        posted = facts.posted(query["kind"]) is not None and query["kind"] != "roll_correction"
        return not posted and links.ready(query["kind"], world)
    if code == "objection.decide":
        return any(o.decided_on is None for o in facts.objections.values())
    if code == "objection.file":
        return facts.posted("roll_notice") is not None or facts.posted("prospective_list") is not None
    if code == "prepare.withdraw_ballots":
        return facts.round is not None and facts.round.printed is not None and facts.round.account is None
    if code in TO_CHANGE:
        return bool(TO_CHANGE[code](facts))
    return True


def open_now(code: str, step: str, world: World, status: Status) -> bool:
    """Whether an act of a step can be done as things stand, its own demands apart."""
    act = ACTS[code]
    if act.any_time:
        return status != Status.SKIPPED
    if status == Status.OPEN:
        return True
    if status == Status.DONE and act.until:
        return not any(is_done(world.election, n) for n in full_names(world.election, act.until))
    return False


def blank_forms(name: str, world: World) -> list[tuple[str, str]]:
    """Forms on paper that belong to a step and have something to print: (kind, title)."""
    other = {"hands": {"tally_blank", "ballot_account"}, "ballot": {"hands_tally"}}[world.election.method]
    facts = world.election
    known = {
        "member_roll": facts.body == "party" and facts.roll.imported,
        "objection_slip": facts.law.get("objection.window_days") is not None,
        "sign_in_sheet": facts.entitled > 0,
        "station_record": facts.at_stations,
        "proxy_request": GrantProxy.belongs(facts),
        "visit_request": AskVisit.belongs(facts),
        "visit_list": bool(facts.visits) and links.open_to("committee.absent", world, place().role),
        "vetting_sheet": bool(facts.prospective) and RecordVetting.belongs(facts),
    }
    counted = {"tally_blank", "hands_tally", "ballot_account", "result_report"}
    kinds = [
        k
        for k in FORMS.get(name, ())
        if k in papers.forms and k not in other and known.get(k, k not in counted or bool(facts.rounds))
    ]
    return [(k, said.paper_title(PLAIN.get(k, k), language())) for k in kinds]


def draft_kinds(step: str, world: World) -> list[tuple[str, str]]:
    """Papers of this step that can be looked at before they are sealed: (kind, address)."""
    facts = world.election
    kinds: list[str] = []
    for act in ACTS.values():
        here = act.log == "election" and act.step and step in full_names(facts, act.step)
        if here and act.only in ("", facts.body) and act.belongs(facts):
            kinds += [k for k in act.papers if k in papers.BUILDERS]
    kinds += [
        k
        for k, of in NOTICES.items()
        if of and step in full_names(facts, of) and k in papers.BUILDERS and links.ready(k, world)
    ]
    return [(k, url_for("committee.draft", election=facts.id, kind=k)) for k in dict.fromkeys(kinds)]
