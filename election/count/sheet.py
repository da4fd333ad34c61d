"""A hand tally of one contest: does it add up?

The same checks stand beside the teller's form and before the count: an ``error`` blocks, a ``warning`` needs a reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from election.count.ballots import Votes
from election.count.shape import LARGEST, person
from election.faults import WrongInput

_SHEET_KEYS = frozenset({"valid", "invalid", "votes", "write_ins"})
_ROW_KEYS = frozenset({"for", "against", "abstain"})
_WRITE_IN_KEYS = frozenset({"name", "for"})


@dataclass(frozen=True, slots=True)
class Check:
    """``fields`` are the places on the sheet it concerns (``votes.c1.for``); ``words`` makes the sentence of ``code``."""

    code: str
    severity: Literal["error", "warning"]
    fields: tuple[str, ...]
    params: dict[str, object] = field(default_factory=dict)


def check_sheet(
    sheet: Mapping[str, Any], contest: Mapping[str, Any], returned: int, *, carried: bool = False
) -> list[Check]:
    """Everything that does not add up on ``sheet``; empty is good.

    ``sheet`` is ``{"valid", "invalid", "votes": {candidate: {"for", "against", "abstain"}}, "write_ins": [{"name",
    "for"}]}`` in ballots, ``contest`` the contest of the count file, ``returned`` the ballots in this box. Checks of
    sums wait until every number is one. ``carried`` allows a row to hold votes from higher posts (下加计票).
    """
    row_keys = _ROW_KEYS | {"carried"} if carried else _ROW_KEYS
    shape = list(_shape(sheet, contest, row_keys))
    return shape or list(_sums(sheet, contest, returned))


def _shape(sheet: Mapping[str, Any], contest: Mapping[str, Any], row_keys: frozenset[str]) -> Iterator[Check]:
    if not isinstance(sheet, Mapping):
        yield Check("sheet.not_a_sheet", "error", ())
        return
    yield from (Check("sheet.unknown_key", "error", (str(key),)) for key in sheet if key not in _SHEET_KEYS)
    yield from _numbers(sheet, ("valid", "invalid"), "")
    rows = sheet.get("votes", {})
    if not isinstance(rows, Mapping):
        yield Check("sheet.not_a_sheet", "error", ("votes",))
        return
    ids = [candidate["id"] for candidate in contest["candidates"]]
    yield from (Check("sheet.row_missing", "error", (f"votes.{id_}",)) for id_ in ids if id_ not in rows)
    for id_, row in rows.items():
        here = f"votes.{id_}"
        if id_ not in ids:
            yield Check("sheet.row_unknown", "error", (here,))
        elif not isinstance(row, Mapping):
            yield Check("sheet.not_a_sheet", "error", (here,))
        else:
            yield from (Check("sheet.unknown_key", "error", (f"{here}.{key}",)) for key in row if key not in row_keys)
            yield from _numbers(row, ("for", "against", "abstain"), f"{here}.")
            yield from _numbers(row, ("carried",) if "carried" in row and "carried" in row_keys else (), f"{here}.")
    yield from _write_in_shape(sheet.get("write_ins", []))


def _write_in_shape(rows: object) -> Iterator[Check]:
    if not isinstance(rows, list | tuple):
        yield Check("sheet.not_a_sheet", "error", ("write_ins",))
        return
    for index, row in enumerate(rows):
        here = f"write_ins[{index}]"
        if not isinstance(row, Mapping):
            yield Check("sheet.not_a_sheet", "error", (here,))
            continue
        yield from (Check("sheet.unknown_key", "error", (f"{here}.{key}",)) for key in row if key not in _WRITE_IN_KEYS)
        try:
            person(row.get("name"), here)
        except WrongInput:
            yield Check("sheet.write_in_unnamed", "error", (f"{here}.name",))
        yield from _numbers(row, ("for",), f"{here}.")


def _numbers(row: Mapping[str, Any], keys: tuple[str, ...], prefix: str) -> Iterator[Check]:
    for key in keys:
        value = row.get(key)
        if type(value) is not int or not 0 <= value <= LARGEST:
            yield Check("sheet.not_a_number", "error", (f"{prefix}{key}",))


def _sums(sheet: Mapping[str, Any], contest: Mapping[str, Any], returned: int) -> Iterator[Check]:
    valid, invalid = sheet["valid"], sheet["invalid"]
    if valid + invalid != returned:
        params: dict[str, object] = {"valid": valid, "invalid": invalid, "returned": returned}
        yield Check("sheet.returned", "error", ("valid", "invalid"), params)
    for id_, row in sheet.get("votes", {}).items():
        total = row["for"] + row["against"] + row["abstain"]
        if total != valid:
            fields = tuple(f"votes.{id_}.{mark}" for mark in ("for", "against", "abstain"))
            yield Check("sheet.row", "error", fields, {"total": total, "valid": valid})
    votes = read_sheet(sheet, contest)
    for count in votes.write_ins.values():
        if count > valid:
            yield Check("sheet.write_in_over", "error", ("write_ins",), {"for": count, "valid": valid})
    yield from _listed(sheet, contest)
    cast, most = votes.for_.total() + votes.write_ins.total(), contest["seats"] * valid
    if cast > most:
        fields = (*(f"votes.{id_}.for" for id_ in sheet.get("votes", {})), "write_ins")
        yield Check("sheet.too_many", "error", fields, {"for": cast, "most": most, "seats": contest["seats"]})
    elif valid and not cast and not votes.against.total():
        yield Check("sheet.all_abstain", "warning", ("valid",), {"valid": valid})
    if invalid > valid:
        yield Check("sheet.mostly_invalid", "warning", ("invalid",), {"valid": valid, "invalid": invalid})


def _listed(sheet: Mapping[str, Any], contest: Mapping[str, Any]) -> Iterator[Check]:
    """A written name that is on the ballot adds to that candidate; those ballots stood among the row's abstentions."""
    for id_, (index, count) in _listed_write_ins(sheet, contest).items():
        if id_ is None:
            yield Check("sheet.write_in_ambiguous", "error", (f"write_ins[{index}].name",))
        elif count > sheet["votes"][id_]["abstain"]:
            yield Check("sheet.write_in_listed_over", "error", (f"write_ins[{index}].for", f"votes.{id_}.abstain"))
        else:
            yield Check("sheet.write_in_listed", "warning", (f"write_ins[{index}].name",))


