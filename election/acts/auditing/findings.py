"""What an audit has read and found so far."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from election.faults import WrongInput
from election.process.facts import Campaign, Office
from election.store.database import Store

#: what content that makes no sense raises
NONSENSE = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    WrongInput,
    zlib.error,
)
#: so many disagreements of a table are told for each log
TOLD = 20
#: rows fetched at once; of tables with large rows
ROWS, LARGE = 500, 10


@dataclass(frozen=True)
class Disagreement:
    """A table that does not say what the record says."""

    log: str
    table: str
    detail: str
    #: a value that its column cannot hold: nothing else reads this row
    misshapen: bool = False


@dataclass
class Audit:
    """The store under audit, what is wrong so far, and what its logs said that tables are held against later."""

    store: Store
    session: Session
    wrong: list[Disagreement] = field(default_factory=list)
    #: how much was wrong in a table's rows of a log
    told: Counter[tuple[str, str]] = field(default_factory=Counter)
    entries: int = 0
    #: tables with rows that cannot be read: what rests on them is not looked at
    broken: set[str] = field(default_factory=set)
    rulesets: set[str] = field(default_factory=set)
    office: Office = field(default_factory=Office)
    campaigns: dict[str, Campaign] = field(default_factory=dict)
    #: election -> community, numbers of objections
    elections: dict[str, tuple[str, frozenset[int]]] = field(default_factory=dict)
    #: election whose people were erased
    erased: set[str] = field(default_factory=set)
    #: digest -> log, of contents that must be here; digest and kind of those that may
    wanted: dict[str, str] = field(default_factory=dict)
    named: set[tuple[str, str]] = field(default_factory=set)
    #: account -> name
    names: dict[str, str] = field(default_factory=dict)
    #: logs that were read to their end and folded
    whole: set[str] = field(default_factory=set)

    def say(self, log: str, table: str, detail: str, *, misshapen: bool = False) -> None:
        self.told[log, table] += 1
        if self.told[log, table] <= TOLD:
            self.wrong.append(Disagreement(log, table, detail, misshapen))

    @contextmanager
    def about(self, log: str, table: str, detail: str = "") -> Iterator[None]:
        """Content that makes no sense is told with its place, and the audit goes on."""
        try:
            yield
        except NONSENSE:
            self.say(log, table, detail or "unreadable")

    def rows(self, query: Select[*tuple[Any, ...]], at_once: int = ROWS) -> Iterator[Any]:
        return iter(self.session.execute(query.execution_options(yield_per=at_once)))

    def sound(self, *tables: str) -> bool:
        return not self.broken.intersection(tables)
