"""A form as it is shown: its inputs with what stands in them, and its answers in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from election.process.base import Act
from election.web.fields import Field
from election.web.forms import NEW, ActForm, Found
from election.web.words import _, day, language
from election.words import acts as said


@dataclass(frozen=True)
class Control:
    """One input, or a group or table of inputs, as a template shows it."""

    kind: str
    name: str
    label: str
    hint: str = ""
    error: str = ""
    value: str = ""
    values: tuple[str, ...] = ()
    required: bool = True
    options: tuple[tuple[str, str], ...] = ()
    #: people found by a search, and whether a stranger may be taken
    found: tuple[Found, ...] = ()
    stranger: bool = False
    #: the person chosen so far
    chosen: Found | None = None
    longest: int | None = None
    #: what stands where nothing is chosen
    default: str = ""
    suggestions: tuple[str, ...] = ()
    controls: tuple[Control, ...] = ()
    rows: tuple[tuple[Control, ...], ...] = ()

    @property
    def chosen_id(self) -> str:
        """Id of the person chosen so far, one beside the roll included."""
        return "" if not self.values or self.values[0] == NEW else self.values[0]

    @property
    def leaves_open(self) -> bool:
        """It may be left without an answer: it is not asked for, and nothing stands in it already."""
        return not self.required and not self.default

    @property
    def attributes(self) -> dict[str, str]:
        """Further attributes of the input."""
        given = {"maxlength": str(self.longest)} if self.longest else {}
        if self.suggestions:
            given["list"] = f"l-f-{self.name.replace('.', '-')}"
        return given


def controls(form: ActForm) -> tuple[Control, ...]:
    return tuple(_control(form, f, f.name, f.name) for f in form.fields)


def _controls(form: ActForm, asked: Field, start: str, path: str) -> tuple[Control, ...]:
    inner = form.asked(asked.fields, f"{path}.")
    return tuple(_control(form, f, start + f.name, f"{path}.{f.name}") for f in inner)


def _control(form: ActForm, asked: Field, name: str, path: str) -> Control:
    typed = form.typed
    value = typed.one(name)
    kind: str = asked.kind
    options: Sequence[tuple[str, str]] = ()
    controls: tuple[Control, ...] = ()
    rows: tuple[tuple[Control, ...], ...] = ()
    chosen = None
    found: Sequence[Found] = form.found.get(name, ())
    if path in form.offer.options:
        kind, options = "choices" if asked.kind == "lines" else "select", form.offer.options[path]
    elif asked.kind in ("choice", "choices"):
        options = [(o, said.option_label(form.act.code, path, o, language())) for o in asked.options]
    elif asked.kind in ("person", "people") and path in form.offer.people:
        kind = "pick" if asked.kind == "person" else "picks"
        found = form.offer.people[path]
    elif asked.kind == "person" and value:
        chosen = form.offer.known(value)
    elif asked.kind == "people":
        picked = [p for i in typed.get(name, ()) if (p := form.offer.known(i)) is not None]
        found = [*picked, *(p for p in found if p not in picked)]
    elif asked.kind == "group":
        controls = _controls(form, asked, f"{name}.", path)
    elif asked.kind == "rows":
        controls = _controls(form, asked, f"{name}.", path)
        rows = tuple(
            _controls(form, asked, f"{name}.{at}.", path)
            for at in range(max(typed.rows(name), 1 if asked.required else 0))
        )
    if asked.kind == "person" and kind == "person":
        value = typed.one(f"{name}.find") or (chosen.name if chosen else "")
    elif asked.kind == "people":
        value = typed.one(f"{name}.find")
    elif name not in typed and not asked.required and asked.kind in ("yes_no", "choice", "number"):
        value = _written(asked.default)
    return Control(
        kind,
        name,
        form.label(path),
        hint=said.field_hint(form.act.code, path, language()),
        error=form.errors.get(name, ""),
        value=value,
        values=tuple(typed.get(name, ())),
        required=asked.required,
        options=tuple(options),
        found=tuple(found),
        stranger=path in form.offer.strangers,
        chosen=chosen,
        longest=asked.longest,
        default=_written(asked.default) if isinstance(asked.default, str) else "",
        suggestions=tuple(form.offer.suggestions.get(path, ())),
        controls=controls,
        rows=rows,
    )


def summary(form: ActForm, act: Act) -> list[tuple[str, str]]:
    """What was typed, for reading before it is done: (label, words)."""
    return [(form.label(f.name), words(form, f, f.name, getattr(act, f.name), act)) for f in form.fields]


def words(form: ActForm, asked: Field, path: str, value: Any, within: BaseModel) -> str:
    """One answer in words."""

    if value is None or value == "" or value == ():
        return _("（未填）")
    options = dict(form.offer.options.get(path, ()))
    if path in form.offer.options:
        return listed([options.get(str(v), str(v)) for v in (value if isinstance(value, tuple) else (value,))])
    match asked.kind:
        case "yes_no":
            return _("是") if value else _("否")
        case "date":
            return day(value)
        case "choice":
            return said.option_label(form.act.code, path, str(value), language())
        case "choices":
            return listed([said.option_label(form.act.code, path, str(v), language()) for v in value])
        case "person":
            return _name(form, str(value), getattr(within, asked.carries, "") if asked.carries else "", path)
        case "people":
            return listed([_name(form, str(v), "", path) for v in value])
        case "lines":
            return listed([str(v) for v in value])
        case "group":
            return _row_words(form, asked, path, value)
        case "rows":
            return "\n".join(_row_words(form, asked, path, row) for row in value)
    return str(value)


def _row_words(form: ActForm, asked: Field, path: str, row: BaseModel) -> str:
    parts = []
    for inner in asked.fields:
        value = getattr(row, inner.name)
        if value in (None, "", (), False):
            continue
        answer = words(form, inner, f"{path}.{inner.name}", value, row)
        label = form.label(f"{path}.{inner.name}")
        plain = inner.kind in ("person", "text", "choice")
        parts.append(answer if plain else (label if value is True else f"{label} {answer}"))
    return "，".join(parts)


def _name(form: ActForm, identifier: str, carried: str, path: str) -> str:
    if carried:
        return carried
    listed = next((p for p in form.offer.people.get(path, ()) if p.id == identifier), None)
    person = listed or form.offer.known(identifier)
    return person.name if person else identifier


def listed(parts: list[str]) -> str:
    """Words one after the other, as the reader's language sets them apart."""
    return ("、" if language() == "zh" else ", ").join(parts)


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
