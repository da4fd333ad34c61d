"""Generic forms of acts: typed texts into an act, and back into controls with their errors.

``ActForm(PlanSeats, offer, typed)`` asks what the act's class asks (``election.web.fields``). ``change`` adds and removes
rows and looks people up without losing anything; ``read`` gives the act, or None with ``errors`` by input name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from election.names.writing import clean_name
from election.process.base import Act
from election.web import typed as texts
from election.web.fields import Field, shape_of
from election.web.typed import Typed
from election.web.words import _, language
from election.words import acts as said

#: a choice "not on the roll, take the name as written"
NEW = "new"
#: at most so many people are listed for one search
MOST_FOUND = 20


@dataclass(frozen=True)
class Found:
    """A person to choose: id, name, and what tells people of one name apart."""

    id: str
    name: str
    detail: str = ""


def nobody(text: str) -> list[Found]:
    return []


@dataclass(frozen=True)
class Offer:
    """What a form offers to choose from. Keys are paths without row numbers: ``elected.person``."""

    #: people of a list (candidates, representatives, those elected)
    people: Mapping[str, Sequence[Found]] = field(default_factory=dict)
    #: (value, words) of a text or number that is chosen: an office, an objection
    options: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    #: what is not asked, because the page says it
    fixed: Mapping[str, Any] = field(default_factory=dict)
    #: what is not asked and keeps its default: paths
    hidden: frozenset[str] = frozenset()
    #: words to take over into a text by a keystroke
    suggestions: Mapping[str, Sequence[str]] = field(default_factory=dict)
    #: people of the roll by name, exact ones alone where there are any
    find: Callable[[str], list[Found]] = nobody
    #: who has this id
    known: Callable[[str], Found | None] = lambda _id: None
    #: where somebody who is not on the roll may be named
    strangers: frozenset[str] = frozenset()


_MISSING = object()


class ActForm:
    """The form of one act."""

    def __init__(self, act: type[Act], offer: Offer, typed: Typed | None = None) -> None:
        self.act, self.offer = act, offer
        self.typed = typed if typed is not None else Typed()
        self.shape = shape_of(act)
        #: input name -> sentence
        self.errors: dict[str, str] = {}
        self.found: dict[str, list[Found]] = {}
        #: place in the data -> input name
        self._places: dict[tuple[str | int, ...], str] = {}

    @property
    def fields(self) -> tuple[Field, ...]:
        return self.asked(tuple(f for f in self.shape.fields if f.name not in self.offer.fixed), "")

    def asked(self, fields: Sequence[Field], path: str) -> tuple[Field, ...]:
        """Of these fields those that the page asks."""
        return tuple(f for f in fields if path + f.name not in self.offer.hidden)

    @property
    def names(self) -> list[str]:
        return [f.name for f in self.fields]

    # --- without losing anything -------------------------------------------------------------------------------------

    def change(self, order: str) -> bool:
        """``add:offices``, ``remove:offices.1``, ``find:person``: whether it was such an order."""
        what, _colon, name = order.partition(":")
        tables = {f.name for f in self.fields if f.kind == "rows"}
        if what == "add" and name in tables:
            self.typed.add_row(name)
        elif what == "remove" and (parts := name.rsplit(".", 1))[0] in tables and parts[-1].isdecimal():
            self.typed.remove_row(parts[0], int(parts[-1]))
        elif what == "find":
            self._resolve_all()
            # people to choose from are an answer, not a fault
            self.errors = {name: self.errors[name]} if name in self.errors and not self.found.get(name) else {}
        else:
            return what in ("add", "remove", "find")
        return True

    # --- typed texts into an act -------------------------------------------------------------------------------------

    def read(self) -> Act | None:
        """The act as typed; None where ``errors`` say what is wrong."""
        self.errors, self.found, self._places = {}, {}, {}
        data: dict[str, Any] = dict(self.shape.filled) | dict(self.offer.fixed)
        data |= self._group(self.fields, "", "", ())
        try:
            act = self.act.model_validate(data)
        except ValidationError as error:
            for detail in error.errors(include_url=False, include_context=True):
                self._tell(detail)
            return None
        return None if self.errors else act

    def _group(self, fields: Sequence[Field], start: str, path: str, place: tuple[str | int, ...]) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for asked in self.asked(fields, path):
            name, here = start + asked.name, (*place, asked.name)
            self._places[here] = name
            value = self._value(asked, name, path + asked.name, here)
            if asked.carries:
                self._places[(*place, asked.carries)] = name
                if isinstance(value, Found):
                    data[asked.carries] = value.name
            if isinstance(value, Found):
                value = value.id
            if value is not _MISSING:
                data[asked.name] = value
        return data

    def _value(self, asked: Field, name: str, path: str, place: tuple[str | int, ...]) -> Any:
        match asked.kind:
            case "group":
                return self._group(asked.fields, f"{name}.", f"{path}.", place)
            case "rows":
                return self._rows(asked, name, path, place)
            case "person":
                return self._person(asked, name, path)
            case "people":
                return self._people(name, path)
            case "choices":
                return tuple(self.typed.get(name, ()))
            case "lines" if path in self.offer.options:
                offered = {value for value, _words in self.offer.options[path]}
                return tuple(value for value in self.typed.get(name, ()) if value in offered)
            case "lines":
                return tuple(self._names(name, name))
        raw = self.typed.one(name)
        text = texts.lines(raw) if asked.kind == "long" else texts.line(raw)
        if not text:
            if asked.required:
                self._say(name, asked, "blank", path)
            return _MISSING
        if asked.kind == "number":
            return texts.number(text)
        if asked.kind == "date":
            return texts.day(text)
        if asked.kind == "yes_no":
            return {"yes": True, "no": False}.get(text, text)
        return text

    def _rows(self, asked: Field, name: str, path: str, place: tuple[str | int, ...]) -> tuple[Any, ...]:
        rows: list[Any] = []
        for at in range(self.typed.rows(name)):
            if self._blank(asked.fields, f"{name}.{at}.", f"{path}."):
                continue
            rows.append(self._group(asked.fields, f"{name}.{at}.", f"{path}.", (*place, len(rows))))
        return tuple(rows)

    def _blank(self, fields: Sequence[Field], start: str, path: str) -> bool:
        """Nothing was written or chosen in a row; a tick, a preset kind or a suggested word does not count."""
        written = [
            f
            for f in self.asked(fields, path)
            if f.kind in ("text", "long", "number", "date", "person") and path + f.name not in self.offer.suggestions
        ]
        return not any(
            self.typed.one(start + f.name).strip() or self.typed.one(f"{start}{f.name}.find").strip() for f in written
        )

    def _person(self, asked: Field, name: str, path: str) -> Found | object:
        identifier = self.typed.one(name).strip()
        if path in self.offer.people:
            chosen = next((p for p in self.offer.people[path] if p.id == identifier), None)
            if chosen is not None:
                return chosen
            if identifier or asked.required:
                self._say(name, asked, "choose", path)
            return _MISSING
        person = self._resolve(name, path)
        if person is not None:
            return person
        if name not in self.errors and asked.required:
            self._say(name, asked, "blank", path)
        return _MISSING

    def _resolve(self, name: str, path: str) -> Found | None:
        """Who is meant by an id and a typed name; else what was found, and an error."""
        identifier, wanted = self.typed.one(name).strip(), clean_name(self.typed.one(f"{name}.find"))
        person = self.offer.known(identifier) if identifier and identifier != NEW else None
        if person is not None and wanted in ("", person.name):
            self.typed.put(f"{name}.find", person.name)
            return person
        stranger = path in self.offer.strangers and bool(wanted)
        if stranger and identifier == NEW:
            identifier = str(uuid4())
            self.typed.put(name, identifier)
            return Found(identifier, wanted)
        if stranger and person is None and _is_uuid(identifier):
            return Found(identifier, wanted)
        if not wanted:
            return None
        people = self.offer.find(wanted)
        if len(people) == 1 and people[0].name == wanted:
            self.typed.put(name, people[0].id)
            return people[0]
        self.typed.pop(name, None)
        self.found[name] = people[:MOST_FOUND]
        if not people:
            self.errors[name] = _("名册上没有查到“{name}”，请核对姓名", name=wanted)
        elif len(people) > MOST_FOUND:
            self.errors[name] = _("查到的人太多，请写全姓名")
        else:
            self.errors[name] = _("查到 {count} 人，请选定是哪一位", count=len(people))
        return None

    def _people(self, name: str, path: str) -> tuple[str, ...]:
        """Several people: ticked in a list, or typed by name and found on the roll."""
        ticked = list(dict.fromkeys(self.typed.get(name, ())))
        if path in self.offer.people:
            listed = {p.id for p in self.offer.people[path]}
            return tuple(t for t in ticked if t in listed)
        chosen = [t for t in ticked if self.offer.known(t) is not None]
        left, doubtful = [], []
        for wanted in self._names(f"{name}.find", name):
            people = [p for p in self.offer.find(clean_name(wanted)) if p.name == clean_name(wanted)]
            if len(people) == 1:
                chosen.append(people[0].id)
            elif any(p.id in chosen for p in people):
                continue
            else:
                left.append(wanted)
                doubtful += people
        chosen = list(dict.fromkeys(chosen))
        self.typed.put(name, *chosen)
        self.typed.put(f"{name}.find", "\n".join(left))
        if left:
            self.found[name] = doubtful[:MOST_FOUND]
            listed_names = left[:5]
            self.errors[name] = (
                _("有同名的人，请勾选：{names}", names=listed_names)
                if doubtful
                else _("名册上没有查到：{names}", names=listed_names)
            )
        return tuple(chosen)

    def _names(self, typed: str, name: str) -> list[str]:
        """Names of a list; none, and an error, where they are too many to look up."""
        found = texts.names(self.typed.one(typed))
        if len(found) > texts.MOST_ROWS:
            self.errors[name] = _("最多 {count} 项", count=texts.MOST_ROWS)
            return []
        return found

    def _resolve_all(self) -> None:
        """Look up every name typed so far."""
        self.errors, self.found = {}, {}

        def walk(fields: Sequence[Field], start: str, path: str) -> None:
            for asked in fields:
                name, here = start + asked.name, path + asked.name
                if asked.kind == "group":
                    walk(asked.fields, f"{name}.", f"{here}.")
                elif asked.kind == "rows":
                    for at in range(self.typed.rows(name)):
                        walk(asked.fields, f"{name}.{at}.", f"{here}.")
                elif asked.kind == "person" and here not in self.offer.people:
                    self._resolve(name, here)
                elif asked.kind == "people" and here not in self.offer.people:
                    self._people(name, here)

        walk(self.fields, "", "")

    # --- what is wrong -----------------------------------------------------------------------------------------------

    def _say(self, name: str, asked: Field, what: str, path: str) -> None:
        label = self.label(path)
        chosen = asked.kind in ("choice", "yes_no", "choices") or path in self.offer.options
        if what == "choose" or chosen:
            self.errors.setdefault(name, _("请选择：{label}", label=label))
        else:
            self.errors.setdefault(name, _("请填写：{label}", label=label))

    def _tell(self, detail: ErrorDetails) -> None:
        """One fault that pydantic found, at its input."""
        place = tuple(detail["loc"])
        while place and place not in self._places:
            place = place[:-1]
        name = self._places.get(place, "")
        path = ".".join(str(p) for p in place if isinstance(p, str))
        if any(known == name or known.startswith(f"{name}.") for known in self.errors):
            return
        label = self.label(path) if path else ""
        self.errors[name] = _("{label}：{fault}", label=label, fault=fault(detail)) if label else fault(detail)

    def label(self, path: str) -> str:
        return said.field_label(self.act.code, path, language())


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def fault(detail: ErrorDetails) -> str:
    """What pydantic found, in words."""
    kind, context = str(detail["type"]), detail.get("ctx", {})
    if kind in ("missing", "string_too_short") and not detail.get("input"):
        return _("还没有填写")
    if kind == "string_too_short":
        return _("至少写 {count} 个字", count=context["min_length"])
    if kind == "string_too_long":
        return _("最多写 {count} 个字", count=context["max_length"])
    if kind == "too_short":
        return _("至少要有 {count} 项", count=context["min_length"])
    if kind == "too_long":
        return _("最多 {count} 项", count=context["max_length"])
    if kind == "greater_than_equal":
        return _("不能小于 {count}", count=context["ge"])
    if kind == "less_than_equal":
        return _("不能大于 {count}", count=context["le"])
    if kind.startswith("int"):
        return _("须是整数，如 12")
    if kind.startswith("date"):
        return _("须是日期，如 2010-12-26")
    if kind in ("literal_error", "bool_parsing", "bool_type"):
        return _("请从所列各项中选择")
    if kind == "missing":
        return _("还没有填写")
    return _("填写有误，请检查")
