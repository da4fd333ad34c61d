"""A paper is made of plain data only, and of all of it: what is missing is named before anything is drawn."""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from ..faults import WrongInput

#: more words than the largest roll has; a paper beyond it is a mistake, and would take minutes
MOST_VALUES = 100_000
#: the longest single text, in characters
LONGEST_TEXT = 10_000


def demand(data: object, place: str) -> None:
    """Raises `WrongInput` naming the first place in ``data`` that is missing, blank, negative or not plain.

    ``data`` is a frozen dataclass of str, int, bool, date, Literal, None, tuples and further frozen dataclasses;
    a text field with no default must not be blank, a number is never negative. The faulty value is not repeated.
    """
    for count, (at, fault) in enumerate(_faults(data, type(data), place, may_be_blank=False)):
        if fault:
            raise WrongInput(
                "{fault}", place="{at}", mend="fill it in or correct it, and make the paper again", fault=fault, at=at
            )
        if count >= MOST_VALUES:
            raise WrongInput(
                "has more than {most} values",
                place="{at}",
                mend="split it into several papers",
                most=MOST_VALUES,
                at=place,
            )


def texts(data: object) -> Iterator[str]:
    """Every text in ``data``, to see whether the fonts have its characters."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, tuple):
        for item in data:
            yield from texts(item)
    elif is_dataclass(data):
        for field in fields(data):
            yield from texts(getattr(data, field.name))


def _faults(value: object, hint: Any, place: str, *, may_be_blank: bool) -> Iterator[tuple[str, WrongInput | None]]:
    """``(place, fault)`` of every value reached, None where there is no fault."""
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        options = get_args(hint)
        if value is None and type(None) in options:
            yield place, None
            return
        hint = next(option for option in options if option is not type(None))
        origin = get_origin(hint)
    if value is None:
        yield place, WrongInput("has no value")
    elif origin is Literal:
        yield place, None if value in get_args(hint) else WrongInput("is none of the values there are")
    elif origin is tuple:
        if not isinstance(value, tuple):
            yield place, WrongInput("is not a list")
        else:
            for number, item in enumerate(value, start=1):
                yield from _faults(item, get_args(hint)[0], f"{place}[{number}]", may_be_blank=False)
    elif is_dataclass(hint):
        yield from _of_dataclass(value, hint, place)
    else:
        yield place, _of_leaf(value, hint, may_be_blank=may_be_blank)


def _of_dataclass(value: object, hint: Any, place: str) -> Iterator[tuple[str, WrongInput | None]]:
    if not isinstance(value, hint):
        yield place, WrongInput("is not a {data}", data=hint.__name__)
    else:
        for name, field_hint, has_default in _fields_of(hint):
            yield from _faults(getattr(value, name), field_hint, f"{place}.{name}", may_be_blank=has_default)


@cache
def _fields_of(kind: Any) -> tuple[tuple[str, Any, bool], ...]:
    hints = get_type_hints(kind)
    return tuple((f.name, hints[f.name], f.default is not MISSING) for f in fields(kind))


def _of_leaf(value: object, hint: Any, *, may_be_blank: bool) -> WrongInput | None:
    if hint is str:
        if not isinstance(value, str):
            return WrongInput("is not a text")
        if not may_be_blank and not value.strip():
            return WrongInput("is empty")
        return WrongInput("has more than {most} characters", most=LONGEST_TEXT) if len(value) > LONGEST_TEXT else None
    if hint is bool:
        return None if isinstance(value, bool) else WrongInput("is neither true nor false")
    if hint is int:
        if not isinstance(value, int) or isinstance(value, bool):
            return WrongInput("is not a whole number")
        return WrongInput("is less than nought") if value < 0 else None
    if hint is date:
        return None if isinstance(value, date) and not isinstance(value, datetime) else WrongInput("is not a date")
    raise TypeError(f"a paper has no room for {hint!r}")
