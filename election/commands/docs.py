"""Pages of ``docs/`` that are read out of the code: ``python -m election.commands.docs [FOLDER]`` writes them.

A test fails when a page is stale, so that what people read is what the program does.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from election import law
from election.commands.rulesets_table import side_by_side
from election.law import Ruleset
from election.process import drawing
from election.process.after import ReopenStep
from election.process.base import Act, Role, expand
from election.process.steps import suffix
from election.words import acts as words

MADE = "This page is generated: `make docs`. Change the code or the words, not the page."

LOGS = {
    "office": ("系统和账号", "The office: accounts and keys"),
    "campaign": ("换届总体安排", "The campaign: what a street's communities share"),
    "election": ("一次选举", "An election"),
}

#: what the last part of a family of demands can be
FAMILIES = {
    "assess.{kind}": ("term", "evaluation", "inspection", "joint_vetting"),
    "handover.signed.{side}": ("outgoing_member", "incoming_member", "street_officer"),
}


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _table(head: list[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    yield _row(head)
    yield _row(["---"] * len(head))
    yield from map(_row, rows)
    yield ""


# --- docs/state-machine.md -------------------------------------------------------------------------------------------


def state_machines() -> str:
    """Every built-in ruleset's steps as a picture, with the acts of each step and what the step demands."""
    return "\n".join([*_how_steps_go(), *_pictures(), *_checklists()])


def _how_steps_go() -> Iterator[str]:
    statuses = [words.status_name(s) for s in ("waiting", "open", "done", "skipped")]
    yield from (
        "# State machine 步骤与状态",
        "",
        MADE,
        "",
        "An election is where its entries have brought it: the facts are the fold of the acts recorded so far, and a step is",
        "done as soon as nothing on its checklist is missing. The same checklist is what the page shows and what refuses the",
        "step's last act. A step that is opened again counts a new attempt, and all that rest on it are asked again.",
        "",
        "```mermaid",
        "stateDiagram-v2",
        f"  waiting: waiting {statuses[0]}",
        f"  open: open {statuses[1]}",
        f"  done: done {statuses[2]}",
        f"  skipped: skipped {statuses[3]}",
        "  [*] --> waiting",
        "  waiting --> open: the steps before it are done",
        "  open --> done: nothing on its checklist is missing",
        "  done --> open: a return, or the chair takes it up again (attempt + 1)",
        "  waiting --> skipped: the other branch is taken (ballot or show of hands)",
        "```",
        "",
        "In the pictures below a number is the step's place in the ruleset, a full arrow leads on, a dotted arrow is a way",
        "back with the act that may take it. D is the election day. Chairs take up again, by `step.reopen` and only while",
        f"nothing later is done: {', '.join(f'`{name}`' for name in sorted(ReopenStep.ALLOWED))}.",
        "",
    )


def _pictures() -> Iterator[str]:
    for known in law.ids():
        ruleset = law.load(known)
        yield from (f"## `{ruleset.id}` {ruleset.title}", "", ruleset.title_en, "")
        yield from ("```mermaid", drawing.state_machine(ruleset), "```", "")
        yield from _table(["", "Step", "Acts (✍ signed, ■ ends the step)", "Deadline"], _steps(ruleset))
        anywhere = [way for way in drawing.returns(ruleset) if not way.since]
        for act in dict.fromkeys(way.act for way in anywhere):
            targets = ", ".join(f"`{way.to}`" for way in anywhere if way.act == act)
            yield f"`{act}` {words.act_title(act)} may be done at any step and may lead back to {targets}."
            yield ""


def _steps(ruleset: Ruleset) -> Iterator[list[str]]:
    for number, rule in enumerate(ruleset.steps, 1):
        acts = [f"`{act.code}`{' ✍' * act.signed}{' ■' * act.final}" for act in drawing.serving(ruleset, rule.name)]
        acts += [f"`notice.post` {words.notice_title(kind)}" for kind in drawing.posting(ruleset, rule.name)]
        last = ""
        if rule.deadline:
            last = f"{drawing.deadline(rule.deadline)} ({rule.deadline.article or rule.deadline.source})"
        yield [str(number), f"`{rule.name}` {rule.title}", "<br>".join(acts), last]


def _checklists() -> Iterator[str]:
    yield from (
        "## What each step demands",
        "",
        "A checklist holds those of its lines that the body and the facts call for; a dash stands for a number put in.",
        "",
    )
    known = dict.fromkeys(suffix(rule.name) for each in law.ids() for rule in law.load(each).steps)
    yield from _table(["Step", "Line", "行"], (row for step in known for row in _lines(step)))


