"""One community's election beside the rules it is held by: what a superior reads before deciding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, url_for

from election.process.steps import Status, status, task_list
from election.process.world import World
from election.record.entry import Entry
from election.store import places
from election.store.worlds import entries
from election.web.access.policy import OVERSEERS, policy
from election.web.committee import links, tasks
from election.web.committee.record import checked
from election.web.context import place, real_now, store, today
from election.web.district import blueprint
from election.web.district.duties import first_waiting, mine, open_findings
from election.web.district.inbox import act_address
from election.web.district.reviewed import assessments, candidates, compared, results, told
from election.web.district.rules import all_shown
from election.web.words import _, language, role_name, step_title
from election.words import acts as said

#: acts that approve or return: two doors
DECISIONS = frozenset({"consent.decide", "approve.decide", "nomination.decide", "file.acknowledge"})


@dataclass(frozen=True)
class Button:
    """One act of this reader that waits."""

    words: str
    address: str
    kind: str = "second"
    hint: str = ""


@blueprint.get("/<uuid:election>")
@policy(at="election", roles=OVERSEERS)
def review(election: Any) -> str:
    here = place()
    world = here.world
    with store().read() as session:
        campaign = entries(session, here.campaign)
        both = places.elections(session, here.campaign, world.election.community)
    check = checked(store(), world, here.log)
    found = check.entries
    lines = [line for line in task_list(world) if line.status != Status.SKIPPED]
    at = next((line for line in lines if line.status == Status.OPEN), None)
    deciding, others = all_shown(world.election.law)
    return render_template(
        "web/district/review.html",
        facts=world.election,
        lines=[_task(line) for line in lines],
        number=lines.index(at) + 1 if at is not None else len(lines),
        at=at,
        state=tasks.state(at, today()) if at is not None else "done",
        due=tasks.due_words(at.due, today()) if at is not None else "",
        buttons=buttons(world, here.role),
        turn=turn(world, here.role),
        compared=compared(world),
        candidates=candidates(world.election),
        assessed=assessments(world.election),
        results=results(world.election),
        told=told(found),
        violations=violations(world, campaign),
        open_violations=len(open_findings(world.campaign, world.election.community)),
        papers=papers(found),
        deciding=deciding,
        others=others,
        check=check,
        checked_at=real_now(),
        other=next((e for e in both.values() if e != here.election), ""),
    )


def _task(line: Any) -> dict[str, Any]:
    due = tasks.done_words(line) if line.status == Status.DONE else tasks.due_words(line.due, today())
    title = step_title(line.step)
    if line.attempt > 1:
        title += _("（第 {number} 次）", number=line.attempt)
    address = url_for("committee.step", election=place().election, step=line.step)
    return {"title": title, "address": address, "state": tasks.state(line, today()), "due": due}


def open_steps(world: World) -> list[str]:
    return [s.name for s in world.election.law.steps if status(world, s.name) == Status.OPEN]


def buttons(world: World, role: str) -> list[Button]:
    """What this reader does now; the first one is the page's main action."""
    found: list[Button] = []
    for step in open_steps(world):
        for code in mine(world, step, role):
            address, title = act_address(code, world.election.id), said.act_title(code, language())
            hint = said.act_hint(code, language())
            if code in DECISIONS:
                found.append(Button(_("同意：{title}", title=title), f"{address}?decision=approve", "main", hint))
                found.append(Button(_("退回：{title}", title=title), f"{address}?decision=return", "second"))
            else:
                found.append(Button(title, address, "main", hint))
    mains = 0
    shown = []
    for button in found:
        mains += button.kind == "main"
        shown.append(Button(button.words, button.address, "second", button.hint) if mains > 1 else button)
    return shown


def turn(world: World, role: str) -> list[tuple[str, str, str]]:
    """What the open steps wait for, where that is another's turn: (step, what, who)."""
    found = []
    for step in open_steps(world):
        demand = first_waiting(world, step)
        if demand is None or mine(world, step, role):
            continue
        who = "、".join(role_name(r) for r in links.doers(demand.act, world)[:3])
        found.append((step_title(step), said.demand_line(demand.code, demand.params, language()), who))
    return found


def violations(world: World, campaign: list[Entry]) -> list[dict[str, Any]]:
    """Findings in this community, with what was done about them."""
    texts = [str(e.payload.get("finding", "")) for e in campaign if e.act == "campaign.violation"]
    remedies = {
        int(e.payload["finding"]): str(e.payload.get("remedy", "")) for e in campaign if e.act == "campaign.remedy"
    }
    return [
        {"number": f.number, "on": f.on, "text": text, "remedied": f.remedied, "remedy": remedies.get(f.number, "")}
        for f, text in zip(world.campaign.findings, texts, strict=True)
        if f.community == world.election.community
    ]


def papers(found: Sequence[Entry]) -> list[tuple[str, str, str]]:
    """Sealed papers, the newest first: (words, digest, day)."""
    return [
        (said.paper_title(p["kind"], language()), str(p["sha256"]), e.occurred_on)
        for e in reversed(found)
        for p in e.papers
    ]
