"""From an act's class to the fields of its form: what is asked, in which shape, what may be left open.

The annotation says it all (``election.process.base``): ``Text`` is a line, ``Words`` several lines, a ``Literal`` is
chosen from, a ``PersonId`` is a person of the roll whose name goes into the sibling field, a tuple of ``Payload`` is
a table of rows. What is marked ``Filled`` is never asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from election.process.base import Filled, Long, PersonId, PrivatePerson

#: shapes of a control
Kind = Literal[
    "text", "long", "number", "yes_no", "date", "choice", "choices", "person", "people", "lines", "rows", "group"
]


@dataclass(frozen=True)
class Field:
    """One field of a form."""

    name: str
    kind: Kind
    #: must be answered
    required: bool
    #: what it is where nothing is answered; None for a required field
    default: Any = None
    #: the values of a choice
    options: tuple[str, ...] = ()
    #: fields of a row or a group
    fields: tuple[Field, ...] = ()
    #: the sibling that takes the chosen person's name
    carries: str = ""
    #: most characters of a text
    longest: int | None = None


@dataclass(frozen=True)
class Shape:
    """The fields of a model that are asked, and what stands for those that the program fills in."""

    fields: tuple[Field, ...]
    filled: tuple[tuple[str, Any], ...]


@cache
def shape_of(cls: type[BaseModel]) -> Shape:
    """Fields of ``cls`` in the order of its class. Raises TypeError for an annotation that no form can ask."""
    hints = get_type_hints(cls, include_extras=True)
    asked: list[Field] = []
    filled: list[tuple[str, Any]] = []
    for name, info in cls.model_fields.items():
        hint, marks = _unwrap(hints[name])
        if any(isinstance(m, Filled) for m in marks):
            if info.is_required():
                filled.append((name, _placeholder(hint)))
            continue
        bare, optional = _without_none(hint)
        default = None if info.default is PydanticUndefined else info.default
        # a text that may not be blank asks for an answer although it has no other demand
        required = info.is_required()
        asked.append(_field(name, bare, marks, required and not optional, default))
    return Shape(_with_carried_names(asked), tuple(filled))


def _unwrap(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    """The type with its marks; ``PersonId`` is kept as it is, and a sealed one is one."""
    if hint == PrivatePerson:
        return PersonId, ()
    if get_origin(hint) is Annotated and hint != PersonId:
        inner, *marks = get_args(hint)
        return inner, tuple(marks)
    return hint, ()


def _without_none(hint: Any) -> tuple[Any, bool]:
    if get_origin(hint) in (Union, UnionType):
        members = [a for a in get_args(hint) if a is not NoneType]
        if len(members) == 1:
            return members[0], True
    return hint, False


def _placeholder(hint: Any) -> Any:
    """What stands in a required filled field until the program fills it in (``acts.do.filled``)."""
    return {int: 1, bool: False}.get(hint, "0" * 64)


def _field(name: str, hint: Any, marks: Sequence[Any], required: bool, default: Any) -> Field:
    if hint == PersonId:
        return Field(name, "person", required, default or "")
    hint, inner_marks = _unwrap(hint)
    marks = (*marks, *inner_marks)
    if get_origin(hint) is Literal:
        values = tuple(str(v) for v in get_args(hint))
        return Field(name, "choice", required, default, options=tuple(v for v in values if v))
    if get_origin(hint) is tuple:
        return _many(name, get_args(hint)[0], required, default)
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return Field(name, "group", required, default, fields=shape_of(hint).fields)
    if hint is bool:
        return Field(name, "yes_no", required, default)
    if hint is int:
        return Field(name, "number", required, default)
    if hint is date:
        return Field(name, "date", required, default)
    if hint is str:
        kind: Kind = "long" if any(isinstance(m, Long) for m in marks) else "text"
        longest = next((m.max_length for m in marks if getattr(m, "max_length", None)), None)
        return Field(name, kind, required, default or "", longest=longest)
    raise TypeError(f"{name}: no form asks for {hint}")


def _many(name: str, hint: Any, required: bool, default: Any) -> Field:
    """A tuple: of persons, of values to tick, of rows, or of lines of text."""
    if hint == PersonId:
        return Field(name, "people", required, default)
    inner, _ = _unwrap(hint)
    if get_origin(inner) is Literal:
        return Field(name, "choices", required, default, options=tuple(str(v) for v in get_args(inner)))
    if isinstance(inner, type) and issubclass(inner, BaseModel):
        return Field(name, "rows", required, default, fields=shape_of(inner).fields)
    return Field(name, "lines", required, default)


def _with_carried_names(fields: list[Field]) -> tuple[Field, ...]:
    """Join a person with the field that holds the name: ``person`` with ``name``, ``joins`` with ``joins_name``."""
    names = {f.name for f in fields}
    carriers: dict[str, str] = {}
    for field in fields:
        if field.kind == "person":
            carried = f"{field.name}_name" if f"{field.name}_name" in names else "name"
            if carried in names:
                carriers[field.name] = carried
    taken = set(carriers.values())
    return tuple(
        Field(f.name, f.kind, f.required, f.default, carries=carriers[f.name]) if f.name in carriers else f
        for f in fields
        if f.name not in taken
    )
