"""The state machine as a picture and its acts as a table: read out of the code, so that the pages cannot say otherwise.

``election.commands.docs`` puts the words to it and writes ``docs/state-machine.md`` and ``docs/acts.md``.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from election.law import Deadline, Ruleset, StepRule
from election.process import (
    absent,
    after,
    approval,
    campaign,
    demands,
    electorate,
    machine,
    meeting,
    nomination,
    notices,
    objections,
    preparation,
    representatives,
    resets,
    result,
    roll,
    stations,
    steps,
    tally,
    vetting,
)
from election.process.base import ACTS, Act, Filled, Personal
from election.process.steps import suffix

#: rooms in which a function named by an act is looked for
_ROOMS: tuple[ModuleType, ...] = (
    steps,
    demands,
    resets,
    roll,
    notices,
    objections,
    electorate,
    representatives,
    nomination,
    vetting,
    absent,
    preparation,
    meeting,
    stations,
    tally,
    result,
    approval,
    after,
    campaign,
    machine,
)

Mark = Literal["", "sealed", "listed", "posted"]


def acts() -> list[type[Act]]:
    """Every act, family by family; within one in the order of its file."""
    families = [room.__name__ for room in machine.FAMILIES]
    return sorted(ACTS.values(), key=lambda act: families.index(act.__module__))


# --- fields ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FieldOf:
    """One field of an act. ``path`` has the list's name before it for a field of its rows (``items.kind``)."""

    path: str
    required: bool
    #: filled in by the program, not asked for
    filled: bool
    #: personal data: only its seal stands in the entry; ``posted`` is opened in the bundle, ``listed`` until it is destroyed
    personal: Mark
    choices: tuple[str, ...]


@cache
def fields(cls: type[Act]) -> tuple[FieldOf, ...]:
    """Every field of an act in order, those of its rows after the list that holds them."""
    return tuple(_fields(cls, "", filled=False))


def _fields(cls: type[BaseModel], prefix: str, *, filled: bool) -> Iterator[FieldOf]:
    hints = get_type_hints(cls, include_extras=True)
    for name, info in cls.model_fields.items():
        marks, models, choices = _read(hints[name])
        ours = filled or any(isinstance(m, Filled) for m in marks)
        personal = next((m for m in marks if isinstance(m, Personal)), None)
        yield FieldOf(prefix + name, info.is_required(), ours, _mark(personal), tuple(choices))
        for model in dict.fromkeys(models):
            yield from _fields(model, f"{prefix}{name}.", filled=ours)


def _mark(personal: Personal | None) -> Mark:
    if personal is None:
        return ""
    return "posted" if personal.lasting else "listed" if personal.posted else "sealed"


def _read(hint: Any) -> tuple[list[object], list[type[BaseModel]], list[str]]:
    """Marks, models of rows, and choices anywhere inside an annotation."""
    if get_origin(hint) is Annotated:
        inner, *own = get_args(hint)
        marks, models, choices = _read(inner)
        return [*own, *marks], models, choices
    if get_origin(hint) is Literal:
        return [], [], [str(value) for value in get_args(hint)]
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return [], [hint], []
    inside = [_read(inner) for inner in get_args(hint)]
    return (
        [mark for found, _, _ in inside for mark in found],
        [model for _, found, _ in inside for model in found],
        [choice for _, _, found in inside for choice in found],
    )


# --- what the code says ----------------------------------------------------------------------------------------------


@cache
def _tree(thing: Callable[..., object]) -> ast.AST:
    return ast.parse(textwrap.dedent(inspect.getsource(thing)))


def _calls(start: Iterable[Callable[..., object]], cls: type[Act] | None = None) -> Iterator[ast.Call]:
    """Every call in these functions and in those of this room, or of the act itself, that they call."""
    waiting, seen = list(start), set[Callable[..., object]]()
    while waiting:
        function = waiting.pop(0)
        if function in seen:
            continue
        seen.add(function)
        calls = (node for node in ast.walk(_tree(function)) if isinstance(node, ast.Call))
        for node in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
            yield node
            called = _called(node, cls, function)
            if called is not None:
                waiting.append(called)


def _called(node: ast.Call, cls: type[Act] | None, function: Callable[..., object]) -> Callable[..., object] | None:
    """The function of these rooms that a call names: ``reopen(…)``, ``self.give_back(…)``, ``super().apply(…)``."""
    target = node.func
    found: object = None
    if isinstance(target, ast.Name):
        found = next((vars(room)[target.id] for room in _ROOMS if target.id in vars(room)), None)
    elif isinstance(target, ast.Attribute) and cls is not None:
        if isinstance(target.value, ast.Name) and target.value.id == "self":
            found = getattr(cls, target.attr, None)
        elif isinstance(target.value, ast.Call) and ast.unparse(target.value) == "super()":
            owner = function.__qualname__.split(".")[0]
            names = [base.__name__ for base in cls.__mro__]
            above = cls.__mro__[names.index(owner) + 1 :]
            found = next(vars(base)[target.attr] for base in above if target.attr in vars(base))
    ours = inspect.isfunction(found) and found.__module__.startswith("election.process")
    return found if ours else None  # type: ignore[return-value]