def _lines(step: str) -> Iterator[list[str]]:
    codes = [code for found in drawing.demanded(step) for code in members(found)]
    for number, code in enumerate(codes):
        yield [
            "" if number else f"`{step}`",
            f"`{code}` {words.demand_line(code, language='en')}",
            words.demand_line(code),
        ]


def members(code: str) -> list[str]:
    """The code itself, or every code of its family."""
    if code not in FAMILIES:
        return [code]
    stem = code[: code.index("{")]
    return [stem + member for member in FAMILIES[code]]


# --- docs/acts.md ----------------------------------------------------------------------------------------------------


def acts_table() -> str:
    """Every act: who may do it, when, with which papers and fields; then roles against acts."""
    return "\n".join([*_about_acts(), *_acts(), *_who_may()])


def _about_acts() -> Iterator[str]:
    yield from (
        "# Acts 办理事项",
        "",
        MADE,
        "",
        "Everything that can happen is one of these acts. ✍ needs a personal signature; ■ ends its step; ⟳ may be done before",
        "its step is open and after it is done; ⚙ is done by the program or on a page of its own, never as a form. Of the",
        "fields, 🔒 is personal and only its seal stands in the record, 📌 is personal and posted (⌛ until personal data are",
        "destroyed), ○ may be left empty; what the program fills in is left out.",
        "",
    )


def _acts() -> Iterator[str]:
    for log, (chinese, english) in LOGS.items():
        yield from (f"## {english} {chinese}", "")
        head = ["Act", "Step", "Who", "Papers", "Fields"]
        yield from _table(head, (_act(act) for act in drawing.acts() if act.log == log))


def _act(act: type[Act]) -> list[str]:
    marks = ((act.signed, "✍"), (act.final, "■"), (act.any_time and act.log == "election", "⟳"), (act.hidden, "⚙"))
    title = f"`{act.code}`{''.join(f' {mark}' for on, mark in marks if on)}<br>{words.act_title(act.code)}"
    return [
        f"{title}<br>{words.act_title(act.code, 'en')}",
        ", ".join(f"`{step}`" for step in act.step.split("|") if step) + (f" ({act.only})" if act.only else ""),
        ", ".join(_who(act)),
        ", ".join(words.paper_title(kind) for kind in act.papers),
        "<br>".join(_field(act.code, f) for f in drawing.fields(act) if not f.filled),
    ]


def _who(act: type[Act]) -> list[str]:
    """Roles by name; those who may act for one body only have it beside them."""
    party, residents = (expand(act.who, body) for body in ("party", "residents"))
    named = []
    for role in Role:
        if role in party and role in residents:
            named.append(words.role_name(role))
        elif role in party | residents and act.only != ("residents" if role in party else "party"):
            body = "party" if role in party else "residents"
            named.append(words.role_name(role) + ("" if act.only else f" ({body})"))
    return named


def _field(act: str, field: drawing.FieldOf) -> str:
    mark = {"": "", "sealed": " 🔒", "listed": " 📌⌛", "posted": " 📌"}[field.personal]
    return f"`{field.path}` {words.field_label(act, field.path)}{mark}{'' if field.required else ' ○'}"


def _who_may() -> Iterator[str]:
    yield from (
        "## Who may do what 各职务可办理的事项",
        "",
        "● in both elections, P only in the party's, R only in the residents'. A role acts within its own place; accounts of a",
        "hall act in one election only.",
        "",
    )
    roles = [role for role in Role if any(role in expand(act.who, b) for act in drawing.acts() for b in _BODIES)]
    head = ["", *(words.role_name(role) for role in roles)]
    yield from _table(head, ([f"`{act.code}`", *(_may(act, role) for role in roles)] for act in drawing.acts()))


_BODIES = ("party", "residents")


def _may(act: type[Act], role: Role) -> str:
    may = tuple(role in expand(act.who, body) and act.only in ("", body) for body in _BODIES)
    if all(may) or (act.log != "election" and any(may)):
        return "●"
    return "P" if may[0] else "R" if may[1] else ""


# --- writing ---------------------------------------------------------------------------------------------------------

#: page -> what writes it
PAGES: dict[str, Callable[[], str]] = {
    "state-machine.md": state_machines,
    "acts.md": acts_table,
    "rulesets.md": side_by_side,
}


def main(arguments: list[str]) -> int:
    """Write every page into a folder (``docs`` unless told otherwise)."""
    folder = Path(arguments[0] if arguments else "docs")
    for page, text in PAGES.items():
        (folder / page).write_text(text(), encoding="utf-8")
        print(folder / page)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
