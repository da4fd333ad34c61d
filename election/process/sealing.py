"""Between an act and its bytes: personal fields go out as commitments and come back by their openings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ValidationError

from election.process.base import ACTS, Act, Personal
from election.record import seal


@cache
def personal_paths(cls: type[BaseModel]) -> tuple[tuple[tuple[str, ...], Personal], ...]:
    """``((path, mark), …)`` of a model's personal fields; ``*`` stands for an index."""
    return tuple(_walk(cls))


def _walk(cls: type[BaseModel], prefix: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Personal]]:
    for name, hint in get_type_hints(cls, include_extras=True).items():
        if name in cls.model_fields:
            yield from _within(hint, (*prefix, name))


def _within(hint: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Personal]]:
    if get_origin(hint) is Annotated:
        inner, *marks = get_args(hint)
        for mark in marks:
            if isinstance(mark, Personal):
                yield path, mark
        yield from _within(inner, path)
    elif get_origin(hint) is tuple:
        members = [a for a in get_args(hint) if a is not Ellipsis]
        for member in dict.fromkeys(members):
            yield from _within(member, (*path, "*"))
    elif isinstance(hint, type) and issubclass(hint, BaseModel):
        yield from _walk(hint, path)
    else:
        for member in get_args(hint):
            yield from _within(member, path)


def _mark(cls: type[Act], path: seal.Path) -> Personal | None:
    """What is said of the field at ``path``; None where it is not personal."""
    for pattern, mark in personal_paths(cls):
        if len(pattern) == len(path) and all(a in ("*", str(b)) for a, b in zip(pattern, path, strict=True)):
            return mark
    return None


@dataclass(frozen=True)
class SealedAct:
    payload: dict[str, Any]
    #: openings with whether the value is posted
    openings: tuple[tuple[seal.Opening, bool], ...]


def seal_act(act: Act) -> SealedAct:
    """The payload as it stands in an entry, and what opens it. An empty text needs no seal and stays empty."""
    cls = type(act)
    order: list[bool] = []

    def personal(path: seal.Path) -> bool:
        mark = _mark(cls, path)
        if mark is None or _at(dumped, path) in ("", None):
            return False
        order.append(mark.posted)
        return True

    dumped = act.model_dump(mode="json")
    payload, openings = seal.seal_payload(dumped, personal)
    return SealedAct(payload, tuple(zip(openings, order, strict=True)))


def commitments(code: str, payload: Any, path: seal.Path = ()) -> Iterator[tuple[str, Personal | None]]:
    """The commitments of an entry's payload, each with the mark of its field (None where the act does not say)."""
    if seal.is_sealed(payload):
        yield payload["sealed"], _mark(ACTS[code], path) if code in ACTS else None
    elif isinstance(payload, Mapping | list):
        for key, inner in payload.items() if isinstance(payload, Mapping) else enumerate(payload):
            yield from commitments(code, inner, (*path, key))


def lasting(mark: Personal | None) -> bool:
    """Whether what stands in such a field stays when personal data are destroyed."""
    return mark is not None and mark.lasting


def _at(value: Any, path: seal.Path) -> Any:
    for key in path:
        value = value[key]
    return value


class UnknownAct(ValueError):
    """An entry names an act that is not in the catalogue, or its payload is not of that act."""


def open_act(code: str, payload: Mapping[str, Any], openings: Mapping[str, str]) -> Act:
    """The act of an entry. Values whose opening is not known stand as ``［…］`` with the start of their seal."""
    if code not in ACTS:
        raise UnknownAct(code)
    try:
        return ACTS[code].model_validate(_placeholders(seal.reveal(dict(payload), openings)))
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        raise UnknownAct(f"{code}: {where}") from None


def _placeholders(value: Any) -> Any:
    if seal.is_sealed(value):
        return f"［{value['sealed'][:12]}］"
    if isinstance(value, Mapping):
        return {key: _placeholders(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_placeholders(inner) for inner in value]
    return value