def reopens(cls: type[Act]) -> list[str]:
    """Steps, without their body, that an act may open again. A step chosen by hand (``step.reopen``) is not among them."""
    found: list[str] = []
    for call in _calls([cls.apply], cls):
        if isinstance(call.func, ast.Name) and call.func.id == "reopen":
            found.extend(_texts(call.args[1]))
    return list(dict.fromkeys(found))


def _texts(node: ast.expr) -> list[str]:
    """The texts an expression can be; conditions are not among them."""
    if isinstance(node, ast.IfExp):
        return [*_texts(node.body), *_texts(node.orelse)]
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def demanded(step: str) -> list[str]:
    """Codes that the checklist of a step (without its body) may hold, in order; ``assess.{kind}`` stands for a family."""
    return list(dict.fromkeys(code for call in _calls([demands.DEMANDS[step]]) for code in _demand(call)))


def _demand(call: ast.Call) -> Iterator[str]:
    if isinstance(call.func, ast.Name) and call.func.id == "Demand":
        code = call.args[0]
        yield str(code.value) if isinstance(code, ast.Constant) else ast.unparse(code)[2:-1]


# --- the picture -----------------------------------------------------------------------------------------------------


def places(ruleset: Ruleset, named: str) -> list[str]:
    """Steps that an act's ``step`` (``ballot|hands``) can mean in this ruleset: the first that runs, in each branch."""
    rules = {suffix(rule.name): rule for rule in ruleset.steps}
    running = [rules[name] for name in named.split("|") if name in rules]
    return [rule.name for i, rule in enumerate(running) if i == 0 or (rule.when and rule.when != running[0].when)]


def serving(ruleset: Ruleset, step: str) -> list[type[Act]]:
    """Acts of a step in this ruleset, in the order of the catalogue."""
    body = "party" if ruleset.body == "party" else "residents"
    return [
        act for act in acts() if act.log == "election" and act.only in ("", body) and step in places(ruleset, act.step)
    ]


def posting(ruleset: Ruleset, step: str) -> list[str]:
    """Kinds of notices of a step in this ruleset."""
    return [kind for kind, named in notices.NOTICES.items() if step in places(ruleset, named)]


@dataclass(frozen=True)
class Return:
    """An act that sends an election back from one step to another; ``since`` is empty where any step may be left."""

    act: str
    since: str
    to: str


def returns(ruleset: Ruleset) -> list[Return]:
    """Every way back, but for a step's own chair taking it up again (``step.reopen``)."""
    names = {suffix(rule.name): rule.name for rule in ruleset.steps}
    found = []
    for act in {act.code: act for rule in ruleset.steps for act in serving(ruleset, rule.name)}.values():
        for since in places(ruleset, act.step):
            found += [Return(act.code, since, names[to]) for to in reopens(act) if to in names]
    for act in acts():
        if act.log == "election" and not act.step:
            found += [Return(act.code, "", names[to]) for to in reopens(act) if to in names]
    return found


def state_machine(ruleset: Ruleset) -> str:
    """The steps of a ruleset as a Mermaid flow chart: full lines lead on, dotted lines are ways back."""
    lines = ["flowchart TD"]
    own = {rule.name for rule in ruleset.steps}
    outside = dict.fromkeys(name for rule in ruleset.steps for name in rule.after if name not in own)
    lines += [f'  {_node(name)}(["{name}"])' for name in outside]
    lines += [_box(number, rule) for number, rule in enumerate(ruleset.steps, 1)]
    for rule in ruleset.steps:
        label = f"|{rule.when}| " if rule.when else " "
        lines += [f"  {_node(name)} -->{label}{_node(rule.name)}" for name in rule.after]
    back: dict[tuple[str, str], list[str]] = {}
    for way in returns(ruleset):
        if way.since:
            back.setdefault((way.since, way.to), []).append(way.act)
    lines += [f'  {_node(a)} -. "{"<br>".join(codes)}" .-> {_node(b)}' for (a, b), codes in back.items()]
    return "\n".join(lines)


def _node(step: str) -> str:
    return step.replace(".", "_")


def _box(number: int, rule: StepRule) -> str:
    last = f"<br>{deadline(rule.deadline)}" if rule.deadline else ""
    return f'  {_node(rule.name)}["{number} {rule.title}<br>{rule.title_en}{last}"]'


def deadline(found: Deadline) -> str:
    """``D-20, else a reason``: days before the election day, or after another step, and what follows when missed."""
    when = f"D-{found.days_before}" if found.days_before is not None else f"{found.days_after} days after"
    missed = {"refuse": "then refused", "reason": "then with a reason", "flag": "then shown as late"}
    return f"{when}, {missed[found.on_miss]}"