def _listed_write_ins(sheet: Mapping[str, Any], contest: Mapping[str, Any]) -> dict[str | None, tuple[int, int]]:
    """``{candidate: (row of the last, votes)}`` of write-ins that bear a listed name; None where two share it."""
    bearers: dict[str, list[str]] = {}
    for candidate in contest["candidates"]:
        bearers.setdefault(person(candidate["name"], ""), []).append(candidate["id"])
    found: dict[str | None, tuple[int, int]] = {}
    for index, row in enumerate(sheet.get("write_ins", [])):
        ids = bearers.get(person(row["name"], ""))
        if ids:
            key = ids[0] if len(ids) == 1 else None
            found[key] = (index, found.get(key, (0, 0))[1] + row["for"])
    return found


def read_sheet(sheet: Mapping[str, Any], contest: Mapping[str, Any]) -> Votes:
    """The sheet as votes, write-ins of one name together, of a listed name with that candidate."""
    votes = Votes(sheet["valid"], sheet["invalid"])
    for id_, row in sheet.get("votes", {}).items():
        votes.for_[id_] += row["for"]
        votes.against[id_] += row["against"]
        if "carried" in row:
            votes.carried[id_] += row["carried"]
    listed = {person(candidate["name"], ""): candidate["id"] for candidate in contest["candidates"]}
    for row in sheet.get("write_ins", []):
        name = person(row["name"], "")
        if name in listed:
            votes.for_[listed[name]] += row["for"]
        elif row["for"]:
            votes.write_ins[name] += row["for"]
    return votes
