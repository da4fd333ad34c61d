"""The two elections of a community as task lists: what is done, what is next, by when, what is missing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import url_for

from election.process.base import Demand
from election.process.steps import Line, Status, suffix, task_list
from election.process.world import World
from election.web.committee import links
from election.web.words import _, body_name, language, step_title
from election.words import acts as said

#: a deadline this near is due soon
SOON = 3
#: lines of what a step lacks before the rest is only counted
MOST_MISSING = 4
FAR = date.max


@dataclass(frozen=True)
class Next:
    """What somebody does next in one election."""

    words: str
    address: str
    due: date
    #: the step, and by when
    step: str = ""
    by: str = ""


@dataclass
class Column:
    """One election beside the other."""

    body: str
    election: str
    tasks: list[dict[str, Any]] = field(default_factory=list)
    #: number of the step it stands at, and of all
    at: int = 0
    of: int = 0
    #: as this election's ruleset calls the step; blank once all are done
    step: str = ""
    next: Next | None = None


def state(line: Line, today: date) -> str:
    """As the tag of a task names it."""
    if line.status == Status.DONE:
        return "done"
    if line.status == Status.SKIPPED:
        return "skipped"
    if line.due is not None and line.due < today:
        return "overdue"
    if line.status == Status.WAITING:
        return "waiting"
    return "soon" if line.due is not None and (line.due - today).days <= SOON else "open"


def due_words(due: date | None, today: date) -> str:
    """12月6日前，还有 2 天."""
    if due is None:
        return ""
    left = (due - today).days
    if left < 0:
        return _("应在{due}前完成，已逾期 {days} 天", due=due, days=-left)
    if left == 0:
        return _("今天截止（{due}）", due=due)
    return _("{due}前，还有 {days} 天", due=due, days=left)


def done_words(line: Line) -> str:
    words = _("{on}完成", on=line.done_on) if line.done_on else _("已完成")
    return words + (_("，逾期 {days} 天", days=line.late_days) if line.late_days else "")


def done(line: Line, world: World) -> str:
    """When it was done and what it brought."""
    brought = figures(line.step, world)
    return done_words(line) + (f" · {brought}" if brought else "")


def status_words(line: Line, today: date) -> str:
    """What the tag says where the state alone says too little."""
    if line.status == Status.WAITING and line.due is not None and line.due < today:
        return _("未到，已逾期")
    return ""


def column(world: World, role: str, today: date, *, steps_open: bool) -> Column:
    """One election's task list for one reader; ``steps_open`` whether they may open its steps."""
    facts = world.election
    found = Column(facts.body, facts.id)
    lines = [line for line in task_list(world) if line.status != Status.SKIPPED]
    found.of = len(lines)
    for number, line in enumerate(lines, start=1):
        is_open = line.status == Status.OPEN
        if is_open and not found.at:
            found.at, found.step = number, step_title(line.step, facts.rules)
        if is_open and found.next is None:
            found.next = next_of(line, world, role, today)
        found.tasks.append(
            {
                "title": step_title(line.step, facts.rules),
                "address": url_for("committee.step", election=facts.id, step=line.step) if steps_open else "",
                "state": state(line, today),
                "words": status_words(line, today),
                "lines": missing_words(line) if steps_open else (),
                "due": done(line, world) if line.status == Status.DONE else due_words(line.due, today),
                "number": number,
            }
        )
    if not found.at:
        found.at = found.of
    return found


def missing_words(line: Line) -> list[str]:
    """What the step lacks: the first few, and how many more."""
    words = [said.demand_line(d.code, d.params, language()) for d in line.missing]
    shown = words if len(words) <= MOST_MISSING else words[: MOST_MISSING - 1]
    more = [_("还缺 {count} 项", count=len(words) - len(shown))] if len(shown) < len(words) else []
    return [*(_("缺：{what}", what=w) for w in shown), *more]


def figures(step: str, world: World) -> str:
    """What a step that is done has brought, in numbers."""
    facts = world.election
    match suffix(step):
        case "roll" if facts.body == "party":
            count = facts.roll.registered + facts.roll.probationary
            return _("{count} 人，应到 {entitled} 人", count=count, entitled=facts.roll.entitled)
        case "register":
            return _("登记 {count} 人", count=f"{facts.roll.registered:,}")
        case "roll":
            filed, answered = len(facts.objections), sum(1 for o in facts.objections.values() if o.decided_on)
            return _("异议 {filed} 件，已答复 {answered} 件", filed=filed, answered=answered)
        case "lead":
            return _("{count} 人", count=len(facts.presiding))
        case "seats":
            return "，".join(f"{c.office} {c.seats}" for c in facts.contests)
        case "representatives":
            residents = sum(1 for r in facts.representatives.values() if not r.unit)
            return _("代表 {count} 人，其中居民 {residents} 人", count=len(facts.representatives), residents=residents)
        case "propose":
            return _("初步人选 {count} 人", count=len({person for person, _office in facts.proposed}))
        case "prospective":
            return _("预备人选 {count} 人", count=len(facts.prospective))
        case "official" | "nominate_approve":
            return _("正式候选人 {count} 人", count=len(facts.official)) if facts.official else ""
        case "meeting" if facts.meeting is not None and facts.meeting.present is not None:
            present = facts.meeting.present
            return _("应到 {entitled} 人，实到 {present} 人", entitled=facts.entitled, present=present)
        case "ballot" | "hands":
            return _("当选 {count} 人", count=len(facts.elected))
        case "certify":
            return _("证书 {count} 份", count=len(facts.certified))
    return ""


def next_of(line: Line, world: World, role: str, today: date) -> Next | None:
    """The first thing missing that this reader can mend."""
    for demand in line.missing:
        if where := links.mend(demand, world, role):
            step = f"{body_name(world.election.body)} · {step_title(line.step, world.election.rules)}"
            return Next(act_words(demand), where, line.due or FAR, step, due_words(line.due, today))
    return None


def act_words(demand: Demand) -> str:
    """Verb and object of the act that mends a demand."""
    notice = demand.code.rsplit(".", 1)[-1] if demand.act == "notice.post" else ""
    return said.act_title(demand.act, language(), notice=notice)
