"""A table into registered people and every fault with its row (contract §3).

Two passes: each row alone, then the rows against one another and against those already on the roll. Nothing is decided
by order except a duplicate, where the later row goes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from election.faults import WrongInput
from election.roll.columns import HEADERS, MEMBER_HEADERS
from election.roll.person import Checked, Fault, Known, Row
from election.roll.row import Demands, RowReader
from election.roll.table import Table


class Ruleset(Protocol):
    """What the roll asks of a ruleset (``election.law``)."""

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a key or the default."""


def check(table: Table, election_day: date, ruleset: Ruleset, known: Iterable[Known] = ()) -> Checked:
    """The roll of residents or villagers who vote on ``election_day``.

    ``known`` are the people already registered in the same election: they count in ``duplicate``, ``number-shared`` and
    ``same-name`` as an earlier row does. ``age.min`` years and, where there is one, ``residence.min_days`` come from the
    ruleset. Raises WrongInput for a ruleset without an age.
    """
    age = ruleset.get("age.min")
    if age is None:
        raise WrongInput(
            "has no voters' age, age.min", place="ruleset", mend="use --members for a roll of party members"
        )
    demands = Demands(election_day, age_min=age, residence_days=ruleset.get("residence.min_days"), members=False)
    return _checked(table, demands, tuple(known))


def check_members(table: Table, election_day: date, ruleset: Ruleset, known: Iterable[Known] = ()) -> Checked:
    """The roll of party members: also 党员类别 (正式 / 预备); no residence, and an age only where the ruleset has one.

    Raises WrongInput for a file without that column."""
    if "membership" not in table.columns:
        raise WrongInput(
            "has no column 党员类别", place="{name}", mend="use the template of the roll of members", name=table.name
        )
    demands = Demands(election_day, age_min=ruleset.get("age.min"), residence_days=None, members=True)
    return _checked(table, demands, tuple(known))


def check_one(
    values: Mapping[str, str], election_day: date, ruleset: Ruleset, known: Iterable[Known] = (), *, members: bool
) -> Checked:
    """One person written by hand, ``field -> text`` as a cell of the file would hold it, by the rules of the file."""
    fields = MEMBER_HEADERS if members else HEADERS
    columns = {field: place for place, field in enumerate(fields)}
    table = Table("", columns, {}, [(1, tuple(values.get(field, "") for field in fields))])
    return (check_members if members else check)(table, election_day, ruleset, known)


def _checked(table: Table, demands: Demands, known: Sequence[Known]) -> Checked:
    reader = RowReader(table, demands)
    rows = [reader.read(line, cells) for line, cells in table.rows]
    rejected, warnings = reader.rejected, reader.warnings
    _compare_numbers(rows, known, rejected, warnings)
    _compare_names(rows, known, warnings)
    gone = {fault.row for fault in rejected}
    warnings = [fault for fault in warnings if fault.row not in gone]
    waiting = {fault.row for fault in warnings}
    settled = tuple(
        row.with_status("waiting") if row.status == "registered" and row.source_row in waiting else row for row in rows
    )
    return Checked(settled, tuple(sorted(rejected, key=_place)), tuple(sorted(warnings, key=_place)))


def _place(fault: Fault) -> int:
    return fault.row


def _compare_numbers(rows: list[Row], known: Sequence[Known], rejected: list[Fault], warnings: list[Fault]) -> None:
    """One number, one name: the later row goes. One number, several names: all of them are held."""
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        if row.id_number and row.status == "registered":
            holders[row.id_number].append(index)
    on_roll = {person.id_number: person.name for person in known if person.id_number}
    for number, indexes in holders.items():
        registered_name = on_roll.get(number)
        if len(indexes) == 1 and registered_name is None:
            continue
        first_of_name: dict[str, int | None] = {} if registered_name is None else {registered_name: None}
        for index in indexes:
            row = rows[index]
            if row.name not in first_of_name:
                first_of_name[row.name] = row.source_row
                continue
            first = first_of_name[row.name]
            rejected.append(_beside("duplicate", row, first))
            rows[index] = row.with_status("rejected")
        if len(first_of_name) > 1:
            for index in indexes:
                row = rows[index]
                if row.status == "registered":
                    other = next(first for name, first in first_of_name.items() if name != row.name)
                    warnings.append(_beside("number-shared", row, other))
                    rows[index] = row.with_status("held")


def _compare_names(rows: Sequence[Row], known: Sequence[Known], warnings: list[Fault]) -> None:
    """Two registered people of one name: a word beside the name will have to tell them apart."""
    bearers: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.status == "registered":
            bearers[row.name].append(row)
    on_roll = {person.name for person in known}
    for name, same in bearers.items():
        if len(same) > 1:
            for row in same:
                other = same[1] if row is same[0] else same[0]
                warnings.append(_beside("same-name", row, other.source_row))
        elif name in on_roll:
            warnings.append(_beside("same-name", same[0], None))


def _beside(code: str, row: Row, other: int | None) -> Fault:
    """A fault beside another row, or beside someone already on the roll."""
    return (
        Fault(row.source_row, code, "known") if other is None else Fault(row.source_row, code, params={"other": other})
    )
